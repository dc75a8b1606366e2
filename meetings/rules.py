"""The words of meetings. No ORM, no clock."""

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import TextChoices


class MeetingStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    IN_SESSION = "in_session", "In session"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


MEETING_TRANSITIONS: dict[str, set[str]] = {
    MeetingStatus.DRAFT: {MeetingStatus.SCHEDULED, MeetingStatus.CANCELLED},
    MeetingStatus.SCHEDULED: {MeetingStatus.IN_SESSION, MeetingStatus.CLOSED, MeetingStatus.CANCELLED},
    MeetingStatus.IN_SESSION: {MeetingStatus.CLOSED, MeetingStatus.CANCELLED},
    MeetingStatus.CLOSED: set(),
    MeetingStatus.CANCELLED: set(),
}


class MinutesStatus(TextChoices):
    NONE = "none", "None yet"
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"


class Visibility(TextChoices):
    PUBLIC = "public", "Public"
    MEMBERS = "members", "Members of the Workgroup"
    BODY = "body", "Only this body"


class Answer(TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    ALTERNATE = "alternate", "My alternate comes"


# An answer as others read it.
RSVP_LABELS = {Answer.YES: "Comes", Answer.NO: "Does not come", Answer.ALTERNATE: "Sends an alternate"}


class AttendanceStatus(TextChoices):
    IN_PERSON = "in_person", "In person"
    REMOTE = "remote", "Remote"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


# What people are told of: a change of one of these grows the sequence once the meeting was announced.
NOTICE_FIELDS = ("title", "starts_at", "ends_at", "time_zone", "place", "join_link")
# How long before its start a meeting may be opened.
OPENS_BEFORE = dt.timedelta(hours=1)
# Statuses in which a meeting still lies ahead of its people.
LIVE_STATUSES = (MeetingStatus.SCHEDULED, MeetingStatus.IN_SESSION)


def can_transition(current: str, target: str) -> bool:
    """Whether a meeting may go from one status to another."""
    return target in MEETING_TRANSITIONS[current]


def has_taken_place(status: str, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether attendance and minutes may be taken: from an hour before the start of a meeting that was announced."""
    return status in (*LIVE_STATUSES, MeetingStatus.CLOSED) and now >= starts_at - OPENS_BEFORE


def moments(on: dt.date, at: dt.time, duration_minutes: int, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Start and end in UTC of `duration_minutes` real minutes from a wall time in `zone`.

    A wall time that comes twice (clocks go back) is the first; one that never comes (clocks go forward) counts on from
    the time before the gap, so 2:30 becomes 3:30 (`fold=0`, PEP 495).
    """
    starts_at = dt.datetime.combine(on, at.replace(fold=0), tzinfo=zone).astimezone(dt.UTC)
    return starts_at, starts_at + dt.timedelta(minutes=duration_minutes)


def is_nonexistent_local_time(on: dt.date, at: dt.time, zone: ZoneInfo) -> bool:
    """Whether the wall time falls into the gap of a clock that goes forward, so that nobody's clock shows it."""
    starts_at, _ = moments(on, at, 0, zone)
    return starts_at.astimezone(zone).time() != at.replace(fold=0)


@dataclass(frozen=True)
class AgendaLine:
    """One point of an agenda as somebody typed it: its title and the minutes planned for it, if any."""

    title: str
    duration_minutes: int | None = None


_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_LENGTH = re.compile(r"\s*\((\d{1,3})(?:\s*min(?:utes|s)?\.?)?\)\s*$", re.IGNORECASE)


def agenda_lines(text: str) -> list[AgendaLine]:
    """The points of a typed agenda, one a line; "Welcome (10)" plans ten minutes, and bullets and numbers fall off."""
    lines = []
    for line in text.splitlines():
        title = _BULLET.sub("", line).strip()
        length = _LENGTH.search(title)
        title = title[: length.start()].strip() if length else title
        if title:
            lines.append(AgendaLine(title, int(length[1]) or None if length else None))
    return lines
