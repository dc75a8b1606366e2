"""When a reminder goes by its person's wishes: merged with others, or put off for the night. No ORM, no clock."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from reminders.rules import EVENING, MONDAY, MORNING, QUIET_FROM, QUIET_UNTIL, Frequency, morning_of

_ONE_DAY = dt.timedelta(days=1)
WAITS_FOR_THE_MORNING = "It is night for this person. It goes at 7:00 a.m."
TOO_LATE_AFTER_THE_NIGHT = "It fell into quiet hours and would be too late after them."
TODAY_HAS_GONE = "The day's mail had gone before this was due, and the next one is too late."
OVER_THE_CAP = "This person's mails of the week are used up, and Monday's is too late."


@dataclass(frozen=True)
class Slot:
    """When a reminder goes and until when it may; or, with no `send_at`, why it does not."""

    send_at: dt.datetime | None
    expires_at: dt.datetime
    reason: str = ""


def is_quiet(moment: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the moment lies in the quiet hours of a zone."""
    time = moment.astimezone(zone).time()
    return time >= QUIET_FROM or time < QUIET_UNTIL


def end_of_quiet_hours(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The moment itself, or the end of the quiet hours it lies in."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + (_ONE_DAY if local.time() >= QUIET_FROM else dt.timedelta())
    return _wall(day, QUIET_UNTIL, zone)


def evening_before(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The evening, an hour before the quiet hours that the moment lies in."""
    local = moment.astimezone(zone)
    day = local.date() - (_ONE_DAY if local.time() < QUIET_UNTIL else dt.timedelta())
    return _wall(day, EVENING, zone)


def next_morning(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first 08:00 in a zone that does not lie before the moment: when a day's mail goes."""
    local = moment.astimezone(zone)
    return morning_of(local.date() + (_ONE_DAY if local.time() > MORNING else dt.timedelta()), zone)


def next_monday(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first Monday, 08:00 in a zone, that does not lie before the moment: when a week's mail goes."""
    morning = next_morning(moment, zone)
    day = morning.astimezone(zone).date()
    return morning_of(day + dt.timedelta(days=(MONDAY - day.weekday()) % 7), zone)


def slot(
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime,
    obsolete_at: dt.datetime,
    pace: str,
    zone: ZoneInfo,
    now: dt.datetime,
    is_over_cap: bool = False,
    gone: Collection[dt.date] = (),
    urgent_at: dt.datetime | None = None,
) -> Slot:
    """When a reminder goes, as things stand at `now`.

    What waits for a merged mail may do so until `obsolete_at`. What cannot wait for Monday goes in the day's mail,
    and over
    the cap not at all.
    In quiet hours nothing goes, with one exception: news for which the end of them would be `urgent_at` or later, since
    by then it would be of no use. It goes at once, in the night.
    `gone` are the local dates whose merged mail has gone already.
    """
    if is_over_cap or pace == Frequency.WEEKLY:
        monday = next_monday(due_at, zone)
        if monday.astimezone(zone).date() in gone:
            monday = next_monday(monday + _ONE_DAY, zone)
        if max(monday, now) <= obsolete_at:
            return _open(monday, obsolete_at, zone, now, urgent_at)
        if is_over_cap:
            return Slot(None, expires_at, OVER_THE_CAP)
    if pace == Frequency.IMMEDIATE:
        return _open(due_at, expires_at, zone, now, urgent_at)
    morning = next_morning(due_at, zone)
    today = now.astimezone(zone).date()
    if morning <= now and today in gone:
        morning = morning_of(today + _ONE_DAY, zone)
    if morning < max(expires_at, obsolete_at):
        last = max(expires_at, min(obsolete_at, morning + _ONE_DAY))
        return _open(morning, last, zone, now, urgent_at)
    if today in gone:
        return Slot(None, expires_at, TODAY_HAS_GONE)
    return _open(due_at, expires_at, zone, now, urgent_at)


def is_urgent(moment: dt.datetime, urgent_at: dt.datetime | None, zone: ZoneInfo) -> bool:
    """Whether news of that moment would be of no use any more once the quiet hours are over."""
    return urgent_at is not None and end_of_quiet_hours(moment, zone) >= urgent_at


def _open(
    goal: dt.datetime, last: dt.datetime, zone: ZoneInfo, now: dt.datetime, urgent_at: dt.datetime | None
) -> Slot:
    moment = max(goal, now)
    if not is_quiet(moment, zone) or is_urgent(moment, urgent_at, zone):
        return Slot(moment, last)
    later, earlier = end_of_quiet_hours(moment, zone), evening_before(moment, zone)
    if later <= last:
        return Slot(later, last)
    return Slot(earlier, last) if earlier >= now else Slot(None, last, TOO_LATE_AFTER_THE_NIGHT)


def _wall(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
