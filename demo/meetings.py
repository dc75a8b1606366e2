"""A year of past meetings and a year of upcoming ones, with agendas, attendance, minutes, and RSVPs."""

import datetime as dt
from typing import Any

from core.operations import create
from demo.people import DemoData
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.rules import AttendanceStatus, MeetingStatus, MinutesStatus, RSVPAnswer, Visibility
from taskforces.models import Body
from taskforces.rules import BodyKind

# Notices of upcoming meetings were given long ago, so that the first run of the reminders sends none.
NOTICE_GIVEN_DAYS_AGO = 20
FULL_PAST, FULL_UPCOMING = (-353, -262, -171, -80), (11, 102, 193, 284)
TASK_FORCE_PAST = (-325, -265, -205, -145, -85, -25)
# The days until the next meetings of each task force in turn. The second task force meets in a week.
TASK_FORCE_UPCOMING = (
    (18, 80, 140, 200, 320),
    (7, 69, 131, 193, 255),
    (25, 87, 149, 211, 333),
    (32, 94, 156, 218, 280),
)
TITLES = {BodyKind.FULL: "Quarterly meeting of the {}", BodyKind.TASK_FORCE: "{} meeting"}


def make_meetings(demo: DemoData, body: Body, texts: dict[str, Any], turn: int) -> Meeting | None:
    """Make the meetings of a body and return its last past one. `turn` spreads the bodies over the calendar."""
    full = body.kind == BodyKind.FULL
    last = None
    for number, offset in enumerate(reversed(FULL_PAST if full else TASK_FORCE_PAST)):
        meeting = _make_past_meeting(demo, body, texts, offset - (0 if full else turn), first=number == 0)
        last = last or meeting
    upcoming = FULL_UPCOMING if full else TASK_FORCE_UPCOMING[turn % len(TASK_FORCE_UPCOMING)]
    for number, offset in enumerate(upcoming):
        meeting = _make_scheduled_meeting(demo, body, offset, public=full or (turn != 1 and number == 0))
        _make_agenda(demo, meeting, texts, notes=False)
        if number == 0:
            _make_rsvps(demo, meeting)
    return last


def make_other_meetings(demo: DemoData, bodies: list[Body], texts: dict[str, Any]) -> None:
    """Make a draft, a canceled, and a rescheduled meeting, each of a different task force."""
    agenda = texts["anywhere"]
    draft = _make_meeting(
        demo, bodies[0], 46, status=MeetingStatus.DRAFT, title="Working session on materials for review"
    )
    _make_agenda(demo, draft, agenda, notes=False)
    _make_meeting(
        demo,
        bodies[-1],
        14,
        status=MeetingStatus.CANCELED,
        scheduled_at=demo.calendar.ago(NOTICE_GIVEN_DAYS_AGO),
        sequence=1,
        title="Working session",
        cancel_reason="The members answered the question by email.",
        visibility=Visibility.MEMBERS,
    )
    original_start_at = demo.calendar.at(demo.calendar.weekday(37), 10)
    rescheduled = _make_meeting(
        demo,
        bodies[len(bodies) // 2],
        39,
        status=MeetingStatus.SCHEDULED,
        scheduled_at=demo.calendar.ago(NOTICE_GIVEN_DAYS_AGO),
        sequence=1,
        schedule_version=1,
        original_start_at=original_start_at,
        title="Site visit with local partners",
        location="Sacramento, Room 110",
    )
    _make_agenda(demo, rescheduled, agenda, notes=False)


def _make_meeting(demo: DemoData, body: Body, offset: int, *, title: str, **values: Any) -> Meeting:
    calendar = demo.calendar
    day = calendar.weekday(offset)
    hour = 10 if body.kind == BodyKind.FULL else 13
    starts_at = calendar.at(day, hour)
    duration_minutes = 90 if body.kind == BodyKind.FULL else 80
    defaults: dict[str, Any] = {
        "original_start_at": starts_at,
        "location": "",
        "join_link": f"https://meet.example.org/{body.slug}-{day:%Y%m%d}",
        "visibility": Visibility.MEMBERS,
    }
    return create(
        Meeting,
        actor=demo.chairs[body.slug],
        recorded_at=calendar.ago(max(NOTICE_GIVEN_DAYS_AGO, -offset + 30)),
        body=body,
        title=title,
        starts_on=day,
        starts_time=dt.time(hour),
        duration_minutes=duration_minutes,
        time_zone=str(calendar.zone),
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(minutes=duration_minutes),
        created_by=demo.chairs[body.slug],
        **(defaults | values),
    )


def _title(body: Body) -> str:
    return TITLES[BodyKind(body.kind)].format(body.title)


def _make_scheduled_meeting(demo: DemoData, body: Body, offset: int, *, public: bool) -> Meeting:
    return _make_meeting(
        demo,
        body,
        offset,
        title=_title(body),
        status=MeetingStatus.SCHEDULED,
        scheduled_at=demo.calendar.ago(NOTICE_GIVEN_DAYS_AGO),
        visibility=Visibility.PUBLIC if public else Visibility.MEMBERS,
    )


def _make_past_meeting(demo: DemoData, body: Body, texts: dict[str, Any], offset: int, *, first: bool) -> Meeting:
    """Make a closed meeting with attendance and published minutes; `first` is a task force's latest, with a draft."""
    is_draft = first and body.kind == BodyKind.TASK_FORCE
    meeting = _make_meeting(
        demo,
        body,
        offset,
        title=_title(body),
        status=MeetingStatus.CLOSED,
        scheduled_at=demo.calendar.ago(-offset + 30),
        visibility=Visibility.PUBLIC,
        minutes_status=MinutesStatus.DRAFT if is_draft else MinutesStatus.PUBLISHED,
        minutes="\n\n".join(texts["notes"]),
    )
    _make_agenda(demo, meeting, texts, notes=True)
    for index, (person, organization) in enumerate(_participants(demo, body)):
        presence = (
            AttendanceStatus.REMOTE,
            AttendanceStatus.IN_PERSON,
            AttendanceStatus.REMOTE,
            AttendanceStatus.EXCUSED,
            AttendanceStatus.ABSENT,
        )
        create(
            Attendance,
            actor=demo.chairs[body.slug],
            recorded_at=meeting.ends_at,
            meeting=meeting,
            person=person,
            organization=organization,
            presence=presence[(index * 2 + meeting.starts_on.month) % (5 if index % 3 == 0 else 3)],
        )
    return meeting


def _participants(demo: DemoData, body: Body) -> list[tuple[Any, Any]]:
    if body.kind == BodyKind.TASK_FORCE:
        return demo.seated[body.slug]
    return [(person, demo.organizations[key]) for key, person in list(demo.primaries.items())]


def _make_agenda(demo: DemoData, meeting: Meeting, texts: dict[str, Any], *, notes: bool) -> None:
    for position, (title, minutes) in enumerate(texts["agenda"], start=1):
        create(
            AgendaItem,
            actor=demo.chairs[meeting.body.slug],
            recorded_at=demo.calendar.ago(NOTICE_GIVEN_DAYS_AGO) if not notes else meeting.ends_at,
            meeting=meeting,
            position=position,
            title=title,
            duration_minutes=minutes,
            notes=texts["notes"][position - 1] if notes and position <= len(texts["notes"]) else "",
        )


def _make_rsvps(demo: DemoData, meeting: Meeting) -> None:
    answers = (RSVPAnswer.YES, RSVPAnswer.YES, RSVPAnswer.NO, RSVPAnswer.YES, RSVPAnswer.ALTERNATE)
    people = [person for person, _ in _participants(demo, meeting.body)][1:]
    for index, person in enumerate(people[: len(people) * 2 // 3]):
        responded_at = demo.calendar.ago(3)
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
