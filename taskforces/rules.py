"""Roles, terms, reminder offsets and membership requirements of bodies. No ORM, no clock."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from dateutil.relativedelta import relativedelta
from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _


class BodyKind(TextChoices):
    FULL = "full", _("Full Workgroup")
    TASK_FORCE = "task_force", _("Task force")


class OpenMeetingLaw(TextChoices):
    """Whether the Bagley-Keene Open Meeting Act (Gov. Code 11120-11132) binds a body: counsel decides."""

    APPLIES = "applies", _("Applies")
    VOLUNTARY = "voluntary", _("Followed voluntarily")
    NOT = "not", _("Does not apply")


class SeatRole(TextChoices):
    """The roles on a body, in the order of a roster."""

    CHAIR = "chair", _("Chair")
    CO_CHAIR = "co_chair", _("Co-chair")
    SECRETARY = "secretary", _("Secretary")
    MEMBER = "member", _("Member")
    STAFF_LIAISON = "staff_liaison", _("Staff liaison")


CHAIR_ROLES = (SeatRole.CHAIR, SeatRole.CO_CHAIR)
# A term whose planned end is within this many days is marked as ending soon.
ENDING_DAYS = 60


def role_order(role: str) -> int:
    """Return the position of a role in a roster; the chair comes first."""
    return SeatRole.values.index(role)


class SeatStatus(TextChoices):
    """Whether a seat needs attention, each status with the tone of its badge."""

    tone: str

    VACANT = "vacant", "warn", _("Vacant")
    HOLDOVER = "holdover", "stale", _("Past term (still serving)")
    ENDING_SOON = "ending_soon", "info", _("Ends soon")
    FILLED = "filled", "good", _("Filled")

    def __new__(cls, value: str, tone: str) -> "SeatStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone = tone
        return member

    @property
    def needs_attention(self) -> bool:
        """Return True unless the seat is filled for the time being."""
        return self != SeatStatus.FILLED


def is_holdover(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Return True if a term that has not ended is past its planned end."""
    return planned_end_on is not None and planned_end_on < today


def is_ending_soon(planned_end_on: dt.date | None, today: dt.date) -> bool:
    """Return True if the planned end of a term is within ENDING_DAYS from today."""
    return planned_end_on is not None and 0 <= (planned_end_on - today).days <= ENDING_DAYS


def status_of_term(planned_end_on: dt.date | None, today: dt.date) -> SeatStatus:
    """Return the status of a seat whose current term has this planned end."""
    if is_holdover(planned_end_on, today):
        return SeatStatus.HOLDOVER
    return SeatStatus.ENDING_SOON if is_ending_soon(planned_end_on, today) else SeatStatus.FILLED


@dataclass(frozen=True)
class ReminderOffset:
    """How long before a meeting its people are reminded: a number of days, or of hours."""

    days: int = 0
    hours: int = 0

    def __str__(self) -> str:
        if self.days:
            return ngettext("%(count)d day", "%(count)d days", self.days) % {"count": self.days}
        return ngettext("%(count)d hour", "%(count)d hours", self.hours) % {"count": self.hours}

    @property
    def code(self) -> str:
        """Return its name in a key, such as "7d" or "1h"."""
        return f"{self.days}d" if self.days else f"{self.hours}h"


NO_REMINDERS = "none"
_MAX_OFFSETS, _MAX_DAYS, _MAX_HOURS = 5, 60, 23
_OFFSET = re.compile(r"(\d{1,3})\s*(d|days?|h|hours?)", re.IGNORECASE)


def parse_offsets(text: str) -> tuple[ReminderOffset, ...]:
    """Parse times before a meeting, such as "7 days, 1 day, 1 hour", and return them with the longest first.

    "none" gives no times. Raises ValueError with a message for the person who entered the text.
    """
    if text.strip().lower() == NO_REMINDERS:
        return ()
    found = {_parse_offset(part.strip()) for part in text.split(",")}
    if len(found) > _MAX_OFFSETS:
        raise ValueError(gettext("Enter up to %(count)d times.") % {"count": _MAX_OFFSETS})
    return tuple(sorted(found, key=lambda ahead: (-ahead.days, -ahead.hours)))


def _parse_offset(text: str) -> ReminderOffset:
    match = _OFFSET.fullmatch(text)
    if match is None:
        message = gettext("“%(text)s” is not a valid time. Enter days or hours, like “7 days, 1 hour”, or “none”.")
        raise ValueError(message % {"text": text})
    count = int(match[1])
    if match[2].lower().startswith("d"):
        if not 1 <= count <= _MAX_DAYS:
            raise ValueError(gettext("Enter from 1 to %(count)d days.") % {"count": _MAX_DAYS})
        return ReminderOffset(days=count)
    if not 1 <= count <= _MAX_HOURS:
        raise ValueError(gettext("Enter from 1 to %(count)d hours.") % {"count": _MAX_HOURS})
    return ReminderOffset(hours=count)


def default_end(starts_on: dt.date, months: int | None) -> dt.date | None:
    """Return the last day of a term of so many months, or None for a body without a usual length."""
    return starts_on + relativedelta(months=months, days=-1) if months else None


# Programs that open email links cut them at about 2,000 characters.
MAX_LINK_LENGTH = 1_900


def mailto_url(addresses: Sequence[str], separator: str = ",") -> str:
    """Return a mailto link with these addresses as Bcc, so that none of them sees the others; "" if too long.

    RFC 6068 asks for the comma. Outlook accepts it only if its user has set so, and otherwise needs a semicolon.
    """
    link = "mailto:?bcc=" + quote(separator).join(quote(address, safe="@") for address in addresses)
    return link if addresses and len(link) <= MAX_LINK_LENGTH else ""


# The days from the first to the last (None: not ended) on which someone served for an organization.
Span = tuple[dt.date, dt.date | None]


def members_on(spans: Mapping[int, Sequence[Span]], day: dt.date) -> int:
    """Return how many organizations had a member on a day, from the spans of each by its id; both ends count."""
    return sum(
        any(first <= day and (last is None or day <= last) for first, last in of_one) for of_one in spans.values()
    )


def missing_since(
    spans: Mapping[int, Sequence[Span]], filled: int, minimum: int, required_since: dt.date
) -> list[dt.date]:
    """Return the day since which each place up to `minimum` has been unfilled, the oldest first.

    `filled` is the number of organizations now. A place has been unfilled since the day after the last one on which
    there were enough organizations to fill it, or since it was required if there never were.
    """
    ends = sorted({last for of_one in spans.values() for _first, last in of_one if last is not None}, reverse=True)
    found = []
    for place in range(filled + 1, minimum + 1):
        last = next((day for day in ends if members_on(spans, day) >= place), None)
        found.append(last + dt.timedelta(days=1) if last else required_since)
    return sorted(found)


def is_below(attended: int, held: int, expected_percent: int | None) -> bool:
    """Return True if attendance is below the percentage the charter expects; False if it expects none."""
    return expected_percent is not None and held > 0 and attended * 100 < expected_percent * held
