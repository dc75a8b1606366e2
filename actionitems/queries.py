"""What pages ask of action items."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

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

_BESIDE = ("body", "owner_organization", "owner_person", "origin_meeting")


@dataclass(frozen=True)
class Counts:
    """How many items of a body are unfinished, and of these blocked and past their date."""

    open: int
    blocked: int
    overdue: int


@dataclass(frozen=True)
class Change:
    """One line of an item's history: when, who (a name, or "The portal"), what in plain words, and for whom."""

    at: dt.datetime
    who: str
    what: str
    act: ActOnBehalf | None = None


def items_assigned_to(person: AnyPerson) -> ActionItemQuerySet:
    """The unfinished items of the person, and as primary or alternate those of the organization, the first due first.

    An organization's item that names another of its people is that person's, while that person is here.
    """
    if not signed_in(person):
        return ActionItem.objects.none()
    unclaimed = Q(owner_person=None) | Q(owner_person__is_active=False)
    led = unclaimed & Q(owner_organization__in=organizations_managed_by(person).values("pk"))
    return ActionItem.objects.open().filter(Q(owner_person=person) | led).select_related(*_BESIDE)


def items_of_my_organizations(person: AnyPerson) -> ActionItemQuerySet:
    """The items that the person's organizations own, whoever of them is named."""
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
    """The items on the list: `whose` is "mine", "organization" or all; `status` is one, "all" or unfinished."""
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
    return items.select_related(*_BESIDE).order_by("due_on", "id")


def items_from_meeting(meeting: Meeting, person: AnyPerson) -> ActionItemQuerySet:
    """The items that a meeting gave rise to."""
    return items_visible_to(person).filter(origin_meeting=meeting).select_related(*_BESIDE)


def open_items_of(body: Body, person: AnyPerson) -> ActionItemQuerySet:
    """The unfinished items of a body, the first due first."""
    return items_visible_to(person).open().filter(body=body).select_related(*_BESIDE)


def counts_for_body(body: Body, today: dt.date) -> Counts:
    """The unfinished items of a body in numbers. One query."""
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
    """To whom a person of the owning organization can hand the item: its alternate, unless that is the person."""
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
    """The people who may own an item: with rights of an organization, or staff; their representations come along."""
    rights = Representation.objects.with_rights()
    who = Q(pk__in=rights.values("person")) | Q(portal_role__in=[PortalRole.STAFF, PortalRole.ADMINISTRATOR])
    named = Prefetch("representations", rights.select_related("organization"), to_attr="rights_now")
    return Person.objects.filter(who, is_active=True).prefetch_related(named)


def history_of(item: ActionItem, today: dt.date) -> list[Change]:
    """What happened to an item, the latest first. Two queries."""
    rows = list(
        item.history.select_related("history_user", "owner_person", "owner_organization").order_by(
            "history_date", "history_id"
        )
    )
    acts = acts_on(ActionItem, [item.pk])
    changes = []
    for before, after in zip([None, *rows], rows, strict=False):
        who = after.history_user.name if after.history_user else "The portal"
        if (after.history_change_reason or "").startswith(BY_LINK):
            who += ", by a link from a mail"
        what = "Added this item" if before is None else _difference(before, after, today)
        changes.append(Change(after.history_date, who, what, acts.get((item.pk, after.version))))
    return changes[::-1]


def _difference(before: ActionItem, after: ActionItem, today: dt.date) -> str:
    words = []
    if before.status != after.status:
        note = f": {after.status_note}" if after.status_note else ""
        words.append(
            f"Moved it from {before.get_status_display().lower()} to {after.get_status_display().lower()}{note}"
        )
    if before.due_on != after.due_on:
        words.append(
            f"Moved the due date from {format_date(before.due_on, today)} to {format_date(after.due_on, today)}"
        )
    if (before.owner_person_id, before.owner_organization_id) != (after.owner_person_id, after.owner_organization_id):
        words.append(f"Handed it from {owner_label(before)} to {owner_label(after)}")
    if before.text != after.text:
        words.append(f"Changed the text from “{before.text}”")
    if before.detail != after.detail or before.objective_id != after.objective_id:
        words.append("Changed its details")
    return ". ".join(words) or "Saved it"


def owner_label(item: ActionItem) -> str:
    """Who owns an item: "The chair, DX", one of the two alone where there is only one."""
    names = [
        item.owner_person.name if item.owner_person else "",
        item.owner_organization.short_name if item.owner_organization else "",
    ]
    return ", ".join(name for name in names if name)
