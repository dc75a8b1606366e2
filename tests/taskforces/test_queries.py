"""What the pages read of bodies and seats, in a fixed number of queries."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from members.rules import Participation
from taskforces import queries
from taskforces.models import Term
from taskforces.rules import BodyKind, SeatRole
from tests import factories
from tests.conftest import TODAY


def test_a_roster_shows_the_chair_first_and_a_vacant_seat_as_vacant(cast):
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    factories.SeatFactory(body=cast.body, organization=cast.other_organization, closed_on=TODAY)
    rows = queries.roster(cast.body, TODAY)
    assert [row.seat.role for row in rows] == ["chair", "secretary", "member", "member"]
    assert [row.is_vacant for row in rows] == [False, False, False, True]


def test_a_term_past_its_planned_end_carries_over_and_one_near_it_ends_soon(cast):
    Term.objects.filter(person=cast.chair).update(planned_end_on=TODAY - dt.timedelta(days=1))
    Term.objects.filter(person=cast.secretary).update(planned_end_on=TODAY + dt.timedelta(days=10))
    rows = {row.term.person: row for row in queries.roster(cast.body, TODAY)}
    assert rows[cast.chair].is_holdover and not rows[cast.chair].is_ending_soon
    assert rows[cast.secretary].is_ending_soon and not rows[cast.secretary].is_holdover
    assert list(queries.expired_terms(TODAY)) == [Term.objects.get(person=cast.chair)]


def test_a_visitor_sees_public_organizations_and_no_person(cast):
    hidden = factories.OrganizationFactory(name="Hidden", is_public=False)
    factories.SeatFactory(body=cast.body, organization=hidden)
    view = queries.roster_for(cast.body, AnonymousUser(), TODAY)
    assert view.organizations == [cast.organization]
    assert not view.shows_people and not view.contacts


def test_a_member_sees_people_and_contacts_only_of_bodies_they_sit_on(cast):
    cast.other_organization.participation = Participation.TASK_FORCE
    cast.other_organization.save(update_fields=["participation"])
    stranger = queries.roster_for(cast.body, cast.other_primary, TODAY)
    assert stranger.shows_people and not stranger.contacts
    colleague = queries.roster_for(cast.body, cast.seated, TODAY)
    assert colleague.contacts == {cast.seated.pk, cast.secretary.pk, cast.chair.pk}


def test_a_card_counts_organizations_once_and_names_the_chairs(cast):
    factories.SeatFactory(body=cast.body, organization=None)
    (card,) = queries.body_cards()
    assert (card.body, card.organizations, card.vacancies) == (cast.body, 1, 1)
    assert (card.chair.person, card.chair_organization) == (cast.chair, cast.organization)


def test_rosters_put_the_body_with_the_most_vacant_seats_first(cast):
    other = factories.BodyFactory(slug="other", name="Other", position=9)
    for _ in range(2):
        factories.SeatFactory(body=other, organization=cast.organization)
    assert queries.rosters(TODAY)[0].body.slug == "other"


def test_seats_of_an_organization_leave_out_closed_seats_and_dissolved_bodies(cast):
    gone = factories.BodyFactory(slug="gone", name="Gone", dissolved_on=TODAY)
    factories.SeatFactory(body=gone, organization=cast.organization)
    rows = queries.seats_of_organization(cast.organization, TODAY)
    assert [row.seat.role for row in rows] == ["chair", "secretary", "member"]


@pytest.mark.parametrize("count", [1, 3])
def test_rosters_and_cards_take_the_same_queries_for_one_row_and_for_three(cast, count, django_assert_num_queries):
    for number in range(count):
        body = factories.BodyFactory(slug=f"b{number}", name=f"B{number}", kind=BodyKind.TASK_FORCE)
        for _ in range(count):
            term = factories.TermFactory(seat__body=body, seat__role=SeatRole.MEMBER)
            assert term.pk
    with django_assert_num_queries(3):
        queries.rosters(TODAY)
    with django_assert_num_queries(3):
        queries.body_cards()
    with django_assert_num_queries(2):
        queries.roster(body, TODAY)
