"""What pages ask of meetings."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.fields import CharField

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from meetings.models import RSVP, AgendaItem, Attendance, Meeting, MeetingQuerySet
from meetings.permissions import invited_to, meetings_invited_to, meetings_visible_to, public_meetings
from meetings.rules import RSVP_LABELS, Answer, AttendanceStatus, MeetingStatus
from members.models import ActOnBehalf, Organization, Representation
from members.queries import acts_on
from members.rules import RepresentationKind
from taskforces.models import Body, Term
from taskforces.permissions import organizations_on
from taskforces.rules import SeatRole


@dataclass(frozen=True)
class Participant:
    """One who is invited or was there: what for, what was said, by whose hand, and what was noted.

    Words are empty where nothing is known.
    """

    person: Person
    role: str
    organization: Organization | None
    answer: str
    presence: str
    act: ActOnBehalf | None = None

    @property
    def answer_word(self) -> str:
        return RSVP_LABELS[Answer(self.answer)] if self.answer else ""

    @property
    def presence_word(self) -> str:
        return AttendanceStatus(self.presence).label if self.presence else ""


def next_public(now: dt.datetime) -> Meeting | None:
    """The next public meeting that is announced and not over."""
    return public_meetings().upcoming(now).select_related("body").first()


def with_answers(meetings: MeetingQuerySet, person: AnyPerson) -> MeetingQuerySet:
    """Each meeting with its body, `my_rsvp` (the person's answer or None) and `invites_me`."""
    meetings = meetings.select_related("body")
    if not signed_in(person):
        return meetings.annotate(my_rsvp=Value(None, output_field=CharField(null=True)), invites_me=Value(False))
    mine = RSVP.objects.filter(meeting=OuterRef("pk"), person=person)
    return meetings.annotate(
        my_rsvp=Subquery(mine.values("answer")[:1]),
        invites_me=Exists(meetings_invited_to(person).filter(pk=OuterRef("pk"))),
    )


def upcoming_for(person: AnyPerson, now: dt.datetime, limit: int) -> MeetingQuerySet:
    """The next meetings that invite the person (for staff all), each with `my_rsvp` and `invites_me`."""
    meetings = meetings_visible_to(person) if is_staff(person) else meetings_invited_to(person)
    return with_answers(meetings.upcoming(now), person)[:limit]


def upcoming_visible_to(person: AnyPerson, now: dt.datetime, body: Body | None = None) -> MeetingQuerySet:
    """What lies ahead and the person may know of: announced meetings, cancelled ones too, and drafts."""
    meetings = meetings_visible_to(person).filter(ends_at__gt=now).exclude(status=MeetingStatus.CLOSED)
    return with_answers(_of(body, meetings).order_by("starts_at", "id"), person)


def past_visible_to(person: AnyPerson, now: dt.datetime, body: Body | None = None) -> MeetingQuerySet:
    """What is over and the person may know of, the latest first; drafts whose time passed among them."""
    meetings = meetings_visible_to(person)
    over = meetings.filter(ends_at__lte=now) | meetings.filter(status=MeetingStatus.CLOSED)
    return with_answers(_of(body, over).order_by("-starts_at", "-id"), person)


def next_by_body(now: dt.datetime, person: AnyPerson) -> dict[int, Meeting]:
    """The next announced meeting of each body that the person may know of, by the body's id."""
    first: dict[int, Meeting] = {}
    for meeting in meetings_visible_to(person).upcoming(now).select_related("body"):
        first.setdefault(meeting.body_id, meeting)
    return first


def public_feed(since: dt.datetime) -> MeetingQuerySet:
    """The public meetings of the calendar feed: those that end after `since`, cancelled ones too."""
    return public_meetings().filter(ends_at__gt=since).select_related("body").order_by("starts_at", "id")


def agenda_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """The agenda items that stand, in order."""
    return meeting.agenda_items.filter(removed_at=None)


def minutes_by_item(meeting: Meeting) -> dict[str, str]:
    """What is written so far, by the agenda item's id as text."""
    return {str(pk): notes for pk, notes in agenda_of(meeting).values_list("pk", "notes")}


def bodies_with_meetings(person: AnyPerson) -> QuerySet[Body]:
    """The bodies of which the person may know a meeting, for the list's filter."""
    return Body.objects.filter(pk__in=meetings_visible_to(person).values("body"))


def answer_counts(meeting: Meeting) -> dict[str, int]:
    """How many people gave each answer, in words; answers nobody gave are left out."""
    rows = RSVP.objects.filter(meeting=meeting).values_list("answer").annotate(Count("id"))
    counts = dict(rows)
    return {RSVP_LABELS[answer]: counts[answer] for answer in Answer if answer in counts}


def invited(meeting: Meeting) -> list[Participant]:
    """The people who are invited, officers first, each with role, organization and answer. Five queries."""
    return _participants(meeting, invited_to(meeting))


def attending(meeting: Meeting) -> list[Participant]:
    """Those of whom attendance may be noted: the invited, the alternates of the body's organizations, and the noted."""
    alternates = Representation.objects.with_rights().filter(
        kind=RepresentationKind.ALTERNATE, organization__in=organizations_on(meeting.body).values("pk")
    )
    noted = Attendance.objects.filter(meeting=meeting).values("person")
    people = Person.objects.filter(is_active=True, pk__in=alternates.values("person")) | Person.objects.filter(
        pk__in=noted
    )
    return _participants(meeting, invited_to(meeting) | people)


def came(meeting: Meeting) -> list[Attendance]:
    """The attendance as noted."""
    return list(meeting.attendances.select_related("person", "organization").order_by("person__name", "person_id"))


def _of(body: Body | None, meetings: MeetingQuerySet) -> MeetingQuerySet:
    return meetings.filter(body=body) if body else meetings


def _participants(meeting: Meeting, people: QuerySet[Person]) -> list[Participant]:
    rows = list(people.distinct())
    seats = _seats(meeting.body)
    speaks_for = _representations(rows)
    answers = {said.person_id: said for said in RSVP.objects.filter(meeting=meeting)}
    acts = acts_on(RSVP, [said.pk for said in answers.values()])
    noted = {item.person_id: item for item in meeting.attendances.select_related("organization")}
    ranks = list(SeatRole)
    found = []
    for person in rows:
        seat = seats.get(person.pk)
        spoken = speaks_for.get(person.pk)
        rank = ranks.index(SeatRole(seat.seat.role)) if seat else len(ranks)
        note = noted.get(person.pk)
        organization = note.organization if note else None
        organization = organization or (seat.seat.organization if seat else None)
        organization = organization or (spoken.organization if spoken else None)
        role = seat.seat.get_role_display() if seat else spoken.get_kind_display() if spoken else ""
        said = answers.get(person.pk)
        participant = Participant(
            person,
            role,
            organization,
            said.answer if said else "",
            note.presence if note else "",
            acts.get((said.pk, said.version)) if said else None,
        )
        found.append((rank, person.name, person.pk, participant))
    return [participant for *_, participant in sorted(found, key=lambda row: row[:3])]


def _seats(body: Body) -> dict[int, Term]:
    """Each sitting person's highest seat on the body."""
    ranks = list(SeatRole)
    terms = Term.objects.current().filter(seat__body=body).select_related("seat__organization")
    ordered = sorted(terms, key=lambda term: ranks.index(SeatRole(term.seat.role)), reverse=True)
    return {term.person_id: term for term in ordered}


def _representations(people: Iterable[Person]) -> dict[int, Representation]:
    """Each person's current representation, the first named where there are several."""
    rows = Representation.objects.with_rights().filter(person__in=people).select_related("organization")
    return {row.person_id: row for row in rows.order_by("-starts_on", "-id")}
