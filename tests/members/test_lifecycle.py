"""The lifecycle of an organization: each move has its date, its reason and who."""

import datetime as dt

import pytest

from members import operations
from members.models import Organization
from members.permissions import rights_of
from members.queries import status_moves
from members.rules import OrganizationStatus, status_after_merge
from tests.conftest import NOW, TODAY
from tests.factories import OrganizationFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db
PROSPECTIVE, INVITED, ACTIVE = OrganizationStatus.PROSPECTIVE, OrganizationStatus.INVITED, OrganizationStatus.ACTIVE
ON_LEAVE, FORMER = OrganizationStatus.ON_LEAVE, OrganizationStatus.FORMER


def accept(invitation, visitor=None):
    return operations.accept_invitation(
        invitation=invitation, visitor=visitor, name="New representative", password=None, now=NOW, today=TODAY
    )


def test_first_invitation_and_acceptance_change_the_status(cast, invited):
    organization = OrganizationFactory(status=PROSPECTIVE)
    invitation = invited(organization=organization, kind="primary")
    organization.refresh_from_db()
    assert (organization.status, organization.status_since_on) == (INVITED, TODAY)
    person = accept(invitation)
    organization.refresh_from_db()
    assert (organization.status, organization.status_reason) == (ACTIVE, "First invitation accepted")
    assert rights_of(person).get().organization == organization


def test_acceptance_by_an_existing_account_changes_the_status(cast, invited):
    organization = OrganizationFactory(status=INVITED)
    visitor = PersonFactory()
    accept(invited(organization=organization, email=visitor.email), visitor)
    assert Organization.objects.get(pk=organization.pk).status == ACTIVE


@pytest.mark.parametrize("status", [INVITED, ACTIVE, ON_LEAVE])
def test_later_invitation_changes_no_status(cast, invited, status):
    organization = OrganizationFactory(status=status, status_reason="As it was")
    invitation = invited(organization=organization)
    organization.refresh_from_db()
    assert (organization.status, organization.status_reason) == (status, "As it was")
    if status != INVITED:
        accept(invitation)
        organization.refresh_from_db()
        assert (organization.status, organization.status_reason) == (status, "As it was")


def test_status_moves_have_date_reason_and_author(cast, invited, django_assert_num_queries):
    organization = operations.add_organization(
        actor=cast.administrator, today=TODAY - dt.timedelta(days=9), name="Lab", sector=cast.organization.sector
    )
    operations.edit_organization(
        actor=cast.staff, organization=organization, version=None, today=TODAY, jurisdiction="Yolo County"
    )
    person = accept(invited(organization=organization))
    operations.change_status(
        actor=cast.staff,
        organization=organization,
        version=None,
        status=ON_LEAVE,
        since_on=TODAY - dt.timedelta(days=2),
        reason="Asked by letter",
        now=NOW,
        today=TODAY,
    )
    with django_assert_num_queries(1):
        moves = status_moves(organization)
    assert [(move.status, move.since_on, move.reason, move.by) for move in moves] == [
        (ON_LEAVE, TODAY - dt.timedelta(days=2), "Asked by letter", "The staff"),
        (ACTIVE, TODAY, "First invitation accepted", person.name),
        (INVITED, TODAY, "First invitation sent", "The staff"),
        (PROSPECTIVE, TODAY - dt.timedelta(days=9), "", "The administrator"),
    ]


@pytest.mark.parametrize(
    ("duplicate", "kept", "after"),
    [
        (ACTIVE, PROSPECTIVE, ACTIVE),
        (ON_LEAVE, INVITED, ON_LEAVE),
        (ACTIVE, FORMER, ACTIVE),
        (ACTIVE, ON_LEAVE, ON_LEAVE),
        (PROSPECTIVE, ACTIVE, ACTIVE),
        (FORMER, PROSPECTIVE, PROSPECTIVE),
    ],
)
def test_merge_keeps_rights_and_leaves_one_member(cast, duplicate, kept, after):
    assert status_after_merge(duplicate, kept) == after
    source, target = OrganizationFactory(status=duplicate), OrganizationFactory(status=kept)
    person = RepresentationFactory(organization=source).person
    had_rights = rights_of(person).exists()
    operations.reassign_organization(actor=cast.staff, source=source, target=target, today=TODAY)
    source.refresh_from_db()
    target.refresh_from_db()
    assert (source.status, target.status, source.merged_into) == (FORMER, after, target)
    assert rights_of(person).exists() or not had_rights
    assert status_moves(source)[0].status == FORMER
