"""What staff do to an organization's record."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.models import Person
from core.operations import OperationNotAllowedError, create, create_many, lock, save_changes
from members import rules
from members.models import Confirmation, FormerName, Invitation, JoinRequest, Organization, Proposal, Representation
from members.operations.status_periods import add_first_status_periods, correct_status_period, start_status_period
from members.rules import OrganizationStatus, ProposalState, RepresentationKind

STATUS_FIELDS = {"status", "status_since_on", "status_reason"}


@transaction.atomic
def add_organization(*, actor: Person | None, today: dt.date, key: str = "", **values: Any) -> Organization:
    """A new organization; its key, which is its address, is made from the acronym or the name unless given.

    Raises ValidationError.
    """
    values.setdefault("status_since_on", today)
    added = create(Organization, actor=actor, key=key or _free_key(values), **values)
    start_status_period(actor=actor, organization=added)
    return added


@transaction.atomic
def add_organizations(*, actor: Person, rows: Iterable[dict[str, Any]], reason: str) -> list[Organization]:
    """Many new organizations, each with its key. Raises ValidationError, and IntegrityError for a key in use."""
    added = create_many([Organization(**values) for values in rows], actor=actor, reason=reason)
    add_first_status_periods(actor=actor, organizations=added)
    return added


@transaction.atomic
def edit_organization(
    *, actor: Person, organization: Organization, version: int | None, today: dt.date, **values: Any
) -> Organization:
    """The organization with the new values; a name that it gives up is kept as a former name.

    Raises EditConflictError and ValidationError.
    """
    current = lock(organization, version)
    old_name = current.name
    changed = save_changes(current, actor=actor, **values)
    if "name" in changed:
        _keep_name(actor, current, old_name, until_on=today)
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
    """The organization in its new status, with the date and the reason; leaving withdraws open invitations.

    Raises OperationNotAllowedError for a move that the lifecycle does not know or a date to come, and
    EditConflictError.
    """
    current = lock(organization, version)
    if not rules.can_transition(current.status, status):
        raise OperationNotAllowedError(
            f"An organization that is {current.get_status_display().lower()} cannot become "
            f"{OrganizationStatus(status).label.lower()}."
        )
    if since_on > today:
        raise OperationNotAllowedError(
            "The date lies ahead. Choose today or an earlier day, and come back when the day is there."
        )
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
    """A name that the organization had before, by which search finds it too.

    Raises OperationNotAllowedError for its present name, a day to come, and one that is kept already.
    """
    current = lock(organization)
    _check_former(current, name, until_on, today)
    return create(FormerName, actor=actor, organization=current, name=name, until_on=until_on)


@transaction.atomic
def edit_former_name(
    *, actor: Person, former: FormerName, version: int | None, name: str, until_on: dt.date | None, today: dt.date
) -> FormerName:
    """The former name as it should read.

    Raises EditConflictError, and OperationNotAllowedError as `add_former_name`.
    """
    organization = lock(former.organization)
    current = lock(former, version)
    _check_former(organization, name, until_on, today, current.pk)
    save_changes(current, actor=actor, name=name, until_on=until_on)
    return current


def set_status(actor: Person | None, current: Organization, status: str, since_on: dt.date, reason: str) -> None:
    """Write a status with its date and reason to an organization that is under lock; whoever calls checked the move."""
    save_changes(current, actor=actor, reason=reason, status=status, status_since_on=since_on, status_reason=reason)
    start_status_period(actor=actor, organization=current)


def cancel_confirmation(*, actor: Person | None, organization: Organization, reason: str, today: dt.date) -> None:
    """Close the yearly question that is open, if one is: the organization is not to answer it any more."""
    standing = organization.confirmations.select_for_update().open().first()
    if standing:
        save_changes(standing, actor=actor, reason=reason, lapsed_on=today, lapse_reason=reason[:300])


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> None:
    """Move to `target` what this app knows of `source`, a duplicate: people, invitations, requests, proposals, names.

    Where both have a primary representative the source's becomes a representative; a person who represents both
    keeps the target's representation. The source becomes former; where only its people had rights they keep them,
    since the target takes its status. Raises OperationNotAllowedError when either was merged before or both are the
    same.
    """
    if source.pk == target.pk:
        raise OperationNotAllowedError("Choose two different organizations.")
    rows = {row.pk: row for row in Organization.objects.select_for_update().filter(pk__in=[source.pk, target.pk])}
    source, target = rows[source.pk], rows[target.pk]
    for row in (source, target):
        if row.merged_into_id:
            raise OperationNotAllowedError(f"{row.name} was merged into another organization before.")
    reason = f"Merged from {source.name}"
    _move_representations(actor, source, target, reason, today)
    for invitation in Invitation.objects.select_for_update().filter(organization=source):
        save_changes(invitation, actor=actor, reason=reason, organization=target)
    for request in JoinRequest.objects.select_for_update().filter(organization=source):
        save_changes(request, actor=actor, reason=reason, organization=target)
    _move_proposals(actor, source, target, reason)
    _move_confirmations(actor, source, target, reason, today)
    for name in [*source.former_names.values_list("name", "until_on"), (source.name, today)]:
        _keep_name(actor, target, name[0], until_on=name[1])
    for earlier in Organization.objects.select_for_update().filter(merged_into=source):
        save_changes(earlier, actor=actor, reason=reason, merged_into=target)
    kept_status = rules.status_after_merge(source.status, target.status)
    if kept_status != target.status:
        set_status(actor, target, kept_status, today, reason[:300])
    if source.status != OrganizationStatus.FORMER:
        set_status(actor, source, OrganizationStatus.FORMER, today, f"Merged into {target.name}"[:300])
    save_changes(source, actor=actor, reason=f"Merged into {target.name}", merged_into=target)


def _move_representations(
    actor: Person, source: Organization, target: Organization, reason: str, today: dt.date
) -> None:
    here = target.representations.select_for_update().current(today)
    people = set(here.values_list("person", flat=True))
    has_primary = here.filter(kind=RepresentationKind.PRIMARY).exists()
    for row in Representation.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if row.ended_on is None and row.person_id in people:
            values |= {"ended_on": max(today, row.starts_on), "end_reason": reason[:300]}
        elif row.ended_on is None and row.kind == RepresentationKind.PRIMARY and has_primary:
            values["kind"] = RepresentationKind.REPRESENTATIVE
        save_changes(row, actor=actor, reason=reason, **values)


def _move_proposals(actor: Person, source: Organization, target: Organization, reason: str) -> None:
    waits = target.proposals.select_for_update().filter(state=ProposalState.OPEN).exists()
    for proposal in Proposal.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if proposal.state == ProposalState.OPEN and waits:
            values |= {"state": ProposalState.DECLINED, "reviewed_by": actor, "answer": reason}
        save_changes(proposal, actor=actor, reason=reason, **values)


def _move_confirmations(actor: Person, source: Organization, target: Organization, reason: str, today: dt.date) -> None:
    is_asked = target.confirmations.select_for_update().open().exists()
    for row in Confirmation.objects.select_for_update().filter(organization=source):
        values: dict[str, Any] = {"organization": target}
        if is_asked and row.is_open:
            values |= {"lapsed_on": today, "lapse_reason": reason[:300]}
        save_changes(row, actor=actor, reason=reason, **values)


def _keep_name(actor: Person | None, organization: Organization, name: str, until_on: dt.date | None) -> None:
    if name != organization.name and not organization.former_names.filter(name=name).exists():
        create(FormerName, actor=actor, organization=organization, name=name, until_on=until_on)


def _check_former(organization: Organization, name: str, until_on: dt.date | None, today: dt.date, pk: int = 0) -> None:
    if name.casefold() == organization.name.casefold():
        raise OperationNotAllowedError("This is its present name. Change that one by editing the record.")
    if until_on and until_on > today:
        raise OperationNotAllowedError("The day lies ahead. A former name ended today or earlier.")
    if organization.former_names.filter(name=name).exclude(pk=pk).exists():
        raise OperationNotAllowedError("This former name is kept already.")


def _free_key(values: dict[str, object]) -> str:
    # The address of the page that adds one is no organization's.
    taken = {"add", *Organization.objects.values_list("key", flat=True)}
    return rules.unique_key(str(values.get("acronym") or values.get("name") or ""), taken)
