"""Announcements: who gets one, who is excluded and why, read again at each step; and the email itself."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from mail.messages import Message, Skip, Wait, render
from mail.models import Delivery, Suppression
from members.models import Organization, Representation, Sector
from members.rules import KINDS_WITH_RIGHTS, STATUSES_WITH_RIGHTS, OrganizationStatus, Participation, RepresentationKind
from reminders import timing
from reminders.links import preferences_url
from reminders.models import Announcement
from reminders.preferences import load_preferences
from reminders.rules import ReminderKind
from reminders.subjects.base import DeliveryKind
from taskforces.models import Body, Term, Workgroup
from taskforces.rules import BodyKind, SeatRole

TEST = "test"
_STATUS_PHRASES = {
    OrganizationStatus.PROSPECTIVE: gettext_lazy("prospective organizations"),
    OrganizationStatus.INVITED: gettext_lazy("invited organizations"),
    OrganizationStatus.ACTIVE: gettext_lazy("active organizations"),
    OrganizationStatus.ON_LEAVE: gettext_lazy("organizations on leave"),
    OrganizationStatus.FORMER: gettext_lazy("former organizations"),
}


@dataclass(frozen=True)
class AudienceFilter:
    """An audience: choices of one sort are joined by "or", the sorts by "and"."""

    bodies: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, audience: dict[str, Any]) -> "AudienceFilter":
        """From what an announcement stores."""
        return cls(**{name: frozenset(audience.get(name, ())) for name in ("bodies", "sectors", "roles", "statuses")})


@dataclass
class Position:
    """What one person is at one organization, or at none: representations and seats together."""

    person: Person
    organization: Organization | None
    kinds: set[str] = field(default_factory=set)
    seats: set[tuple[str, str]] = field(default_factory=set)

    @property
    def label(self) -> str:
        """The position as a label: "Chair, Data task force · DX"."""
        roles = [str(SeatRole(role).label) for _, role in sorted(self.seats)]
        roles += [str(RepresentationKind(kind).label) for kind in sorted(self.kinds)]
        text = ", ".join(dict.fromkeys(roles))
        return f"{text} · {self.organization.short_name}" if self.organization else text

    def matches(self, filters: AudienceFilter, full: set[str]) -> bool:
        """Whether this position is in the audience; `full` holds the slugs of the full Workgroup."""
        organization, seats = self.organization, self.seats
        statuses = filters.statuses or set(STATUSES_WITH_RIGHTS)
        if organization is None and (filters.statuses or filters.sectors):
            return False
        if organization and organization.status not in statuses:
            return False
        if organization and filters.sectors and organization.sector.slug not in filters.sectors:
            return False
        if filters.bodies:
            seats = {seat for seat in seats if seat[0] in filters.bodies}
            if not seats and not (full & filters.bodies and self._is_in_workgroup()):
                return False
        return not filters.roles or bool(filters.roles & ({role for _, role in seats} | self.kinds))

    def _is_in_workgroup(self) -> bool:
        return (
            self.organization is not None
            and self.organization.participation == Participation.WORKGROUP
            and self.organization.status in STATUSES_WITH_RIGHTS
            and bool(self.kinds & set(KINDS_WITH_RIGHTS))
        )


@dataclass(frozen=True)
class AnnouncementRecipient:
    """One who gets it, and in which positions."""

    person: Person
    positions: str


@dataclass(frozen=True)
class ExcludedRecipient:
    """One of the audience who does not get it, and why not."""

    person: Person
    positions: str
    reason: str


@dataclass(frozen=True)
class RecipientList:
    """All of an audience, each person once, by name."""

    included: list[AnnouncementRecipient]
    excluded: list[ExcludedRecipient]

    @property
    def checksum(self) -> str:
        """What tells this list of recipients from another, so that it is sent to the list that was reviewed."""
        return hashlib.sha256(",".join(str(row.person.pk) for row in self.included).encode()).hexdigest()[:16]


def find_recipients(announcement: Announcement, *, person_id: int | None = None) -> RecipientList:
    """Who gets the announcement now, and who of its audience does not. Six queries, whatever the number.

    `person_id` reads one person alone.
    """
    filters = AudienceFilter.of(announcement.audience)
    full = set(Body.objects.filter(kind=BodyKind.FULL).values_list("slug", flat=True))
    matching: dict[int, list[Position]] = {}
    for position in _positions(person_id):
        if position.matches(filters, full):
            matching.setdefault(position.person.pk, []).append(position)
    blocked, opted_out = _blocked(matching), set() if announcement.is_mandatory else _opted_out(matching)
    included, excluded = [], []
    for pk, positions in matching.items():
        person, labels = positions[0].person, "; ".join(position.label for position in positions)
        reason = _exclusion_reason(
            person, positions, filters, is_off=pk in opted_out, is_blocked=person.email in blocked
        )
        if reason:
            excluded.append(ExcludedRecipient(person, labels, reason))
        else:
            included.append(AnnouncementRecipient(person, labels))
    return RecipientList(sorted(included, key=_by_name), sorted(excluded, key=_by_name))


def _by_name(row: AnnouncementRecipient | ExcludedRecipient) -> tuple[str, int]:
    return row.person.name.lower(), row.person.pk


def _exclusion_reason(
    person: Person, positions: list[Position], filters: AudienceFilter, *, is_off: bool, is_blocked: bool
) -> str:
    if not person.is_active:
        return _("The account is closed.")
    on_leave = [
        position.organization.short_name
        for position in positions
        if position.organization and position.organization.status == OrganizationStatus.ON_LEAVE
    ]
    if len(on_leave) == len(positions) and OrganizationStatus.ON_LEAVE not in filters.statuses:
        return _("On leave: %(organizations)s.") % {"organizations": get_text_list(on_leave, _("and"))}
    if is_off:
        return _("Unsubscribed from announcements.")
    return _("This address is blocked after bounces.") if is_blocked else ""


def _positions(person_id: int | None) -> Iterable[Position]:
    representations = Representation.objects.current().filter(organization__merged_into=None)
    terms = Term.objects.current().filter(seat__body__dissolved_on=None)
    if person_id is not None:
        representations, terms = representations.filter(person=person_id), terms.filter(person=person_id)
    positions: dict[tuple[int, int | None], Position] = {}
    for row in representations.select_related("person", "organization__sector"):
        key: tuple[int, int | None] = (row.person_id, row.organization_id)
        positions.setdefault(key, Position(row.person, row.organization)).kinds.add(row.kind)
    for term in terms.select_related("person", "seat__body", "seat__organization__sector"):
        seat = term.seat
        key = (term.person_id, seat.organization_id)
        positions.setdefault(key, Position(term.person, seat.organization)).seats.add((seat.body.slug, seat.role))
    return positions.values()


def _opted_out(people: Iterable[int]) -> set[int]:
    preferences = load_preferences(people)
    return {pk for pk in people if preferences.is_off(pk, ReminderKind.ANNOUNCEMENT)}


def _blocked(matching: dict[int, list[Position]]) -> set[str]:
    addresses = [positions[0].person.email for positions in matching.values()]
    suppressed = Suppression.objects.filter(address__in=addresses, suppressed_at__isnull=False)
    return set(suppressed.values_list("address", flat=True))


def describe_audience(audience: dict[str, Any]) -> str:
    """Return the audience as a phrase: "Chair, Co-chair · Data task force · county". Two queries."""
    return describe_audiences([audience])[0]


def describe_audiences(audiences: Iterable[dict[str, Any]]) -> list[str]:
    """Each audience as a phrase, in their order. Two queries."""
    roles: dict[str, Any] = {**dict(RepresentationKind.choices), **dict(SeatRole.choices)}
    bodies = {body.slug: body.title for body in Body.objects.all()}
    sectors = dict(Sector.objects.values_list("slug", "name"))
    phrases = []
    for filters in map(AudienceFilter.of, audiences):
        parts: list[list[str]] = [
            [roles.get(role, role) for role in sorted(filters.roles)],
            [bodies.get(slug, slug) for slug in sorted(filters.bodies)],
            [sectors.get(slug, slug) for slug in sorted(filters.sectors)],
            [str(_STATUS_PHRASES[OrganizationStatus(status)]) for status in sorted(filters.statuses)],
        ]
        phrases.append(" · ".join(", ".join(map(str, names)) for names in parts if names))
    return phrases


def announcement_email(announcement: Announcement, person: Person, audience: str, *, is_test: bool = False) -> Message:
    """Return the email to one person; a test differs only in its subject, which says that it is a test."""
    subject = announcement.subject
    if is_test:
        subject = _("Test: %(subject)s") % {"subject": announcement.subject}
    headers = {}
    context = {
        "subject": subject,
        "text": announcement.text,
        "why": _("You're receiving this because Workgroup staff sent it to: %(audience)s.") % {"audience": audience},
        "how": _("Required notice: %(reason)s") % {"reason": announcement.mandatory_reason},
    }
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    if not announcement.is_mandatory:
        link = preferences_url(person, ReminderKind.ANNOUNCEMENT)
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": _("Unsubscribe or change your email settings"), "how_url": link}
    text, html = render("reminders/mail/announcement", context)
    return Message(subject, text, html, headers=headers)


def compose_announcement(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    """Return the email to one recipient with current data, or why it should not be sent, or not at this hour.

    Raises Announcement.DoesNotExist if the announcement no longer exists.
    """
    announcement = Announcement.objects.get(pk=int(delivery.subject_ref))
    person = delivery.person
    if person is None or not person.is_active:
        return Skip(_("The account is closed."))
    if delivery.context.get(TEST):
        return announcement_email(announcement, person, describe_audience(announcement.audience), is_test=True)
    if announcement.stopped_at:
        return Skip(_("Staff stopped this announcement."))
    found = find_recipients(announcement, person_id=person.pk)
    if found.excluded:
        return Skip(found.excluded[0].reason)
    if not found.included:
        return Skip(_("This person is no longer in the audience."))
    if timing.is_quiet(now, person.zone):
        return Wait(timing.end_of_quiet_hours(now, person.zone), str(timing.QUIET_HOURS))
    return announcement_email(announcement, person, describe_audience(announcement.audience))


ANNOUNCEMENT_EMAIL = DeliveryKind(ReminderKind.ANNOUNCEMENT, ReminderKind.ANNOUNCEMENT.label, compose_announcement)
