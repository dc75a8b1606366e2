"""What the pages read of bodies and seats, in a fixed number of rosters."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from members.rules import Participation
from taskforces.models import Term
from taskforces.queries import rosters
from taskforces.queries.roster_views import roster_for
from taskforces.rules import BodyKind, SeatRole, SeatStatus
from tests import factories
from tests.conftest import TODAY


def test_a_roster_lists_the_chair_first_and_vacant_seats(cast):
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    factories.SeatFactory(body=cast.body, organization=cast.other_organization, closed_on=TODAY)
    rows = rosters.roster(cast.body, TODAY)
    assert [row.seat.role for row in rows] == ["chair", "secretary", "member", "member"]
    assert [row.is_vacant for row in rows] == [False, False, False, True]


def test_seat_status_follows_the_planned_end_of_the_term(cast):
    Term.objects.filter(person=cast.chair).update(planned_end_on=TODAY - dt.timedelta(days=1))
    Term.objects.filter(person=cast.secretary).update(planned_end_on=TODAY + dt.timedelta(days=10))
    rows = {row.term.person: row for row in rosters.roster(cast.body, TODAY)}
    assert rows[cast.chair].status == SeatStatus.HOLDOVER
    assert rows[cast.secretary].status == SeatStatus.ENDING_SOON
    assert rows[cast.seated].status == SeatStatus.FILLED
    assert list(rosters.expired_terms(TODAY)) == [Term.objects.get(person=cast.chair)]


def test_a_visitor_sees_public_organizations_and_no_people(cast):
    hidden = factories.OrganizationFactory(name="Hidden", is_public=False)
    factories.SeatFactory(body=cast.body, organization=hidden)
    view = roster_for(cast.body, AnonymousUser(), TODAY)
    assert view.organizations == [cast.organization]
    assert not view.shows_people and not view.contacts


def test_a_member_sees_contacts_only_of_their_own_bodies(cast):
    cast.other_organization.participation = Participation.TASK_FORCE
    cast.other_organization.save(update_fields=["participation"])
    stranger = roster_for(cast.body, cast.other_primary, TODAY)
    assert stranger.shows_people and not stranger.contacts
    colleague = roster_for(cast.body, cast.seated, TODAY)
    assert colleague.contacts == {cast.seated.pk, cast.secretary.pk, cast.chair.pk}


def test_a_card_counts_organizations_once_and_names_the_chair(cast):
    factories.SeatFactory(body=cast.body, organization=None)
    (card,) = rosters.body_cards(TODAY)
    assert (card.body, card.organizations, card.vacancies) == (cast.body, 1, 1)
    assert (card.chair.person, card.chair_organization) == (cast.chair, cast.organization)


def test_rosters_list_the_most_vacant_body_first(cast):
    other = factories.BodyFactory(slug="other", name="Other", position=9)
    for _ in range(2):
        factories.SeatFactory(body=other, organization=cast.organization)
    assert rosters.rosters(TODAY)[0].body.slug == "other"


def test_seats_of_an_organization_leave_out_dissolved_bodies(cast):
    gone = factories.BodyFactory(slug="gone", name="Gone", dissolved_on=TODAY)
    factories.SeatFactory(body=gone, organization=cast.organization)
    rows = rosters.seats_of_organization(cast.organization, TODAY)
    assert [row.seat.role for row in rows] == ["chair", "secretary", "member"]


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_the_same_for_one_and_three_rows(cast, count, django_assert_num_queries):
    for number in range(count):
        body = factories.BodyFactory(slug=f"b{number}", name=f"B{number}", kind=BodyKind.TASK_FORCE)
        for _ in range(count):
            term = factories.TermFactory(seat__body=body, seat__role=SeatRole.MEMBER)
            assert term.pk
    with django_assert_num_queries(3):
        rosters.rosters(TODAY)
    with django_assert_num_queries(3):
        rosters.body_cards(TODAY)
    with django_assert_num_queries(2):
        rosters.roster(body, TODAY)
