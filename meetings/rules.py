"""The words of meetings. No ORM, no clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.db.models import TextChoices


class MeetingStatus(TextChoices):
    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    IN_SESSION = "in_session", "In session"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Cancelled"


MEETING_MOVES: dict[str, set[str]] = {
    MeetingStatus.DRAFT: {MeetingStatus.SCHEDULED, MeetingStatus.CANCELLED},
    MeetingStatus.SCHEDULED: {MeetingStatus.IN_SESSION, MeetingStatus.CLOSED, MeetingStatus.CANCELLED},
    MeetingStatus.IN_SESSION: {MeetingStatus.CLOSED},
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


class Presence(TextChoices):
    IN_PERSON = "in_person", "In person"
    REMOTE = "remote", "Remote"
    EXCUSED = "excused", "Excused"
    ABSENT = "absent", "Absent"


# Statuses in which a meeting still lies ahead of its people.
LIVE_STATUSES = (MeetingStatus.SCHEDULED, MeetingStatus.IN_SESSION)


def may_move(current: str, target: str) -> bool:
    """Whether a meeting may go from one status to another."""
    return target in MEETING_MOVES[current]


def moments(on: dt.date, at: dt.time, minutes_long: int, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Start and end in UTC of `minutes_long` real minutes from a wall time in `zone`.

    A wall time that comes twice (clocks go back) is the first; one that never comes (clocks go forward) counts on from
    the time before the gap, so 2:30 becomes 3:30 (`fold=0`, PEP 495).
    """
    starts_at = dt.datetime.combine(on, at.replace(fold=0), tzinfo=zone).astimezone(dt.UTC)
    return starts_at, starts_at + dt.timedelta(minutes=minutes_long)


def skipped_by_clocks(on: dt.date, at: dt.time, zone: ZoneInfo) -> bool:
    """Whether the wall time falls into the gap of a clock that goes forward, so that nobody's clock shows it."""
    starts_at, _ = moments(on, at, 0, zone)
    return starts_at.astimezone(zone).time() != at.replace(fold=0)
