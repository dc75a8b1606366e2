"""Everything that people do to action items."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Person
from actionitems.models import ActionItem
from actionitems.permissions import allowed_statuses, can_change_status
from actionitems.queries import alternate_for
from actionitems.rules import MAX_DELAY_DAYS, ActionItemStatus, can_transition, needs_note
from core.dates import format_date
from core.operations import OperationNotAllowedError, build_change_reason, create, lock, save_changes
from meetings.models import Meeting
from members.models import Organization
from members.operations import OnBehalf, record_act_on_behalf, represented_person
from members.permissions import organizations_of, represents
from taskforces.models import Body


@transaction.atomic
def add(
    *,
    actor: Person,
    body: Body,
    today: dt.date,
    owner_organization: Organization | None = None,
    owner_person: Person | None = None,
    origin_meeting: Meeting | None = None,
    **values: Any,
) -> ActionItem:
    """A new open item. A person who speaks for one organization brings it along as owner.

    Raises OperationNotAllowedError.
    """
    if values["due_on"] < today:
        raise OperationNotAllowedError("The due date has passed. Choose today or a later day.")
    if origin_meeting and origin_meeting.body_id != body.pk:
        raise OperationNotAllowedError(f"That meeting is not one of the {body.title}.")
    owner_organization = owner_organization or _only_organization_of(owner_person)
    _check_owner(owner_organization, owner_person)
    return create(
        ActionItem,
        actor=actor,
        body=body,
        owner_organization=owner_organization,
        owner_person=owner_person,
        origin_meeting=origin_meeting,
        created_by=actor,
        **values,
    )


@transaction.atomic
def edit(*, actor: Person, item: ActionItem, version: int | None, today: dt.date, **values: Any) -> ActionItem:
    """Change what was promised, by whom or by when. Raises OperationNotAllowedError and EditConflictError."""
    row = lock(item, version)
    if values.get("due_on", row.due_on) != row.due_on and values["due_on"] < today:
        raise OperationNotAllowedError("The new due date has passed. Choose today or a later day.")
    organization = values.get("owner_organization", row.owner_organization)
    person = values.get("owner_person", row.owner_person)
    if (organization, person) != (row.owner_organization, row.owner_person):
        values["owner_organization"] = organization = organization or _only_organization_of(person)
        _check_owner(organization, person)
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def move(
    *,
    actor: Person,
    item: ActionItem,
    status: str,
    today: dt.date,
    note: str = "",
    version: int | None = None,
    how: str = "",
    on_behalf: OnBehalf | None = None,
) -> ActionItem:
    """Take an item to another status, on one's own or on somebody's word. Blocked and dropped say why.

    Raises OperationNotAllowedError and EditConflictError.
    """
    row = lock(item, version)
    target, says = ActionItemStatus(status), _speaker(actor, row, on_behalf)
    if row.status == target:
        raise OperationNotAllowedError(f"This item is {target.label.lower()} already. Nothing changed.")
    if not can_transition(row.status, target):
        raise OperationNotAllowedError(
            f"This item is {row.get_status_display().lower()}, so it cannot become {target.label.lower()}."
        )
    if target not in allowed_statuses(says, row):
        raise OperationNotAllowedError(
            f"Ask the chair of the {row.body.title} to make this item {target.label.lower()}."
        )
    if needs_note(target) and not note.strip():
        raise OperationNotAllowedError(f"Say why this is {target.label.lower()}: others count on it.")
    save_changes(
        row,
        actor=actor,
        reason=build_change_reason(on_behalf.reason if on_behalf else how, note),
        status=target,
        status_note=note.strip(),
        done_on=today if target == ActionItemStatus.DONE else None,
    )
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=row, what=f"“{row.text}” is {target.label.lower()}")
    return row


def complete(
    *, actor: Person, item: ActionItem, today: dt.date, version: int | None = None, how: str = ""
) -> ActionItem:
    """Mark an item done.

    Raises OperationNotAllowedError, also when it is done or dropped already, and EditConflictError.
    """
    return move(actor=actor, item=item, status=ActionItemStatus.DONE, today=today, version=version, how=how)


@transaction.atomic
def postpone(
    *,
    actor: Person,
    item: ActionItem,
    due_on: dt.date,
    today: dt.date,
    note: str = "",
    version: int | None = None,
    how: str = "",
    on_behalf: OnBehalf | None = None,
) -> ActionItem:
    """Still on it, with a new date: its owner gives an item more time, or asks staff to, and it is in progress.

    The chair and whoever else reads the item sees both dates in its history. Raises OperationNotAllowedError and
    EditConflictError.
    """
    row = lock(item, version)
    says = _speaker(actor, row, on_behalf)
    if not row.is_unfinished:
        raise OperationNotAllowedError(f"This item is {row.get_status_display().lower()}, so it needs no other date.")
    if not can_change_status(says, row):
        raise OperationNotAllowedError("This item has another owner now.")
    latest = today + dt.timedelta(days=MAX_DELAY_DAYS)
    if not today < due_on <= latest:
        raise OperationNotAllowedError(
            f"Choose a day from tomorrow to {format_date(latest, today)}. For a later one, ask the chair."
        )
    changed = save_changes(
        row,
        actor=actor,
        reason=build_change_reason(on_behalf.reason if on_behalf else how, note),
        status=ActionItemStatus.IN_PROGRESS,
        status_note=note.strip(),
        due_on=due_on,
    )
    if changed:
        record_act_on_behalf(
            actor=actor, on_behalf=on_behalf, row=row, what=f"“{row.text}” is due {format_date(due_on, today)}"
        )
    return row


@transaction.atomic
def reassign_to_alternate(*, actor: Person, item: ActionItem, version: int | None = None, how: str = "") -> ActionItem:
    """Give an item to the alternate of the organization that owns it.

    Raises OperationNotAllowedError and EditConflictError.
    """
    row = lock(item, version)
    if not row.is_unfinished:
        raise OperationNotAllowedError(
            f"This item is {row.get_status_display().lower()}, so there is nothing to hand over."
        )
    if not can_change_status(actor, row):
        raise OperationNotAllowedError("This item has another owner now.")
    alternate = alternate_for(row, actor)
    if alternate is None:
        raise OperationNotAllowedError(
            "Your organization has no alternate to take this. Ask its primary representative to name one."
        )
    save_changes(row, actor=actor, reason=build_change_reason(how, "Handed to the alternate"), owner_person=alternate)
    return row


def _speaker(actor: Person, item: ActionItem, on_behalf: OnBehalf | None) -> Person:
    says = represented_person(actor, on_behalf)
    if on_behalf and not can_change_status(says, item):
        raise OperationNotAllowedError(
            f"{says.name} neither owns this item nor speaks for its organization or body. Choose somebody who does."
        )
    return says


def _only_organization_of(person: Person | None) -> Organization | None:
    organizations = list(organizations_of(person)[:2]) if person else []
    return organizations[0] if len(organizations) == 1 else None


def _check_owner(organization: Organization | None, person: Person | None) -> None:
    if organization is None and person is None:
        raise OperationNotAllowedError("Name an owner: a person, an organization, or both.")
    if organization and organization.merged_into_id:
        raise OperationNotAllowedError(
            f"{organization.short_name} was merged into another organization. Choose that one."
        )
    if organization and person and organizations_of(person).exists() and not represents(person, organization):
        raise OperationNotAllowedError(
            f"{person.name} does not represent {organization.short_name}. Choose a person of it, or no person."
        )


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Give every item of `source`, a duplicate, to `target`; its person stays. Returns how many moved."""
    rows = list(ActionItem.objects.select_for_update().filter(owner_organization=source).order_by("pk"))
    for row in rows:
        save_changes(row, actor=actor, reason=f"Merged into {target.short_name}", owner_organization=target)
    return len(rows)


@transaction.atomic
def reassign(
    *, actor: Person, item: ActionItem, organization: Organization | None, successor: Person | None
) -> ActionItem:
    """Give a departing person's item to a successor, or leave it to the organization alone.

    Raises OperationNotAllowedError.
    """
    row = lock(item)
    owner = row.owner_organization or organization
    if successor or owner is None:
        _check_owner(owner, successor)
    save_changes(row, actor=actor, reason="Handed over", owner_organization=owner, owner_person=successor)
    return row
