"""Reads over meetings for pages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields import CharField

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from meetings.models import RSVP, AgendaItem, Attendance, Meeting, MeetingQuerySet
from meetings.permissions import invited_to, meetings_invited_to, meetings_visible_to, public_meetings
from meetings.rules import AttendanceStatus, MeetingStatus, RSVPAnswer
from members.models import ActOnBehalf, Organization, Representation
from members.queries import acts_on
from members.rules import RepresentationKind
from taskforces.models import Body, Term
from taskforces.permissions import organizations_on
from taskforces.rules import SeatRole


@dataclass(frozen=True)
class Participant:
    """A person who is invited or attended: role, organization, answer, attendance, and who entered the answer if staff.

    Texts are empty where nothing is known.
    """

    person: Person
    role: str
    organization: Organization | None
    answer: str
    presence: str
    act: ActOnBehalf | None = None

    @property
    def answer_label(self) -> str:
        """Return the answer as other readers see it, or an empty text."""
        return str(RSVPAnswer(self.answer).public_label) if self.answer else ""

    @property
    def presence_label(self) -> str:
        """Return the recorded attendance as a label, or an empty text."""
        return str(AttendanceStatus(self.presence).label) if self.presence else ""


def next_public(now: dt.datetime) -> Meeting | None:
    """Return the next public meeting that is announced and not over, or None."""
    return public_meetings().upcoming(now).select_related("body").first()


def with_rsvp(meetings: MeetingQuerySet, person: AnyPerson) -> MeetingQuerySet:
    """Add to each meeting its body, `my_rsvp` (the person's answer or None) and `is_invited`."""
    meetings = meetings.select_related("body")
    if not signed_in(person):
        own: dict[str, Any] = {"my_rsvp": Value(None, output_field=CharField(null=True)), "is_invited": Value(False)}
        return meetings.annotate(**own)
    rsvps = RSVP.objects.filter(meeting=OuterRef("pk"), person=person)
    own = {
        "my_rsvp": Subquery(rsvps.values("answer")[:1]),
        "is_invited": Exists(meetings_invited_to(person).filter(pk=OuterRef("pk"))),
    }
    return meetings.annotate(**own)


def upcoming_for(person: AnyPerson, now: dt.datetime, limit: int) -> MeetingQuerySet:
    """Return the next meetings to which the person is invited (all for staff), with `my_rsvp` and `is_invited`."""
    meetings = meetings_visible_to(person) if is_staff(person) else meetings_invited_to(person)
    return with_rsvp(meetings.upcoming(now), person)[:limit]


def upcoming_visible_to(person: AnyPerson, now: dt.datetime, body: Body | None = None) -> MeetingQuerySet:
    """Return the upcoming meetings that the person can see: announced ones, canceled ones too, and drafts."""
    meetings = meetings_visible_to(person).filter(ends_at__gt=now).exclude(status=MeetingStatus.CLOSED)
    return with_rsvp(_of(body, meetings).order_by("starts_at", "id"), person)


def past_visible_to(person: AnyPerson, now: dt.datetime, body: Body | None = None) -> MeetingQuerySet:
    """Return the past meetings that the person can see, the latest first, with drafts whose time has passed."""
    meetings = meetings_visible_to(person)
    over = meetings.filter(ends_at__lte=now) | meetings.filter(status=MeetingStatus.CLOSED)
    return with_rsvp(_of(body, over).order_by("-starts_at", "-id"), person)


def next_by_body(now: dt.datetime, person: AnyPerson) -> dict[int, Meeting]:
    """Return the next announced meeting of each body that the person can see, by the id of the body."""
    first: dict[int, Meeting] = {}
    for meeting in meetings_visible_to(person).upcoming(now).select_related("body"):
        first.setdefault(meeting.body_id, meeting)
    return first


def public_feed(since: dt.datetime) -> MeetingQuerySet:
    """Return the public meetings of the calendar feed: those that end after `since`, canceled ones too."""
    return public_meetings().filter(ends_at__gt=since).select_related("body").order_by("starts_at", "id")


def agenda_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """Return the agenda items that were not removed, in order."""
    return meeting.agenda_items.filter(removed_at=None)


def bodies_with_meetings(person: AnyPerson) -> QuerySet[Body]:
    """Return the bodies with a meeting that the person can see, for the filter of the list."""
    return Body.objects.filter(pk__in=meetings_visible_to(person).values("body"))


def rsvp_counts(meeting: Meeting) -> dict[str, int]:
    """Return how many people gave each answer, by its label, without the answers that no one gave."""
    rows = RSVP.objects.filter(meeting=meeting).values_list("answer").annotate(Count("id"))
    counts = dict(rows)
    return {str(answer.public_label): counts[answer] for answer in RSVPAnswer if answer in counts}


def invited_participants(meeting: Meeting) -> list[Participant]:
    """Return the people who are invited, officers first, with role, organization and answer. Takes five queries."""
    return _participants(meeting, invited_to(meeting))


def attendance_participants(meeting: Meeting) -> list[Participant]:
    """Return the people whose attendance can be recorded.

    These are the people who are invited, the alternates of the body's organizations, and whoever is recorded already.
    """
    alternates = Representation.objects.with_rights().filter(
        kind=RepresentationKind.ALTERNATE, organization__in=organizations_on(meeting.body).values("pk")
    )
    recorded = Attendance.objects.filter(meeting=meeting).values("person")
    people = Person.objects.filter(is_active=True, pk__in=alternates.values("person")) | Person.objects.filter(
        pk__in=recorded
    )
    return _participants(meeting, invited_to(meeting) | people)


def recorded_attendance(meeting: Meeting) -> list[Attendance]:
    """Return the recorded attendance with person and organization, by name."""
    return list(meeting.attendances.select_related("person", "organization").order_by("person__name", "person_id"))


def _of(body: Body | None, meetings: MeetingQuerySet) -> MeetingQuerySet:
    return meetings.filter(body=body) if body else meetings


def _participants(meeting: Meeting, people: QuerySet[Person]) -> list[Participant]:
    """Return the people with what is known of each, ordered by the rank of their seat and by name."""
    rows = list(people.distinct())
    terms, representations = _terms(meeting.body), _representations(rows)
    rsvps = {rsvp.person_id: rsvp for rsvp in RSVP.objects.filter(meeting=meeting)}
    acts = acts_on(RSVP, [rsvp.pk for rsvp in rsvps.values()])
    attendance = {row.person_id: row for row in meeting.attendances.select_related("organization")}
    ranks = list(SeatRole)
    found = []
    for person in rows:
        term, rsvp = terms.get(person.pk), rsvps.get(person.pk)
        rank = ranks.index(SeatRole(term.seat.role)) if term else len(ranks)
        participant = _participant(person, term, representations.get(person.pk), rsvp, attendance.get(person.pk))
        act = acts.get((rsvp.pk, rsvp.version)) if rsvp else None
        found.append((rank, person.name, person.pk, replace(participant, act=act)))
    return [participant for *_key, participant in sorted(found, key=lambda row: row[:3])]


def _participant(
    person: Person,
    term: Term | None,
    representation: Representation | None,
    rsvp: RSVP | None,
    attendance: Attendance | None,
) -> Participant:
    """Return the person with the organization of the attendance, else of the seat, else of the representation."""
    organization = attendance.organization if attendance else None
    organization = organization or (term.seat.organization if term else None)
    organization = organization or (representation.organization if representation else None)
    role = ""
    if term:
        role = term.seat.get_role_display()
    elif representation:
        role = representation.get_kind_display()
    return Participant(
        person,
        role,
        organization,
        answer=rsvp.answer if rsvp else "",
        presence=attendance.presence if attendance else "",
    )


def _terms(body: Body) -> dict[int, Term]:
    """Return each person's current term in their highest seat on the body, by the id of the person."""
    ranks = list(SeatRole)
    terms = Term.objects.current().filter(seat__body=body).select_related("seat__organization")
    ordered = sorted(terms, key=lambda term: ranks.index(SeatRole(term.seat.role)), reverse=True)
    return {term.person_id: term for term in ordered}


def _representations(people: Iterable[Person]) -> dict[int, Representation]:
    """Return each person's current representation by the person's id, the earliest where there are several."""
    rows = Representation.objects.with_rights().filter(person__in=people).select_related("organization")
    return {row.person_id: row for row in rows.order_by("-starts_on", "-id")}
