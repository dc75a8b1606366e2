"""Whom an announcement is for, who is left out and why: read anew when it is looked at, sent and delivered."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Person
from mail.messages import Message, Skip, Wait
from mail.models import Delivery, Suppression
from members.models import Organization, Representation, Sector
from members.rules import KINDS_WITH_RIGHTS, STATUSES_WITH_RIGHTS, OrganizationStatus, Participation, RepresentationKind
from reminders import timing, wishes
from reminders.emails.announcements import message_for
from reminders.models import Announcement
from reminders.rules import ReminderKind
from taskforces.models import Body, Term
from taskforces.rules import BodyKind, SeatRole

TEST = "test"


@dataclass(frozen=True)
class Wanted:
    """An audience: all that is chosen of one kind counts as "or", the kinds together as "and"."""

    bodies: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()

    @classmethod
    def of(cls, audience: dict[str, Any]) -> "Wanted":
        """From what an announcement keeps."""
        return cls(**{name: frozenset(audience.get(name, ())) for name in ("bodies", "sectors", "roles", "statuses")})


@dataclass
class Place:
    """What one person is for one organization, or for none: representations and seats together."""

    person: Person
    organization: Organization | None
    kinds: set[str] = field(default_factory=set)
    seats: set[tuple[str, str]] = field(default_factory=set)

    @property
    def words(self) -> str:
        """The place in words: "Chair, Data task force · DX"."""
        roles = [str(SeatRole(role).label) for _, role in sorted(self.seats)]
        roles += [str(RepresentationKind(kind).label) for kind in sorted(self.kinds)]
        said = ", ".join(dict.fromkeys(roles))
        return f"{said} · {self.organization.short_name}" if self.organization else said

    def fits(self, wanted: Wanted, full: set[str]) -> bool:
        """Whether this place is of the audience; `full` holds the slugs of the full Workgroup."""
        organization, seats = self.organization, self.seats
        statuses = wanted.statuses or set(STATUSES_WITH_RIGHTS)
        if organization is None and (wanted.statuses or wanted.sectors):
            return False
        if organization and organization.status not in statuses:
            return False
        if organization and wanted.sectors and organization.sector.slug not in wanted.sectors:
            return False
        if wanted.bodies:
            seats = {seat for seat in seats if seat[0] in wanted.bodies}
            if not seats and not (full & wanted.bodies and self._is_of_the_workgroup()):
                return False
        return not wanted.roles or bool(wanted.roles & ({role for _, role in seats} | self.kinds))

    def _is_of_the_workgroup(self) -> bool:
        return (
            self.organization is not None
            and self.organization.participation == Participation.WORKGROUP
            and self.organization.status in STATUSES_WITH_RIGHTS
            and bool(self.kinds & set(KINDS_WITH_RIGHTS))
        )


@dataclass(frozen=True)
class Recipient:
    """One who gets it, and as what."""

    person: Person
    places: str


@dataclass(frozen=True)
class ExcludedRecipient:
    """One of the audience who does not get it, and why not."""

    person: Person
    places: str
    reason: str


@dataclass(frozen=True)
class Recipients:
    """All of an audience, each person once, by name."""

    going: list[Recipient]
    left_out: list[ExcludedRecipient]

    @property
    def mark(self) -> str:
        """What tells this list of recipients from another, so that what was looked at is what is sent."""
        return hashlib.sha256(",".join(str(row.person.pk) for row in self.going).encode()).hexdigest()[:16]


def recipients(announcement: Announcement, *, person_id: int | None = None) -> Recipients:
    """Who gets the announcement as things stand, and who of its audience does not. Six queries, whatever the number.

    `person_id` looks at one person alone.
    """
    wanted = Wanted.of(announcement.audience)
    full = set(Body.objects.filter(kind=BodyKind.FULL).values_list("slug", flat=True))
    fitting: dict[int, list[Place]] = {}
    for place in _places(person_id):
        if place.fits(wanted, full):
            fitting.setdefault(place.person.pk, []).append(place)
    refusing, stopped = _refusing(fitting), set() if announcement.is_mandatory else _switched_off(fitting)
    going, left_out = [], []
    for pk, places in fitting.items():
        person, words = places[0].person, "; ".join(place.words for place in places)
        reason = _left_out(person, places, wanted, is_off=pk in stopped, refuses=person.email in refusing)
        if reason:
            left_out.append(ExcludedRecipient(person, words, reason))
        else:
            going.append(Recipient(person, words))
    return Recipients(sorted(going, key=_by_name), sorted(left_out, key=_by_name))


def _by_name(row: Recipient | ExcludedRecipient) -> tuple[str, int]:
    return row.person.name.lower(), row.person.pk


def _left_out(person: Person, places: list[Place], wanted: Wanted, *, is_off: bool, refuses: bool) -> str:
    if not person.is_active:
        return "The account is closed."
    on_leave = [
        place.organization.short_name
        for place in places
        if place.organization and place.organization.status == OrganizationStatus.ON_LEAVE
    ]
    if len(on_leave) == len(places) and OrganizationStatus.ON_LEAVE not in wanted.statuses:
        return f"{', '.join(on_leave)} is on leave."
    if is_off:
        return "Has switched announcements off."
    return "The address refuses mail." if refuses else ""


def _places(person_id: int | None) -> Iterable[Place]:
    representations = Representation.objects.current().filter(organization__merged_into=None)
    terms = Term.objects.current().filter(seat__body__dissolved_on=None)
    if person_id is not None:
        representations, terms = representations.filter(person=person_id), terms.filter(person=person_id)
    places: dict[tuple[int, int | None], Place] = {}
    for row in representations.select_related("person", "organization__sector"):
        key: tuple[int, int | None] = (row.person_id, row.organization_id)
        places.setdefault(key, Place(row.person, row.organization)).kinds.add(row.kind)
    for term in terms.select_related("person", "seat__body", "seat__organization__sector"):
        seat = term.seat
        key = (term.person_id, seat.organization_id)
        places.setdefault(key, Place(term.person, seat.organization)).seats.add((seat.body.slug, seat.role))
    return places.values()


def _switched_off(people: Iterable[int]) -> set[int]:
    chosen = wishes.load(people)
    return {pk for pk in people if chosen.is_off(pk, ReminderKind.ANNOUNCEMENT)}


def _refusing(fitting: dict[int, list[Place]]) -> set[str]:
    addresses = [places[0].person.email for places in fitting.values()]
    held = Suppression.objects.filter(address__in=addresses, suppressed_at__isnull=False)
    return set(held.values_list("address", flat=True))


def describe_audience(audience: dict[str, Any]) -> str:
    """The audience as a phrase: "Chair, Co-chair · Data task force · county". Two queries."""
    return describe_audiences([audience])[0]


def describe_audiences(audiences: Iterable[dict[str, Any]]) -> list[str]:
    """Each audience as a phrase, in their order. Two queries."""
    roles = {**dict(RepresentationKind.choices), **dict(SeatRole.choices)}
    bodies = {body.slug: body.title for body in Body.objects.all()}
    sectors = dict(Sector.objects.values_list("slug", "name"))
    phrases = []
    for wanted in map(Wanted.of, audiences):
        parts = [
            [str(roles.get(role, role)) for role in sorted(wanted.roles)],
            [bodies.get(slug, slug) for slug in sorted(wanted.bodies)],
            [sectors.get(slug, slug) for slug in sorted(wanted.sectors)],
            [f"{OrganizationStatus(status).label.lower()} organizations" for status in sorted(wanted.statuses)],
        ]
        phrases.append(" · ".join(", ".join(words) for words in parts if words))
    return phrases


def compose(delivery: Delivery, now: dt.datetime) -> Message | Skip | Wait:
    """The mail of one recipient as things stand now, or why it should not go, or not at this hour."""
    announcement = Announcement.objects.get(pk=int(delivery.subject_ref))
    person = delivery.person
    if person is None or not person.is_active:
        return Skip("The account is closed.")
    if delivery.context.get(TEST):
        return message_for(announcement, person, describe_audience(announcement.audience), is_test=True)
    if announcement.stopped_at:
        return Skip("Staff stopped this announcement.")
    found = recipients(announcement, person_id=person.pk)
    if found.left_out:
        return Skip(found.left_out[0].reason)
    if not found.going:
        return Skip("This person is no longer among those it is for.")
    if timing.is_quiet(now, person.zone):
        return Wait(timing.end_of_quiet_hours(now, person.zone), timing.WAITS_FOR_THE_MORNING)
    return message_for(announcement, person, describe_audience(announcement.audience))
