"""Writes to organizations: information, status, former names, and merging."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import STAFF_ONLY
from core.operations import OperationNotAllowedError, create, create_many, lock, require_permission, save_changes
from members import rules
from members.models import Confirmation, FormerName, Invitation, JoinRequest, Organization, Proposal, Representation
from members.operations.status_periods import add_first_status_periods, correct_status_period, start_status_period
from members.permissions import can_manage_membership
from members.rules import OrganizationStatus, ProposalState, RepresentationKind

STATUS_FIELDS = {"status", "status_since_on", "status_reason"}


@transaction.atomic
def add_organization(*, actor: Person | None, today: dt.date, key: str = "", **values: Any) -> Organization:
    """Add an organization. Its key, used in its web address, is made from the acronym or the name unless given.

    Raises PermissionDenied and ValidationError.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    values.setdefault("status_since_on", today)
    added = create(Organization, actor=actor, key=key or _free_key(values), **values)
    start_status_period(actor=actor, organization=added)
    return added


@transaction.atomic
def add_organizations(*, actor: Person, rows: Iterable[dict[str, Any]], reason: str) -> list[Organization]:
    """Add many organizations, each with its key. `reason` is the change reason, such as the import.

    Raises PermissionDenied, ValidationError, and IntegrityError for a key in use.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    added = create_many([Organization(**values) for values in rows], actor=actor, reason=reason)
    add_first_status_periods(actor=actor, organizations=added)
    return added


@transaction.atomic
def edit_organization(
    *, actor: Person, organization: Organization, version: int | None, today: dt.date, **values: Any
) -> Organization:
    """Change an organization's information. The old name becomes a former name.

    Raises PermissionDenied, EditConflictError and ValidationError.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(organization, version)
    old_name = current.name
    changed = save_changes(current, actor=actor, **values)
    if "name" in changed:
        _add_former_name(actor, current, old_name, until_on=today)
    if STATUS_FIELDS.intersection(changed):
        correct_status_period(actor=actor, organization=current)
    return current


@transaction.atomic
def change_status(
    *,
    actor: Person,
    organization: Organization,
    version: int | None,
    status: str,
    since_on: dt.date,
    reason: str,
    now: dt.datetime,
    today: dt.date,
) -> Organization:
    """Change an organization's status, with a date and a reason.

    A former member's open invitations are revoked, and an open confirmation request is canceled unless the new status
    is active. Raises PermissionDenied, EditConflictError, and OperationNotAllowedError for a change that
    ORGANIZATION_TRANSITIONS does not allow or a date in the future.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(organization, version)
    if not rules.can_transition(current.status, status):
        text = _("The status can't be changed from “%(old)s” to “%(new)s”.")
        raise OperationNotAllowedError(
            text % {"old": current.get_status_display(), "new": OrganizationStatus(status).label}
        )
    if since_on > today:
        raise OperationNotAllowedError(_("The date is in the future. Enter today or an earlier date."))
    set_status(actor, current, status, since_on, reason)
    if status == OrganizationStatus.FORMER:
        for invitation in current.invitations.select_for_update().pending(now):
            save_changes(invitation, actor=actor, reason=reason, revoked_at=now)
    if status != OrganizationStatus.ACTIVE:
        cancel_confirmation(actor=actor, organization=current, reason=reason, today=today)
    return current


@transaction.atomic
def add_former_name(
    *, actor: Person, organization: Organization, name: str, until_on: dt.date | None, today: dt.date
) -> FormerName:
    """Add a name that the organization had before. Search finds the organization by it.

    Raises PermissionDenied, and OperationNotAllowedError for its current name, a date in the future, and a name that
    is already listed.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(organization)
    _check_former(current, name, until_on, today)
    return create(FormerName, actor=actor, organization=current, name=name, until_on=until_on)


@transaction.atomic
def edit_former_name(
    *, actor: Person, former: FormerName, version: int | None, name: str, until_on: dt.date | None, today: dt.date
) -> FormerName:
    """Correct a former name. Raises EditConflictError, and otherwise as `add_former_name` does."""
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    organization = lock(former.organization)
    current = lock(former, version)
    _check_former(organization, name, until_on, today, current.pk)
    save_changes(current, actor=actor, name=name, until_on=until_on)
    return current


def set_status(actor: Person | None, current: Organization, status: str, since_on: dt.date, reason: str) -> None:
    """Store a status with its date and reason in a locked organization.

    A step of other operations, which have checked the right and the transition; an invited person's acceptance is one
    of them.
    """
    save_changes(current, actor=actor, reason=reason, status=status, status_since_on=since_on, status_reason=reason)
    start_status_period(actor=actor, organization=current)


def cancel_confirmation(*, actor: Person | None, organization: Organization, reason: str, today: dt.date) -> None:
    """Cancel the organization's open confirmation request, if there is one.

    A step of other operations, which have checked the right.
    """
    request = organization.confirmations.select_for_update().open().first()
    if request:
        save_changes(request, actor=actor, reason=reason, lapsed_on=today, lapse_reason=reason[:300])


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> None:
    """Move this app's data of `source`, a duplicate, to `target`: people, invitations, requests, proposals, names.

    If both have a primary representative, the source's becomes a representative. A person who represents both keeps
    the representation of the target. The source becomes a former member. If only its people had rights, the target
    takes its status, so that they keep them. Raises PermissionDenied, and OperationNotAllowedError if either was
    merged before or both are the same.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    if source.pk == target.pk:
        raise OperationNotAllowedError(_("Select two different organizations."))
    rows = {row.pk: row for row in Organization.objects.select_for_update().filter(pk__in=[source.pk, target.pk])}
    source, target = rows[source.pk], rows[target.pk]
    for row in (source, target):
        if row.merged_into_id:
            text = _("%(name)s has already been merged into another organization.")
            raise OperationNotAllowedError(text % {"name": row.name})
    reason = _("Merged from %(name)s") % {"name": source.name}
    merged_reason = _("Merged into %(name)s") % {"name": target.name}
    _move_representations(actor, source, target, reason, today)
    for invitation in Invitation.objects.select_for_update().filter(organization=source):
        save_changes(invitation, actor=actor, reason=reason, organization=target)
    for request in JoinRequest.objects.select_for_update().filter(organization=source):
        save_changes(request, actor=actor, reason=reason, organization=target)
    _move_proposals(actor, source, target, reason)
    _move_confirmations(actor, source, target, reason, today)
    for name in [*source.former_names.values_list("name", "until_on"), (source.name, today)]:
        _add_former_name(actor, target, name[0], until_on=name[1])
    for earlier in Organization.objects.select_for_update().filter(merged_into=source):
        save_changes(earlier, actor=actor, reason=reason, merged_into=target)
    kept_status = rules.status_after_merge(source.status, target.status)
    if kept_status != target.status:
        set_status(actor, target, kept_status, today, reason[:300])
    if source.status != OrganizationStatus.FORMER:
        set_status(actor, source, OrganizationStatus.FORMER, today, merged_reason[:300])
    save_changes(source, actor=actor, reason=merged_reason, merged_into=target)


def _move_representations(
    actor: Person, source: Organization, target: Organization, reason: str, today: dt.date
) -> None:
    current = target.representations.select_for_update().current(today)
    people = set(current.values_list("person", flat=True))
    has_primary = current.filter(kind=RepresentationKind.PRIMARY).exists()
    for row in Representation.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if row.ended_on is None and row.person_id in people:
            values |= {"ended_on": max(today, row.starts_on), "end_reason": reason[:300]}
        elif row.ended_on is None and row.kind == RepresentationKind.PRIMARY and has_primary:
            values["kind"] = RepresentationKind.REPRESENTATIVE
        save_changes(row, actor=actor, reason=reason, **values)


def _move_proposals(actor: Person, source: Organization, target: Organization, reason: str) -> None:
    has_open = target.proposals.select_for_update().filter(state=ProposalState.OPEN).exists()
    for proposal in Proposal.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if proposal.state == ProposalState.OPEN and has_open:
            values |= {"state": ProposalState.DECLINED, "reviewed_by": actor, "answer": reason}
        save_changes(proposal, actor=actor, reason=reason, **values)


def _move_confirmations(actor: Person, source: Organization, target: Organization, reason: str, today: dt.date) -> None:
    has_open = target.confirmations.select_for_update().open().exists()
    for row in Confirmation.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if has_open and row.is_open:
            values |= {"lapsed_on": today, "lapse_reason": reason[:300]}
        save_changes(row, actor=actor, reason=reason, **values)


def _add_former_name(actor: Person | None, organization: Organization, name: str, until_on: dt.date | None) -> None:
    if name != organization.name and not organization.former_names.filter(name=name).exists():
        create(FormerName, actor=actor, organization=organization, name=name, until_on=until_on)


def _check_former(organization: Organization, name: str, until_on: dt.date | None, today: dt.date, pk: int = 0) -> None:
    if name.casefold() == organization.name.casefold():
        raise OperationNotAllowedError(_("This is its current name. To change it, edit the organization."))
    if until_on and until_on > today:
        raise OperationNotAllowedError(_("The date is in the future. Enter today or an earlier date."))
    if organization.former_names.filter(name=name).exclude(pk=pk).exists():
        raise OperationNotAllowedError(_("This former name is already listed."))


def _free_key(values: dict[str, object]) -> str:
    # "add" is the web address of the page that adds an organization.
    taken = {"add", *Organization.objects.values_list("key", flat=True)}
    return rules.unique_key(str(values.get("acronym") or values.get("name") or ""), taken)
