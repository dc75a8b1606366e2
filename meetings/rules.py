"""Statuses of a meeting, its times and its typed agenda. No ORM, no clock."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MeetingStatus(TextChoices):
    """A meeting's status, with the tone of its badge and whether the meeting is still to come or going on."""

    tone: str
    is_live: bool

    def __new__(cls, value: str, *facts: Any) -> Self:
        """Make a member; a status that lacks one of the facts is a ValueError at import."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone, member.is_live = facts
        return member

    DRAFT = "draft", "neutral", False, _("Draft")
    SCHEDULED = "scheduled", "info", True, _("Scheduled")
    IN_SESSION = "in_session", "good", True, _("In session")
    CLOSED = "closed", "done", False, _("Closed")
    CANCELED = "canceled", "bad", False, _("Canceled")


LIVE_STATUSES = tuple(status for status in MeetingStatus if status.is_live)
MEETING_TRANSITIONS: dict[str, set[str]] = {
    MeetingStatus.DRAFT: {MeetingStatus.SCHEDULED, MeetingStatus.CANCELED},
    MeetingStatus.SCHEDULED: {MeetingStatus.IN_SESSION, MeetingStatus.CLOSED, MeetingStatus.CANCELED},
    MeetingStatus.IN_SESSION: {MeetingStatus.CLOSED, MeetingStatus.CANCELED},
    MeetingStatus.CLOSED: set(),
    MeetingStatus.CANCELED: set(),
}


class MinutesStatus(TextChoices):
    NONE = "none", _("None yet")
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class Visibility(TextChoices):
    PUBLIC = "public", _("Public")
    MEMBERS = "members", _("Members of the Workgroup")
    BODY = "body", _("Only this body")


class RSVPAnswer(TextChoices):
    """An answer to an invitation, with its label for other readers, its label for the person, and that badge's tone."""

    public_label: str
    own_label: str
    tone: str

    def __new__(cls, value: str, *facts: Any) -> Self:
        """Make a member; an answer that lacks one of the facts is a ValueError at import."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.public_label, member.own_label, member.tone = facts
        return member

    YES = "yes", _("Attending"), _("You're attending"), "good", _("Yes")
    NO = "no", _("Not attending"), _("You're not attending"), "neutral", _("No")
    ALTERNATE = (
        "alternate",
        _("Alternate attending"),
        _("Your alternate is attending"),
        "info",
        _("My alternate will attend"),
    )


class AttendanceStatus(TextChoices):
    IN_PERSON = "in_person", _("In person")
    REMOTE = "remote", _("Remote")
    EXCUSED = "excused", _("Excused")
    ABSENT = "absent", _("Absent")


# A change of one of these fields raises `sequence` once the meeting was announced, so that a notice is sent.
NOTICE_FIELDS = ("title", "starts_at", "ends_at", "time_zone", "location", "join_link")
# How long before its start a meeting may be opened.
OPENS_BEFORE = dt.timedelta(hours=1)


def can_transition(current: str, target: str) -> bool:
    """Return True if a meeting may change from one status to another."""
    return target in MEETING_TRANSITIONS[current]


def has_taken_place(status: str, starts_at: dt.datetime, now: dt.datetime) -> bool:
    """Return True if attendance and minutes may be taken: from an hour before the start of an announced meeting."""
    return status in (*LIVE_STATUSES, MeetingStatus.CLOSED) and now >= starts_at - OPENS_BEFORE


def to_utc_range(on: dt.date, at: dt.time, duration_minutes: int, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end in UTC: `duration_minutes` elapsed minutes from a local time in `zone`.

    A local time that occurs twice (when daylight saving ends) is the first. One that never occurs (when it begins) is
    counted on from the time before the gap, so 2:30 becomes 3:30 (`fold=0`, PEP 495).
    """
    starts_at = dt.datetime.combine(on, at.replace(fold=0), tzinfo=zone).astimezone(dt.UTC)
    return starts_at, starts_at + dt.timedelta(minutes=duration_minutes)


def utc_range_of(values: Mapping[str, Any]) -> tuple[dt.datetime, dt.datetime]:
    """Return start and end in UTC from the local date, time, length and zone among a meeting's values."""
    zone = ZoneInfo(values["time_zone"])
    return to_utc_range(values["starts_on"], values["starts_time"], values["duration_minutes"], zone)


def is_nonexistent_local_time(on: dt.date, at: dt.time, zone: ZoneInfo) -> bool:
    """Return True if the local time does not exist in `zone` because daylight saving time begins."""
    starts_at, _ends_at = to_utc_range(on, at, 0, zone)
    return starts_at.astimezone(zone).time() != at.replace(fold=0)


@dataclass(frozen=True)
class AgendaLine:
    """One item of a typed agenda: its title and the minutes planned for it, if any."""

    title: str
    duration_minutes: int | None = None


_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_LENGTH = re.compile(r"\s*\((\d{1,3})(?:\s*min(?:utes|s)?\.?)?\)\s*$", re.IGNORECASE)


def agenda_lines(text: str) -> list[AgendaLine]:
    """Return the items of a typed agenda, one a line, without bullets and numbers; "Welcome (10)" plans ten minutes."""
    lines = []
    for line in text.splitlines():
        title = _BULLET.sub("", line).strip()
        length = _LENGTH.search(title)
        title = title[: length.start()].strip() if length else title
        if title:
            lines.append(AgendaLine(title, int(length[1]) or None if length else None))
    return lines


@dataclass(frozen=True)
class AgendaEdit:
    """A change to one agenda item: without `pk` a new item; `version` is the one that the person saw.

    `position` is the new position, counted from 1. None keeps an item where it is and puts a new one last.
    """

    title: str
    position: int | None = None
    duration_minutes: int | None = None
    detail: str = ""
    pk: int | None = None
    version: int | None = None
    remove: bool = False


@dataclass(frozen=True)
class CellEdit:
    """A change to one cell of a form that several people may fill in at once: the value seen and the new value."""

    seen: str
    new: str

    def changes(self, stored: str) -> bool:
        """Return True if the new value differs from both the value seen and the stored value."""
        return self.new not in (self.seen, stored)
