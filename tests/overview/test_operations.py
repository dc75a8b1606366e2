"""Merging two organizations, and reassigning the work of a departing representative."""

import datetime as dt

import pytest
from django.apps import apps

from actionitems.models import ActionItem
from core.operations import EditConflictError, OperationNotAllowedError
from meetings.models import RSVP, Attendance
from members.models import Confirmation, FormerName, Invitation, Organization, Proposal, Representation
from members.rules import RepresentationKind
from objectives.models import StrategySupport
from overview import operations
from overview.operations import Successors
from overview.queries.offboarding import responsibilities_of
from records.models import LegalHold
from taskforces.models import Seat, Term
from taskforces.permissions import chairs, is_member
from tests import factories
from tests.conftest import NOW, TODAY
from tests.test_relations import MERGE, ORGANIZATION_RELATIONS


def merge(cast, target=None, source_version=None):
    return operations.merge_organizations(
        actor=cast.staff,
        source=cast.organization,
        source_version=source_version,
        target=target or cast.other_organization,
        target_version=None,
        today=TODAY,
    )


@pytest.fixture
def full_source(cast):
    """A record of every kind that points to the organization to be merged."""
    strategy = factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)
    StrategySupport.objects.create(strategy=factories.StrategyFactory(body=cast.body), organization=cast.organization)
    factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization)
    Attendance.objects.create(
        meeting=factories.MeetingFactory(body=cast.body),
        person=cast.seated,
        organization=cast.organization,
        presence="remote",
    )
    Confirmation.objects.create(organization=cast.organization, period=2026, asked_at=NOW)
    FormerName.objects.create(organization=cast.organization, name="Bureau of Examples")
    LegalHold.objects.create(matter="Case 1", organization=cast.organization, placed_by=cast.staff, placed_at=NOW)
    factories.OrganizationFactory(key="older", merged_into=cast.organization)
    Invitation.objects.create(
        organization=cast.organization,
        kind="representative",
        email="new@example.org",
        name="New",
        token_hash="a" * 64,
        invited_by=cast.staff,
        sent_at=NOW,
        expires_at=NOW + dt.timedelta(days=14),
    )
    factories.JoinRequestFactory(organization=cast.organization, state="accepted")
    Proposal.objects.create(
        organization=cast.organization, proposed_by=cast.primary, proposed_at=NOW, values={"name": "Examples"}
    )
    return strategy


def test_a_merge_moves_every_relation_to_the_organization(cast, full_source):
    for name in ORGANIZATION_RELATIONS:
        app, model, field = name.split(".")
        assert apps.get_model(app, model).objects.filter(**{field: cast.organization}).exists(), name
    merge(cast)
    for name in [name for name, reason in ORGANIZATION_RELATIONS.items() if reason == MERGE]:
        app, model, field = name.split(".")
        left = apps.get_model(app, model).objects.filter(**{field: cast.organization})
        stays = {"members.FormerName.organization", "members.OrganizationStatusPeriod.organization"}
        assert not left.exists() or name in stays, name
    names = set(cast.other_organization.former_names.values_list("name", flat=True))
    assert names == {"Bureau of Examples", "Department of Examples"}


def test_people_of_a_merged_organization_keep_their_rights(cast):
    merge(cast)
    source = Organization.objects.get(pk=cast.organization.pk)
    assert source.merged_into == cast.other_organization
    assert source not in Organization.objects.public()
    assert chairs(cast.chair, cast.body) and is_member(cast.representative)


def test_the_primary_of_the_target_stays_primary(cast):
    merge(cast)
    primaries = Representation.objects.current().filter(
        organization=cast.other_organization, kind=RepresentationKind.PRIMARY
    )
    assert primaries.get().person == cast.other_primary
    assert Representation.objects.get(person=cast.primary).kind == RepresentationKind.REPRESENTATIVE


def test_a_person_of_both_is_left_with_one_representation(cast):
    factories.RepresentationFactory(organization=cast.other_organization, person=cast.representative)
    merge(cast)
    assert Representation.objects.current().filter(person=cast.representative).count() == 1


def test_an_organization_is_not_merged_into_itself_nor_twice(cast):
    with pytest.raises(OperationNotAllowedError):
        merge(cast, target=cast.organization)
    merge(cast)
    with pytest.raises(OperationNotAllowedError):
        merge(cast)


def test_a_merge_with_an_old_version_moves_nothing(cast):
    with pytest.raises(EditConflictError):
        merge(cast, source_version=7)
    assert Seat.objects.filter(organization=cast.organization).count() == 3


# Ending a representation ----------------------------------------------------------------------------------


def end(cast, person, successors=None, **values):
    representation = Representation.objects.get(person=person, ended_on=None)
    values = {"version": representation.version, "ended_on": TODAY, "reason": "Changed jobs", **values}
    return operations.end_representation(
        actor=cast.staff,
        representation=representation,
        successors=successors or Successors(),
        now=NOW,
        today=TODAY,
        **values,
    )


@pytest.fixture
def work(cast):
    """The chair's seat, strategy, action item and RSVP to the next meeting."""
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.chair
    )
    item = factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=cast.chair)
    meeting = factories.MeetingFactory(body=cast.body)
    rsvp = RSVP.objects.create(meeting=meeting, person=cast.chair, answer="yes", responded_at=NOW)
    return {"strategy": strategy, "item": item, "rsvp": rsvp, "seat": Term.objects.get(person=cast.chair).seat}


def test_responsibilities_of_a_person(cast, work):
    found = responsibilities_of(Representation.objects.get(person=cast.chair), NOW)
    assert [term.seat for term in found.terms] == [work["seat"]]
    assert found.strategies == [work["strategy"]]
    assert found.items == [work["item"]]
    assert found.meetings == [work["rsvp"].meeting]


def test_work_goes_to_the_chosen_successors(cast, work):
    end(
        cast,
        cast.chair,
        Successors(
            seats={work["seat"].pk: cast.alternate},
            strategies={work["strategy"].pk: cast.primary},
            items={work["item"].pk: cast.representative},
        ),
    )
    for row in work.values():
        row.refresh_from_db()
    assert chairs(cast.alternate, cast.body) and not chairs(cast.chair, cast.body)
    assert work["strategy"].responsible_person == cast.primary
    assert work["item"].owner_person == cast.representative
    assert work["rsvp"].answer == "no"
    assert not is_member(cast.chair)


def test_work_without_a_successor_stays_with_the_organization(cast, work):
    end(cast, cast.chair)
    work["strategy"].refresh_from_db()
    item = ActionItem.objects.get(pk=work["item"].pk)
    assert not Term.objects.filter(seat=work["seat"], ended_on=None).exists()
    assert (work["strategy"].responsible_person, work["strategy"].lead_organization) == (None, cast.organization)
    assert (item.owner_person, item.owner_organization) == (None, cast.organization)


def test_a_successor_of_another_organization_ends_nothing(cast, work):
    with pytest.raises(OperationNotAllowedError):
        end(cast, cast.chair, Successors(seats={work["seat"].pk: cast.other_primary}))
    assert chairs(cast.chair, cast.body)
    assert Representation.objects.get(person=cast.chair).ended_on is None


def test_the_last_representation_ends_seats_without_organization(cast):
    term = factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=cast.primary)
    end(cast, cast.primary)
    term.refresh_from_db()
    assert term.ended_on == TODAY and not is_member(cast.primary)


def test_a_person_keeps_the_work_for_another_organization(cast):
    factories.RepresentationFactory(organization=cast.other_organization, person=cast.chair)
    free = factories.TermFactory(seat=factories.SeatFactory(body=cast.full, organization=None), person=cast.chair)
    operations.end_representation(
        actor=cast.staff,
        representation=Representation.objects.get(person=cast.chair, organization=cast.organization),
        version=None,
        ended_on=TODAY,
        reason="Left DX",
        successors=Successors(),
        now=NOW,
        today=TODAY,
    )
    free.refresh_from_db()
    assert free.ended_on is None and not chairs(cast.chair, cast.body)


def test_an_alternate_becomes_primary_when_the_primary_leaves(cast):
    alternate = Representation.objects.get(person=cast.alternate)
    end(cast, cast.primary, Successors(primary=alternate))
    new = Representation.objects.current().get(organization=cast.organization, kind=RepresentationKind.PRIMARY)
    assert (new.person, new.starts_on) == (cast.alternate, TODAY)
    alternate.refresh_from_db()
    assert alternate.ended_on == TODAY


def test_an_executive_contact_does_not_become_primary(cast):
    executive = Representation.objects.get(person=cast.executive)
    with pytest.raises(OperationNotAllowedError):
        end(cast, cast.primary, Successors(primary=executive))


def test_a_representation_with_an_old_version_is_not_ended(cast):
    with pytest.raises(EditConflictError):
        end(cast, cast.chair, version=9)


def test_history_names_the_actor_and_matches_the_row(cast, work):
    end(cast, cast.chair, Successors(strategies={work["strategy"].pk: cast.primary}))
    for row in (work["strategy"], work["item"]):
        row.refresh_from_db()
        newest = row.history.first()
        assert newest.history_user == cast.staff and newest.version == row.version
