"""What staff do to organizations and who represents them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts import operations as accounts_operations
from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError
from members import operations
from members.models import FormerName, Organization, Representation
from members.rules import ORGANIZATION_TRANSITIONS, OrganizationStatus, ProposalState
from tests.conftest import NOW, TODAY
from tests.factories import OrganizationFactory, PersonFactory, RepresentationFactory, SectorFactory

pytestmark = pytest.mark.django_db


def test_new_organization_gets_a_unique_key_and_history(cast):
    values = {"name": "Example Lab", "acronym": "DX", "sector": SectorFactory()}
    added = operations.add_organization(actor=cast.staff, today=TODAY, **values)
    assert added.key == "dx-2"
    assert added.status_since_on == TODAY
    assert added.history.get().history_user == cast.staff


def test_old_name_becomes_a_former_name(cast):
    organization = cast.organization
    operations.edit_organization(
        actor=cast.staff, organization=organization, version=1, today=TODAY, name="Department of Better Examples"
    )
    kept = FormerName.objects.get(organization=organization)
    assert (kept.name, kept.until_on) == ("Department of Examples", TODAY)


def test_edit_from_an_old_form_is_a_conflict(cast):
    operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=1, today=TODAY, acronym="DXX"
    )
    with pytest.raises(EditConflictError):
        operations.edit_organization(
            actor=cast.staff, organization=cast.organization, version=1, today=TODAY, acronym="DXY"
        )
    assert Organization.objects.get(pk=cast.organization.pk).acronym == "DXX"


@pytest.mark.parametrize("name", ["Two\nlines", "Two\r\nBcc: x@example.org", "nul\x00"])
def test_a_name_with_a_line_break_is_refused(cast, name):
    with pytest.raises(ValidationError):
        operations.edit_organization(
            actor=cast.staff, organization=cast.organization, version=None, today=TODAY, name=name
        )


@pytest.mark.parametrize("current", OrganizationStatus.values)
@pytest.mark.parametrize("target", OrganizationStatus.values)
def test_status_changes_only_by_the_lifecycle(cast, current, target):
    organization = OrganizationFactory(status=current)
    values = {
        "actor": cast.staff,
        "organization": organization,
        "version": None,
        "status": target,
        "since_on": TODAY,
        "reason": "Letter of the director",
        "now": NOW,
        "today": TODAY,
    }
    if target in ORGANIZATION_TRANSITIONS[current]:
        moved = operations.change_status(**values)
        assert (moved.status, moved.status_since_on, moved.status_reason) == (target, TODAY, "Letter of the director")
    else:
        with pytest.raises(OperationNotAllowedError):
            operations.change_status(**values)


def test_status_cannot_start_in_the_future(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.change_status(
            actor=cast.staff,
            organization=cast.organization,
            version=None,
            status=OrganizationStatus.ON_LEAVE,
            since_on=TODAY + dt.timedelta(days=1),
            reason="Soon",
            now=NOW,
            today=TODAY,
        )


def test_leaving_revokes_open_invitations(cast, invited):
    invitation = invited()
    operations.change_status(
        actor=cast.staff,
        organization=cast.organization,
        version=None,
        status=OrganizationStatus.FORMER,
        since_on=TODAY,
        reason="Dissolved",
        now=NOW,
        today=TODAY,
    )
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW


def test_an_organization_has_one_primary_representative(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.add_representation(
            actor=cast.staff,
            organization=cast.organization,
            person=PersonFactory(),
            kind="primary",
            starts_on=TODAY,
            today=TODAY,
        )


def test_a_person_represents_an_organization_once(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.add_representation(
            actor=cast.staff,
            organization=cast.organization,
            person=cast.primary,
            kind="representative",
            starts_on=TODAY,
            today=TODAY,
        )


def test_representation_cannot_start_in_the_future(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.add_representation(
            actor=cast.staff,
            organization=cast.organization,
            person=PersonFactory(),
            kind="representative",
            starts_on=TODAY + dt.timedelta(days=1),
            today=TODAY,
        )
    assert not cast.organization.representations.filter(starts_on__gt=TODAY).exists()


def test_key_of_an_organization_is_never_add(cast):
    values = {"name": "Association of Dental Directors", "acronym": "ADD", "sector": cast.organization.sector}
    assert operations.add_organization(actor=cast.staff, today=TODAY, **values).key == "add-2"


def test_new_representative_has_no_account(cast):
    row = operations.appoint_representative(
        actor=cast.staff,
        organization=cast.organization,
        person=None,
        name="Listed",
        email="Listed@Example.org",
        position="",
        kind="executive_contact",
        starts_on=TODAY,
        today=TODAY,
        planned_end_on=None,
    )
    assert row.person.email == "listed@example.org"
    assert not row.person.can_sign_in
    assert not row.person.has_usable_password()


@pytest.mark.parametrize(
    "ended_on", [dt.date(2025, 12, 31), TODAY + dt.timedelta(days=1)], ids=["before the start", "in the future"]
)
def test_a_representation_ends_between_its_start_and_today(cast, ended_on):
    row = cast.primary.representations.get()
    with pytest.raises(OperationNotAllowedError):
        operations.end_representation(
            actor=cast.staff, representation=row, ended_on=ended_on, reason="Left", today=TODAY
        )


def test_representation_ends_once_and_a_new_primary_follows(cast):
    row = cast.primary.representations.get()
    operations.end_representation(actor=cast.staff, representation=row, ended_on=TODAY, reason="Left", today=TODAY)
    with pytest.raises(OperationNotAllowedError):
        operations.end_representation(actor=cast.staff, representation=row, ended_on=TODAY, reason="", today=TODAY)
    operations.add_representation(
        actor=cast.staff,
        organization=cast.organization,
        person=PersonFactory(),
        kind="primary",
        starts_on=TODAY,
        today=TODAY,
    )


def test_merge_moves_everything_and_leaves_one_primary(cast, invited):
    source, target = cast.other_organization, cast.organization
    FormerName.objects.create(organization=source, name="Oldest Department")
    both = RepresentationFactory(organization=source, person=cast.representative)
    ended = RepresentationFactory(organization=source, ended_on=TODAY)
    invitation = invited(organization=source, email="x@example.org")
    operations.propose(actor=cast.primary, organization=target, version=None, values={"acronym": "A"}, note="", now=NOW)
    proposal = operations.propose(
        actor=cast.other_primary, organization=source, version=None, values={"acronym": "B"}, note="", now=NOW
    )
    operations.reassign_organization(actor=cast.staff, source=source, target=target, today=TODAY)
    for row in (source, both, ended, invitation, proposal):
        row.refresh_from_db()
    assert source.merged_into == target
    assert not Representation.objects.filter(organization=source).exists()
    assert cast.other_primary.representations.get().kind == "representative"
    assert target.representations.current().get(kind="primary").person == cast.primary
    assert both.ended_on == TODAY
    assert target.representations.current().filter(person=cast.representative).count() == 1
    assert invitation.organization == target
    assert proposal.organization == target
    assert proposal.state == ProposalState.DECLINED
    assert set(target.former_names.values_list("name", flat=True)) == {"Oldest Department", "Other Department"}


def test_merged_or_same_organization_cannot_be_merged(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.reassign_organization(
            actor=cast.staff, source=cast.organization, target=cast.organization, today=TODAY
        )
    third = OrganizationFactory()
    operations.reassign_organization(actor=cast.staff, source=cast.other_organization, target=third, today=TODAY)
    with pytest.raises(OperationNotAllowedError):
        operations.reassign_organization(
            actor=cast.staff, source=cast.organization, target=cast.other_organization, today=TODAY
        )


def test_earlier_merges_follow_to_the_last_organization(cast):
    first, second = OrganizationFactory(), OrganizationFactory()
    operations.reassign_organization(actor=cast.staff, source=first, target=second, today=TODAY)
    operations.reassign_organization(actor=cast.staff, source=second, target=cast.organization, today=TODAY)
    first.refresh_from_db()
    assert first.merged_into == cast.organization


def test_proposal_contains_only_changed_public_fields(cast):
    proposal = operations.propose(
        actor=cast.primary,
        organization=cast.organization,
        version=1,
        values={"acronym": "DOX", "name": cast.organization.name, "status": "former", "is_public": False},
        note="",
        now=NOW,
    )
    assert proposal.values == {"acronym": "DOX"}
    assert proposal.seen == {"acronym": "DX"}


def test_second_or_empty_proposal_is_rejected(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.propose(
            actor=cast.primary, organization=cast.organization, version=1, values={"acronym": "DX"}, note="", now=NOW
        )
    operations.propose(
        actor=cast.primary, organization=cast.organization, version=1, values={"acronym": "A"}, note="", now=NOW
    )
    with pytest.raises(OperationNotAllowedError):
        operations.propose(
            actor=cast.alternate, organization=cast.organization, version=1, values={"acronym": "B"}, note="", now=NOW
        )


def test_accepting_leaves_out_fields_changed_since_then(cast):
    proposal = operations.propose(
        actor=cast.primary,
        organization=cast.organization,
        version=1,
        values={"acronym": "DOX", "name": "Department of Better Examples"},
        note="",
        now=NOW,
    )
    operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=None, today=TODAY, acronym="DEX"
    )
    left = operations.accept_proposal(actor=cast.staff, proposal=proposal, version=1, now=NOW, today=TODAY)
    organization = Organization.objects.get(pk=cast.organization.pk)
    assert left == ["acronym"]
    assert (organization.acronym, organization.name) == ("DEX", "Department of Better Examples")
    assert organization.former_names.get().name == "Department of Examples"
    with pytest.raises(OperationNotAllowedError):
        operations.decline_proposal(actor=cast.staff, proposal=proposal, version=None, answer="No", now=NOW)


def test_proposal_without_fields_left_is_not_accepted(cast):
    proposal = operations.propose(
        actor=cast.primary, organization=cast.organization, version=1, values={"acronym": "DOX"}, note="", now=NOW
    )
    operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=None, today=TODAY, acronym="DEX"
    )
    with pytest.raises(OperationNotAllowedError):
        operations.accept_proposal(actor=cast.staff, proposal=proposal, version=1, now=NOW, today=TODAY)
    operations.decline_proposal(actor=cast.staff, proposal=proposal, version=1, answer="Changed already", now=NOW)


def test_the_newest_history_row_equals_the_row(cast):
    operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=None, today=TODAY, name="Another", website=""
    )
    row, newest = Organization.objects.get(pk=cast.organization.pk), cast.organization.history.first()
    for field in Organization._meta.concrete_fields:
        if field.name != "updated_at":
            assert getattr(row, field.attname) == getattr(newest, field.attname), field.name
    assert newest.history_user == cast.staff


def test_email_is_unique_in_any_case(cast):
    with pytest.raises(ValidationError):
        accounts_operations.add_person(actor=cast.staff, name="Twice", email="PRIMARY@example.org")
    assert Person.objects.filter(email__iexact="primary@example.org").count() == 1
