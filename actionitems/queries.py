"""Reads over action items for pages."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import AnyPerson, signed_in
from accounts.rules import PortalRole
from actionitems.models import ActionItem, ActionItemQuerySet
from actionitems.permissions import items_visible_to
from actionitems.rules import ActionItemStatus
from core.dates import format_date
from core.operations import BY_LINK
from meetings.models import Meeting
from members.models import ActOnBehalf, Representation
from members.permissions import organizations_managed_by, organizations_of, represents
from members.queries import acts_on
from members.rules import RepresentationKind
from taskforces.models import Body

_RELATED = ("body", "owner_organization", "owner_person", "origin_meeting")


@dataclass(frozen=True)
class Counts:
    """The number of open items of a body, and of these the blocked and the overdue ones."""

    open: int
    blocked: int
    overdue: int


@dataclass(frozen=True)
class Change:
    """An entry of an item's history: time, author (a name, or "The portal"), text, and who staff entered it for."""

    at: dt.datetime
    who: str
    what: str
    act: ActOnBehalf | None = None


def items_assigned_to(person: AnyPerson) -> ActionItemQuerySet:
    """Return the person's open items, and for a primary or alternate those of the organization, by due date.

    An organization's item that names another person is left to that person as long as their account is active.
    """
    if not signed_in(person):
        return ActionItem.objects.none()
    unclaimed = Q(owner_person=None) | Q(owner_person__is_active=False)
    led = unclaimed & Q(owner_organization__in=organizations_managed_by(person).values("pk"))
    return ActionItem.objects.open().filter(Q(owner_person=person) | led).select_related(*_RELATED)


def items_of_my_organizations(person: AnyPerson) -> ActionItemQuerySet:
    """Return the items that the person's organizations own, no matter which person is named."""
    return items_visible_to(person).filter(owner_organization__in=organizations_of(person).values("pk"))


def items_listed(
    person: AnyPerson,
    today: dt.date,
    *,
    whose: str = "",
    body: Body | None = None,
    status: str = "",
    overdue: bool = False,
) -> ActionItemQuerySet:
    """Return the items of the list.

    `whose` is "mine", "organization" or empty for everyone's; `status` is a status, "all", or empty for the open ones.
    """
    items = items_of_my_organizations(person) if whose == "organization" else items_visible_to(person)
    if whose == "mine":
        items = items.filter(owner_person=person) if signed_in(person) else items.none()
    if body:
        items = items.filter(body=body)
    if status in ActionItemStatus.values:
        items = items.filter(status=status)
    elif status != "all":
        items = items.open()
    if overdue:
        items = items.overdue(today)
    return items.select_related(*_RELATED).order_by("due_on", "id")


def items_from_meeting(meeting: Meeting, person: AnyPerson) -> ActionItemQuerySet:
    """Return the items that were assigned at a meeting."""
    return items_visible_to(person).filter(origin_meeting=meeting).select_related(*_RELATED)


def open_items_of(body: Body, person: AnyPerson) -> ActionItemQuerySet:
    """Return the open items of a body, by due date."""
    return items_visible_to(person).open().filter(body=body).select_related(*_RELATED)


def counts_for_body(body: Body, today: dt.date) -> Counts:
    """Return the counts of a body's open items. Takes one query."""
    counts = (
        ActionItem.objects.open()
        .filter(body=body)
        .aggregate(
            open=Count("id"),
            blocked=Count("id", filter=Q(status=ActionItemStatus.BLOCKED)),
            overdue=Count("id", filter=Q(due_on__lt=today)),
        )
    )
    return Counts(**counts)


def alternate_for(item: ActionItem, person: Person) -> Person | None:
    """Return the alternate to whom a person of the owning organization can reassign the item, or None."""
    if item.owner_organization is None or not represents(person, item.owner_organization):
        return None
    rights = Representation.objects.with_rights().filter(
        organization=item.owner_organization_id,
        kind=RepresentationKind.ALTERNATE,
        person__is_active=True,
        person__can_sign_in=True,
    )
    right = rights.exclude(person=person).exclude(person=item.owner_person_id).select_related("person").first()
    return right.person if right else None


def owner_choices() -> QuerySet[Person]:
    """Return the people who can own an item: current representatives, and staff.

    `representations.all()` of each holds only the current ones, with their organizations.
    """
    rights = Representation.objects.with_rights()
    owners = Q(pk__in=rights.values("person")) | Q(portal_role__in=[PortalRole.STAFF, PortalRole.ADMINISTRATOR])
    current = Prefetch("representations", rights.select_related("organization"))
    return Person.objects.filter(owners, is_active=True).prefetch_related(current)


def history_of(item: ActionItem, today: dt.date) -> list[Change]:
    """Return the changes of an item, the latest first. Takes two queries."""
    rows = list(
        item.history.select_related("history_user", "owner_person", "owner_organization").order_by(
            "history_date", "history_id"
        )
    )
    acts = acts_on(ActionItem, [item.pk])
    changes = []
    for before, after in zip([None, *rows], rows, strict=False):
        what = _("Added this item") if before is None else _describe_change(before, after, today)
        changes.append(Change(after.history_date, _author(after), what, acts.get((item.pk, after.version))))
    return changes[::-1]


def _author(row: Any) -> str:
    """Return who made the change of a history row: a name or "The portal", and whether it came by an email link."""
    name: str = row.history_user.name if row.history_user else _("The portal")
    if (row.history_change_reason or "").startswith(BY_LINK):
        return _("%(name)s, by email link") % {"name": name}
    return name


def _describe_change(before: ActionItem, after: ActionItem, today: dt.date) -> str:
    """Return what changed between two history rows, one sentence for each change."""
    sentences = []
    if before.status != after.status:
        text = _("Changed the status from %(old)s to %(new)s")
        if after.status_note:
            text = _("Changed the status from %(old)s to %(new)s: %(note)s")
        values = {"old": before.get_status_display(), "new": after.get_status_display(), "note": after.status_note}
        sentences.append(text % values)
    if before.due_on != after.due_on:
        text = _("Changed the due date from %(old)s to %(new)s")
        sentences.append(text % {"old": format_date(before.due_on, today), "new": format_date(after.due_on, today)})
    if (before.owner_person_id, before.owner_organization_id) != (after.owner_person_id, after.owner_organization_id):
        text = _("Changed the owner from %(old)s to %(new)s")
        sentences.append(text % {"old": owner_label(before), "new": owner_label(after)})
    if before.text != after.text:
        sentences.append(_("Changed the text from “%(old)s”") % {"old": before.text})
    if before.detail != after.detail or before.objective_id != after.objective_id:
        sentences.append(_("Changed the details"))
    return ". ".join(sentences) or _("Saved without changes")


def owner_label(item: ActionItem) -> str:
    """Return the owner as person and organization, such as "The chair, DX", or whichever of them there is."""
    names = [
        item.owner_person.name if item.owner_person else "",
        item.owner_organization.short_name if item.owner_organization else "",
    ]
    return ", ".join(name for name in names if name)
