"""Everything that people do to action items."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_staff
from actionitems.models import ActionItem
from actionitems.permissions import (
    can_add,
    can_change_status,
    can_edit,
    can_reassign_to_alternate,
    editors_only,
    members_only,
    owners_only,
)
from actionitems.queries import alternate_for
from actionitems.rules import MAX_DELAY_DAYS, ActionItemStatus, can_transition
from core.dates import format_date
from core.operations import (
    OperationNotAllowedError,
    build_change_reason,
    create,
    lock,
    require_permission,
    save_changes,
)
from meetings.models import Meeting
from members.models import Organization
from members.operations import OnBehalf, record_act_on_behalf
from members.operations.on_behalf import represented_person
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
    """Add an open item. Without an organization, the owner's own becomes the owner if they have one.

    Raises OperationNotAllowedError.
    """
    require_permission(can_add(actor, body), members_only())
    if values["due_on"] < today:
        raise OperationNotAllowedError(_("The due date has passed. Enter today or a later date."))
    if origin_meeting and origin_meeting.body_id != body.pk:
        raise OperationNotAllowedError(_("Select a meeting of the %(body)s.") % {"body": body.title})
    owner_organization = owner_organization or _only_organization_of(owner_person)
    _validate_owner(owner_organization, owner_person)
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
    """Change an item's text, owner, due date or details. Raises OperationNotAllowedError and EditConflictError."""
    require_permission(can_edit(actor, item), editors_only(item.body))
    row = lock(item, version)
    if values.get("due_on", row.due_on) != row.due_on and values["due_on"] < today:
        raise OperationNotAllowedError(_("The new due date has passed. Enter today or a later date."))
    organization = values.get("owner_organization", row.owner_organization)
    person = values.get("owner_person", row.owner_person)
    if (organization, person) != (row.owner_organization, row.owner_person):
        values["owner_organization"] = organization = organization or _only_organization_of(person)
        _validate_owner(organization, person)
    save_changes(row, actor=actor, **values)
    return row


@transaction.atomic
def change_status(
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
    """Change an item's status, for the actor or as staff for the person in `on_behalf`.

    A blocked or canceled item needs a note. `how` is the change reason in the history, such as "By link". Raises
    OperationNotAllowedError and EditConflictError.
    """
    require_permission(_can_decide(actor, item, on_behalf), owners_only())
    row = lock(item, version)
    target, person = ActionItemStatus(status), _represented_person(actor, row, on_behalf)
    if row.status == target:
        raise OperationNotAllowedError(
            _("The status of this item is already “%(status)s”. Nothing changed.") % {"status": target.label}
        )
    if not can_transition(row.status, target):
        raise OperationNotAllowedError(
            _("The status of this item is “%(status)s”. It can't change to “%(target)s”.")
            % {"status": row.get_status_display(), "target": target.label}
        )
    if target == ActionItemStatus.CANCELED:
        require_permission(can_edit(person, row), editors_only(row.body))
    if target.note_error and not note.strip():
        raise OperationNotAllowedError(target.note_error)
    save_changes(
        row,
        actor=actor,
        reason=build_change_reason(on_behalf.reason if on_behalf else how, note),
        status=target,
        status_note=note.strip(),
        done_on=today if target == ActionItemStatus.DONE else None,
    )
    what = _("“%(item)s”: %(status)s") % {"item": row.text, "status": target.label}
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=row, what=what)
    return row


def complete(
    *, actor: Person, item: ActionItem, today: dt.date, version: int | None = None, how: str = ""
) -> ActionItem:
    """Mark an item done.

    Raises OperationNotAllowedError, also when it is already done or canceled, and EditConflictError.
    """
    require_permission(can_change_status(actor, item), owners_only())
    return change_status(actor=actor, item=item, status=ActionItemStatus.DONE, today=today, version=version, how=how)


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
    """Set a new due date, for the actor or as staff for the person in `on_behalf`; the item is then in progress.

    Its history shows both dates. Raises OperationNotAllowedError and EditConflictError.
    """
    require_permission(_can_decide(actor, item, on_behalf), owners_only())
    row = lock(item, version)
    _represented_person(actor, row, on_behalf)
    if not row.is_open:
        raise OperationNotAllowedError(
            _("The status of this item is “%(status)s”, so the due date can't change.")
            % {"status": row.get_status_display()}
        )
    latest = today + dt.timedelta(days=MAX_DELAY_DAYS)
    if not today < due_on <= latest:
        raise OperationNotAllowedError(
            _("Enter a date from tomorrow to %(latest)s. To set a later date, ask the chair.")
            % {"latest": format_date(latest, today)}
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
        what = _("“%(item)s”: due %(date)s") % {"item": row.text, "date": format_date(due_on, today)}
        record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=row, what=what)
    return row


@transaction.atomic
def reassign_to_alternate(*, actor: Person, item: ActionItem, version: int | None = None, how: str = "") -> ActionItem:
    """Reassign an item to the alternate of the organization that owns it.

    Raises OperationNotAllowedError and EditConflictError.
    """
    require_permission(can_reassign_to_alternate(actor, item), owners_only())
    row = lock(item, version)
    require_permission(can_reassign_to_alternate(actor, row), owners_only())
    if not row.is_open:
        raise OperationNotAllowedError(
            _("The status of this item is “%(status)s”, so it can't be reassigned.")
            % {"status": row.get_status_display()}
        )
    alternate = alternate_for(row, actor)
    if alternate is None:
        raise OperationNotAllowedError(
            _("Your organization has no alternate. Ask its primary representative to name one.")
        )
    save_changes(
        row, actor=actor, reason=build_change_reason(how, "Reassigned to the alternate"), owner_person=alternate
    )
    return row


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Move every item of `source`, a duplicate, to `target`; its owner stays. Return the number of items."""
    require_permission(is_staff(actor), _("Only staff can merge organizations."))
    rows = list(ActionItem.objects.select_for_update().filter(owner_organization=source).order_by("pk"))
    for row in rows:
        save_changes(row, actor=actor, reason=f"Merged into {target.short_name}", owner_organization=target)
    return len(rows)


@transaction.atomic
def reassign(
    *, actor: Person, item: ActionItem, organization: Organization | None, successor: Person | None
) -> ActionItem:
    """Reassign a departing person's item to a successor, or to the organization without a person.

    Raises OperationNotAllowedError.
    """
    require_permission(is_staff(actor), _("Only staff can reassign the work of a person who leaves."))
    row = lock(item)
    owner = row.owner_organization or organization
    if successor or owner is None:
        _validate_owner(owner, successor)
    save_changes(row, actor=actor, reason="Reassigned", owner_organization=owner, owner_person=successor)
    return row


def _can_decide(actor: Person, item: ActionItem, on_behalf: OnBehalf | None) -> bool:
    """Return True if the actor may change the item's status or due date: staff for another person, else by right."""
    return is_staff(actor) if on_behalf else can_change_status(actor, item)


def _represented_person(actor: Person, item: ActionItem, on_behalf: OnBehalf | None) -> Person:
    """Return the person whose rights count.

    Raises OperationNotAllowedError if staff act for someone without a right to the item.
    """
    person = represented_person(actor, on_behalf)
    is_allowed = can_change_status(person, item)
    if on_behalf and not is_allowed:
        raise OperationNotAllowedError(
            _("%(name)s can't decide on this item. Select its owner, or someone from its organization or body.")
            % {"name": person.name}
        )
    require_permission(is_allowed, owners_only())
    return person


def _only_organization_of(person: Person | None) -> Organization | None:
    """Return the person's organization if they represent exactly one."""
    organizations = list(organizations_of(person)[:2]) if person else []
    return organizations[0] if len(organizations) == 1 else None


def _validate_owner(organization: Organization | None, person: Person | None) -> None:
    """Raise OperationNotAllowedError for no owner, a merged organization, or a person of another organization."""
    if organization is None and person is None:
        raise OperationNotAllowedError(_("Select an owner: a person, an organization, or both."))
    if organization and organization.merged_into_id:
        raise OperationNotAllowedError(
            _("%(organization)s was merged into another organization. Select that one.")
            % {"organization": organization.short_name}
        )
    if organization and person and organizations_of(person).exists() and not represents(person, organization):
        raise OperationNotAllowedError(
            _("%(person)s does not represent %(organization)s. Select someone who does, or no person.")
            % {"person": person.name, "organization": organization.short_name}
        )
