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


def test_the_first_invitation_and_its_acceptance_move_an_organization_along(cast, invited):
    organization = OrganizationFactory(status=PROSPECTIVE)
    invitation = invited(organization=organization, kind="primary")
    organization.refresh_from_db()
    assert (organization.status, organization.status_since_on) == (INVITED, TODAY)
    person = accept(invitation)
    organization.refresh_from_db()
    assert (organization.status, organization.status_reason) == (ACTIVE, "First invitation accepted")
    assert rights_of(person).get().organization == organization


def test_whoever_accepts_an_organizations_first_invitation_with_an_account_moves_it_too(cast, invited):
    organization = OrganizationFactory(status=INVITED)
    visitor = PersonFactory()
    accept(invited(organization=organization, email=visitor.email), visitor)
    assert Organization.objects.get(pk=organization.pk).status == ACTIVE


@pytest.mark.parametrize("status", [INVITED, ACTIVE, ON_LEAVE])
def test_a_later_invitation_moves_nothing(cast, invited, status):
    organization = OrganizationFactory(status=status, status_reason="As it was")
    invitation = invited(organization=organization)
    organization.refresh_from_db()
    assert (organization.status, organization.status_reason) == (status, "As it was")
    if status != INVITED:
        accept(invitation)
        organization.refresh_from_db()
        assert (organization.status, organization.status_reason) == (status, "As it was")


def test_the_line_of_moves_says_since_when_why_and_who(cast, invited, django_assert_num_queries):
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
def test_a_merge_takes_no_rights_and_leaves_no_second_member(cast, duplicate, kept, after):
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
