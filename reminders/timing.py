"""When a reminder is sent by the preferences of its person: batched, or deferred for the night. No ORM, no clock."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from reminders.rules import EVENING, MONDAY, MORNING, QUIET_FROM, QUIET_UNTIL, Frequency, morning_of

_ONE_DAY = dt.timedelta(days=1)
QUIET_HOURS = _("Quiet hours. Will be sent at 7:00 a.m.")
EXPIRES_IN_QUIET_HOURS = _("Quiet hours. It would be too late to send it at 7:00 a.m.")
DIGEST_ALREADY_SENT = _("The daily summary was already sent, and it would be too late to send it in the next one.")
OVER_WEEKLY_CAP = _("Weekly email limit reached. It would be too late to send it on Monday.")


@dataclass(frozen=True)
class DeliverySlot:
    """When a reminder is sent and when it expires; or, with no `send_at`, why it is not sent."""

    send_at: dt.datetime | None
    expires_at: dt.datetime
    reason: str = ""


def is_quiet(moment: dt.datetime, zone: ZoneInfo) -> bool:
    """Whether the moment is in the quiet hours of a zone."""
    time = moment.astimezone(zone).time()
    return time >= QUIET_FROM or time < QUIET_UNTIL


def end_of_quiet_hours(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the end of the quiet hours that the moment is in, or the moment itself if it is not in quiet hours."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + (_ONE_DAY if local.time() >= QUIET_FROM else dt.timedelta())
    return _local_time(day, QUIET_UNTIL, zone)


def evening_before(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the time one hour before the start of the quiet hours that the moment is in."""
    local = moment.astimezone(zone)
    day = local.date() - (_ONE_DAY if local.time() < QUIET_UNTIL else dt.timedelta())
    return _local_time(day, EVENING, zone)


def next_morning(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first 08:00 in a zone at or after the moment, when a daily digest is sent."""
    local = moment.astimezone(zone)
    return morning_of(local.date() + (_ONE_DAY if local.time() > MORNING else dt.timedelta()), zone)


def next_monday(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first Monday at 08:00 in a zone at or after the moment, when a weekly digest is sent."""
    morning = next_morning(moment, zone)
    day = morning.astimezone(zone).date()
    return morning_of(day + dt.timedelta(days=(MONDAY - day.weekday()) % 7), zone)


def find_slot(
    *,
    due_at: dt.datetime,
    expires_at: dt.datetime,
    obsolete_at: dt.datetime,
    frequency: str,
    zone: ZoneInfo,
    now: dt.datetime,
    is_over_cap: bool = False,
    sent_on: Collection[dt.date] = (),
    urgent_at: dt.datetime | None = None,
) -> DeliverySlot:
    """Return when a reminder is sent, as known at `now`.

    What waits for a digest may do so until `obsolete_at`. What cannot wait for Monday is sent in the daily digest, and
    over the weekly cap not at all.
    Nothing is sent in quiet hours, with one exception: a notice for which their end would be `urgent_at` or later,
    since by then it would be of no use. It is sent immediately, at night.
    `sent_on` are the local dates whose digest has been sent already.
    """
    if is_over_cap or frequency == Frequency.WEEKLY:
        monday = next_monday(due_at, zone)
        if monday.astimezone(zone).date() in sent_on:
            monday = next_monday(monday + _ONE_DAY, zone)
        if max(monday, now) <= obsolete_at:
            return _next_slot(monday, obsolete_at, zone, now, urgent_at)
        if is_over_cap:
            return DeliverySlot(None, expires_at, str(OVER_WEEKLY_CAP))
    if frequency == Frequency.IMMEDIATE:
        return _next_slot(due_at, expires_at, zone, now, urgent_at)
    morning = next_morning(due_at, zone)
    today = now.astimezone(zone).date()
    if morning <= now and today in sent_on:
        morning = morning_of(today + _ONE_DAY, zone)
    if morning < max(expires_at, obsolete_at):
        last = max(expires_at, min(obsolete_at, morning + _ONE_DAY))
        return _next_slot(morning, last, zone, now, urgent_at)
    if today in sent_on:
        return DeliverySlot(None, expires_at, str(DIGEST_ALREADY_SENT))
    return _next_slot(due_at, expires_at, zone, now, urgent_at)


def is_urgent(moment: dt.datetime, urgent_at: dt.datetime | None, zone: ZoneInfo) -> bool:
    """Return True if a notice of that moment would be obsolete by the end of quiet hours."""
    return urgent_at is not None and end_of_quiet_hours(moment, zone) >= urgent_at


def _next_slot(
    goal: dt.datetime, last: dt.datetime, zone: ZoneInfo, now: dt.datetime, urgent_at: dt.datetime | None
) -> DeliverySlot:
    moment = max(goal, now)
    if not is_quiet(moment, zone) or is_urgent(moment, urgent_at, zone):
        return DeliverySlot(moment, last)
    later, earlier = end_of_quiet_hours(moment, zone), evening_before(moment, zone)
    if later <= last:
        return DeliverySlot(later, last)
    return DeliverySlot(earlier, last) if earlier >= now else DeliverySlot(None, last, str(EXPIRES_IN_QUIET_HOURS))


def _local_time(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=zone).astimezone(dt.UTC)
