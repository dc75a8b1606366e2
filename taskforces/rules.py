"""The words of bodies and seats. No ORM, no clock."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dateutil.relativedelta import relativedelta
from django.db.models import TextChoices


class BodyKind(TextChoices):
    FULL = "full", "Full Workgroup"
    TASK_FORCE = "task_force", "Task force"


class OpenMeetingLaw(TextChoices):
    """Whether the Bagley-Keene Open Meeting Act (Gov. Code 11120-11132) binds a body: for counsel to say."""

    APPLIES = "applies", "Applies"
    VOLUNTARY = "courtesy", "Followed by courtesy"
    NOT = "not", "Does not apply"


class SeatRole(TextChoices):
    CHAIR = "chair", "Chair"
    CO_CHAIR = "co_chair", "Co-chair"
    SECRETARY = "secretary", "Secretary"
    MEMBER = "member", "Member"
    STAFF_LIAISON = "staff_liaison", "Staff liaison"


CHAIR_ROLES = (SeatRole.CHAIR, SeatRole.CO_CHAIR)
# A term whose planned end lies within so many days is shown as ending.
ENDING_DAYS = 60


def rank(role: str) -> int:
    """Where a role stands in a roster: the chair first."""
    return SeatRole.values.index(role)


def is_holdover(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Whether a term that has not ended is past its planned end."""
    return planned_end_on is not None and planned_end_on < today


def is_ending_soon(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Whether a term's planned end lies within ENDING_DAYS from today."""
    return planned_end_on is not None and 0 <= (planned_end_on - today).days <= ENDING_DAYS


@dataclass(frozen=True)
class ReminderOffset:
    """How long before a meeting its people are reminded: days, or hours."""

    days: int = 0
    hours: int = 0

    def __str__(self) -> str:
        count, unit = (self.days, "day") if self.days else (self.hours, "hour")
        return f"{count} {unit}{'' if count == 1 else 's'}"

    @property
    def code(self) -> str:
        """Its name in a key, such as "7d" or "1h"."""
        return f"{self.days}d" if self.days else f"{self.hours}h"


DEFAULT_OFFSETS = "7 days, 1 day"
NO_REMINDERS = "none"
_MAX_DAYS_AHEAD, _MAX_DAYS, _MAX_HOURS = 5, 60, 23
_AHEAD = re.compile(r"(\d{1,3})\s*(d|days?|h|hours?)", re.IGNORECASE)


def parse_offsets(text: str) -> tuple[ReminderOffset, ...]:
    """The times before a meeting in "7 days, 1 day, 1 hour", the longest first; "none" is no time at all.

    Raises ValueError with what to write instead.
    """
    if text.strip().lower() == NO_REMINDERS:
        return ()
    found = set()
    for word in text.split(","):
        match = _AHEAD.fullmatch(word.strip())
        if match is None:
            raise ValueError(f"“{word.strip()}” is no time. Write for example “7 days, 1 day, 1 hour”, or “none”.")
        count, is_days = int(match[1]), match[2].lower().startswith("d")
        longest = _MAX_DAYS if is_days else _MAX_HOURS
        if not 1 <= count <= longest:
            raise ValueError(f"Write from 1 to {longest} {'days' if is_days else 'hours'}.")
        found.add(ReminderOffset(days=count) if is_days else ReminderOffset(hours=count))
    if len(found) > _MAX_DAYS_AHEAD:
        raise ValueError(f"Write {_MAX_DAYS_AHEAD} times at most: more would be noise.")
    return tuple(sorted(found, key=lambda ahead: (-ahead.days, -ahead.hours)))


def format_offsets(times: tuple[ReminderOffset, ...]) -> str:
    """The times as people write them, "none" where there are none."""
    return ", ".join(map(str, times)) or NO_REMINDERS


def default_end(starts_on: dt.date, months: int | None) -> dt.date | None:
    """The last day of a term of so many months; None for a body without a usual length."""
    return starts_on + relativedelta(months=months, days=-1) if months else None


# Programs that open mail links cut them at about 2,000 characters.
MAX_LINK_LENGTH = 1_900


def mail_link(addresses: Sequence[str], separator: str = ",") -> str:
    """A link that opens a mail to these addresses, none of whom sees the others; empty where it would be too long.

    RFC 6068 asks for the comma; Outlook takes it only where its user has said so, and else a semicolon.
    """
    link = "mailto:?bcc=" + quote(separator).join(quote(address, safe="@") for address in addresses)
    return link if addresses and len(link) <= MAX_LINK_LENGTH else ""


# The days from the first to the last (None: not ended) on which somebody sat for an organization.
Span = tuple[dt.date, dt.date | None]


def members_on(spans: Mapping[int, Sequence[Span]], day: dt.date) -> int:
    """How many organizations, by id, somebody sat for on that day; the first and the last day count."""
    return sum(
        any(first <= day and (last is None or day <= last) for first, last in of_one) for of_one in spans.values()
    )


def missing_since(
    spans: Mapping[int, Sequence[Span]], filled: int, minimum: int, required_since: dt.date
) -> list[dt.date]:
    """For each place that is missing to `minimum`, the day since when, the oldest first.

    `filled` is how many sit now. A place is missing since the day after the last one on which so many sat; where so
    many never did, since it was required.
    """
    ends = sorted({last for of_one in spans.values() for _, last in of_one if last is not None}, reverse=True)
    found = []
    for place in range(filled + 1, minimum + 1):
        last = next((day for day in ends if members_on(spans, day) >= place), None)
        found.append(last + dt.timedelta(days=1) if last else required_since)
    return sorted(found)


def is_below(attended: int, held: int, expected_percent: int | None) -> bool:
    """Whether so many meetings of those held are fewer than a charter expects; never where it says nothing."""
    return expected_percent is not None and held > 0 and attended * 100 < expected_percent * held
