"""A year of meetings past and a year to come, with agendas, attendance, minutes and answers."""

import datetime as dt
from typing import Any

from core.operations import create
from demo.people import Cast
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.rules import AttendanceStatus, MeetingStatus, MinutesStatus, RSVPAnswer, Visibility
from taskforces.models import Body
from taskforces.rules import BodyKind

# Notice of what lies ahead was given long before the first tick of the clock, so that none goes out at once.
NOTICE_GIVEN_DAYS_AGO = 20
FULL_PAST, FULL_AHEAD = (-353, -262, -171, -80), (11, 102, 193, 284)
TASK_FORCE_PAST = (-325, -265, -205, -145, -85, -25)
# Days to the next meetings of each task force in turn; the first of the second one lies a week ahead.
TASK_FORCE_AHEAD = ((18, 80, 140, 200, 320), (7, 69, 131, 193, 255), (25, 87, 149, 211, 333), (32, 94, 156, 218, 280))
TITLES = {BodyKind.FULL: "Quarterly meeting of the {}", BodyKind.TASK_FORCE: "{} meeting"}


def make_meetings(cast: Cast, body: Body, words: dict[str, Any], turn: int) -> Meeting | None:
    """The meetings of a body; comes back with its last past one. `turn` spreads the bodies over the calendar."""
    full = body.kind == BodyKind.FULL
    last = None
    for number, offset in enumerate(reversed(FULL_PAST if full else TASK_FORCE_PAST)):
        meeting = _past(cast, body, words, offset - (0 if full else turn), first=number == 0)
        last = last or meeting
    ahead = FULL_AHEAD if full else TASK_FORCE_AHEAD[turn % len(TASK_FORCE_AHEAD)]
    for number, offset in enumerate(ahead):
        meeting = _scheduled(cast, body, offset, public=full or (turn != 1 and number == 0))
        _agenda(cast, meeting, words, notes=False)
        if number == 0:
            _answers(cast, meeting)
    return last


def make_exceptions(cast: Cast, bodies: list[Body], words: dict[str, Any]) -> None:
    """A draft, a canceled meeting and one that was moved, each on another task force."""
    agenda = words["anywhere"]
    draft = _meeting(cast, bodies[0], 46, status=MeetingStatus.DRAFT, title="Working session on materials for review")
    _agenda(cast, draft, agenda, notes=False)
    _meeting(
        cast,
        bodies[-1],
        14,
        status=MeetingStatus.CANCELED,
        scheduled_at=cast.days.ago(NOTICE_GIVEN_DAYS_AGO),
        sequence=1,
        title="Working session",
        cancel_reason="Its question was settled by e-mail.",
        visibility=Visibility.MEMBERS,
    )
    was = cast.days.at(cast.days.weekday(37), 10)
    moved = _meeting(
        cast,
        bodies[len(bodies) // 2],
        39,
        status=MeetingStatus.SCHEDULED,
        scheduled_at=cast.days.ago(NOTICE_GIVEN_DAYS_AGO),
        sequence=1,
        schedule_version=1,
        original_start_at=was,
        title="Visit with local partners",
        location="Sacramento, room by the east entrance",
    )
    _agenda(cast, moved, agenda, notes=False)


def _meeting(cast: Cast, body: Body, offset: int, *, title: str, **values: Any) -> Meeting:
    days = cast.days
    day = days.weekday(offset)
    hour = 10 if body.kind == BodyKind.FULL else 13
    starts_at = days.at(day, hour)
    duration_minutes = 90 if body.kind == BodyKind.FULL else 80
    defaults: dict[str, Any] = {
        "original_start_at": starts_at,
        "location": "",
        "join_link": f"https://meet.example.org/{body.slug}-{day:%Y%m%d}",
        "visibility": Visibility.MEMBERS,
    }
    return create(
        Meeting,
        actor=cast.chairs[body.slug],
        recorded_at=days.ago(max(NOTICE_GIVEN_DAYS_AGO, -offset + 30)),
        body=body,
        title=title,
        starts_on=day,
        starts_time=dt.time(hour),
        duration_minutes=duration_minutes,
        time_zone=str(days.zone),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=duration_minutes),
        created_by=cast.chairs[body.slug],
        **(defaults | values),
    )


def _title(body: Body) -> str:
    return TITLES[BodyKind(body.kind)].format(body.title)


def _scheduled(cast: Cast, body: Body, offset: int, *, public: bool) -> Meeting:
    return _meeting(
        cast,
        body,
        offset,
        title=_title(body),
        status=MeetingStatus.SCHEDULED,
        scheduled_at=cast.days.ago(NOTICE_GIVEN_DAYS_AGO),
        visibility=Visibility.PUBLIC if public else Visibility.MEMBERS,
    )


def _past(cast: Cast, body: Body, words: dict[str, Any], offset: int, *, first: bool) -> Meeting:
    """A closed meeting with attendance; its minutes are published, but for a task force's latest."""
    drafted = first and body.kind == BodyKind.TASK_FORCE
    meeting = _meeting(
        cast,
        body,
        offset,
        title=_title(body),
        status=MeetingStatus.CLOSED,
        scheduled_at=cast.days.ago(-offset + 30),
        visibility=Visibility.PUBLIC,
        minutes_status=MinutesStatus.DRAFT if drafted else MinutesStatus.PUBLISHED,
        minutes="\n\n".join(words["notes"]),
    )
    _agenda(cast, meeting, words, notes=True)
    for index, (person, organization) in enumerate(_people(cast, body)):
        presence = (
            AttendanceStatus.REMOTE,
            AttendanceStatus.IN_PERSON,
            AttendanceStatus.REMOTE,
            AttendanceStatus.EXCUSED,
            AttendanceStatus.ABSENT,
        )
        create(
            Attendance,
            actor=cast.chairs[body.slug],
            recorded_at=meeting.ends_at,
            meeting=meeting,
            person=person,
            organization=organization,
            presence=presence[(index * 2 + meeting.starts_on.month) % (5 if index % 3 == 0 else 3)],
        )
    return meeting


def _people(cast: Cast, body: Body) -> list[tuple[Any, Any]]:
    if body.kind == BodyKind.TASK_FORCE:
        return cast.sitting[body.slug]
    return [(person, cast.organizations[key]) for key, person in list(cast.primaries.items())]


def _agenda(cast: Cast, meeting: Meeting, words: dict[str, Any], *, notes: bool) -> None:
    for position, (title, minutes) in enumerate(words["agenda"], start=1):
        create(
            AgendaItem,
            actor=cast.chairs[meeting.body.slug],
            recorded_at=cast.days.ago(NOTICE_GIVEN_DAYS_AGO) if not notes else meeting.ends_at,
            meeting=meeting,
            position=position,
            title=title,
            duration_minutes=minutes,
            notes=words["notes"][position - 1] if notes and position <= len(words["notes"]) else "",
        )


def _answers(cast: Cast, meeting: Meeting) -> None:
    answers = (RSVPAnswer.YES, RSVPAnswer.YES, RSVPAnswer.NO, RSVPAnswer.YES, RSVPAnswer.ALTERNATE)
    people = [person for person, _ in _people(cast, meeting.body)][1:]
    for index, person in enumerate(people[: len(people) * 2 // 3]):
        responded_at = cast.days.ago(3)
        answer = answers[index % len(answers)]
        create(
            RSVP,
            actor=person,
            recorded_at=responded_at,
            meeting=meeting,
            person=person,
            answer=answer,
            responded_at=responded_at,
        )
