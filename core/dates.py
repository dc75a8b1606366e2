"""Dates and times as people say them. Pure: `now` and `today` are passed in."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

# How the zones of the United States are said in plain words; any other zone by its own abbreviation.
_PLAIN_ZONES = {
    "America/Los_Angeles": "PT",
    "America/Denver": "MT",
    "America/Phoenix": "MST",
    "America/Chicago": "CT",
    "America/New_York": "ET",
    "America/Anchorage": "AKT",
    "Pacific/Honolulu": "HST",
}


def timezone_abbreviation(moment: dt.datetime) -> str:
    """The zone of an aware moment as a short word, such as "PT"."""
    return _PLAIN_ZONES.get(str(moment.tzinfo), moment.tzname() or "UTC")


def local_today(now: dt.datetime | None = None, zone: ZoneInfo | None = None) -> dt.date:
    """The calendar date in `zone` (the current one unless given) at `now` (the clock unless given)."""
    return timezone.localdate(now, zone)


def site_today(now: dt.datetime | None = None) -> dt.date:
    """Return the calendar date in the site's own time zone, by which rights begin and end for everyone alike."""
    return timezone.localdate(now, timezone.get_default_timezone())


def format_date(day: dt.date, today: dt.date) -> str:
    """A date as "Thu, Dec 3", with the year where it is not this year's."""
    text = f"{day:%a}, {day:%b} {day.day}"
    return text if day.year == today.year else f"{text}, {day.year}"


def format_time(time: dt.datetime | dt.time) -> str:
    """A time of day as "10:00 a.m."."""
    hour = time.hour % 12 or 12
    return f"{hour}:{time.minute:02d} {'a.m.' if time.hour < 12 else 'p.m.'}"


def format_time_range(starts: dt.datetime, ends: dt.datetime, today: dt.date) -> str:
    """Two local moments as "Thu, Dec 3, 10:00–11:30 a.m. PT"; the half of the day is said once where it is shared."""
    first, last = format_time(starts), format_time(ends)
    if first[-4:] == last[-4:]:
        first = first[:-5]
    return f"{format_date(starts.date(), today)}, {first}–{last} {timezone_abbreviation(starts)}"


def format_relative_date(day: dt.date, today: dt.date) -> str:
    """How far a date lies from today: "today", "tomorrow", "in 11 days", "3 weeks ago", "2 years ago"."""
    days = (day - today).days
    if days in {-1, 0, 1}:
        return {-1: "yesterday", 0: "today", 1: "tomorrow"}[days]
    size = abs(days)
    if size < 21:
        words = f"{size} days"
    elif size < 70:
        words = f"{size // 7} weeks"
    elif size < 730:
        words = f"{round(size / 30.44)} months"
    else:
        words = f"{size // 365} years"
    return f"in {words}" if days > 0 else f"{words} ago"
