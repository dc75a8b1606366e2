"""Format dates and times for people, by the formats of the active language.

The functions are pure: `now` and `today` are passed in.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# Everyday abbreviations of the time zones of the United States. Any other zone is shown by its own abbreviation.
_US_ZONES = {
    "America/Los_Angeles": "PT",
    "America/Denver": "MT",
    "America/Phoenix": "MST",
    "America/Chicago": "CT",
    "America/New_York": "ET",
    "America/Anchorage": "AKT",
    "Pacific/Honolulu": "HST",
}


def timezone_abbreviation(moment: dt.datetime) -> str:
    """Return the time zone of an aware datetime as a short abbreviation, such as "PT"."""
    return _US_ZONES.get(str(moment.tzinfo), moment.tzname() or "UTC")


def local_today(now: dt.datetime | None = None, zone: ZoneInfo | None = None) -> dt.date:
    """Return the date in `zone` (default: the active time zone) at `now` (default: the current time)."""
    return timezone.localdate(now, zone)


def site_today(now: dt.datetime | None = None) -> dt.date:
    """Return the calendar date in the site's own time zone, by which rights begin and end for everyone alike."""
    return timezone.localdate(now, timezone.get_default_timezone())


def format_date(day: dt.date, today: dt.date) -> str:
    """Return a date as "Thu, Dec 3", with the year if it is not the year of `today`."""
    return date_format(day, "WEEKDAY_MONTH_DAY_FORMAT" if day.year == today.year else "WEEKDAY_DATE_FORMAT")


def format_time(time: dt.datetime | dt.time) -> str:
    """Return a time of day as "10:00 a.m."."""
    return time_format(time, "TIME_FORMAT")


def format_time_range(starts: dt.datetime, ends: dt.datetime, today: dt.date) -> str:
    """Return two local datetimes of one day as "Thu, Dec 3, 10:00–11:30 a.m. PT".

    "a.m." or "p.m." appears once where both times share it.
    """
    is_same_half = (starts.hour < 12) == (ends.hour < 12)
    return _("%(date)s, %(start)s–%(end)s %(zone)s") % {
        "date": format_date(starts.date(), today),
        "start": time_format(starts, "SHORT_TIME_FORMAT" if is_same_half else "TIME_FORMAT"),
        "end": format_time(ends),
        "zone": timezone_abbreviation(starts),
    }


def format_datetime(moment: dt.datetime, today: dt.date) -> str:
    """Return a local datetime as "Thu, Dec 3, 10:00 a.m. PT"."""
    return _("%(date)s, %(time)s %(zone)s") % {
        "date": format_date(moment.date(), today),
        "time": format_time(moment),
        "zone": timezone_abbreviation(moment),
    }


def format_relative_date(day: dt.date, today: dt.date) -> str:
    """Return a date relative to today: "today", "tomorrow", "in 11 days", "3 weeks ago", "2 years ago"."""
    days = (day - today).days
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days == -1:
        return _("yesterday")
    return _future(days) if days > 0 else _past(-days)


def _future(days: int) -> str:
    count, unit = _largest_unit(days)
    text = {
        "days": ngettext("in %(count)d day", "in %(count)d days", count),
        "weeks": ngettext("in %(count)d week", "in %(count)d weeks", count),
        "months": ngettext("in %(count)d month", "in %(count)d months", count),
        "years": ngettext("in %(count)d year", "in %(count)d years", count),
    }[unit]
    return text % {"count": count}


def _past(days: int) -> str:
    count, unit = _largest_unit(days)
    text = {
        "days": ngettext("%(count)d day ago", "%(count)d days ago", count),
        "weeks": ngettext("%(count)d week ago", "%(count)d weeks ago", count),
        "months": ngettext("%(count)d month ago", "%(count)d months ago", count),
        "years": ngettext("%(count)d year ago", "%(count)d years ago", count),
    }[unit]
    return text % {"count": count}


def _largest_unit(days: int) -> tuple[int, str]:
    """Return a number of days in the unit that people would use: days, weeks, months or years."""
    if days < 21:
        return days, "days"
    if days < 70:
        return days // 7, "weeks"
    if days < 730:
        return round(days / 30.44), "months"
    return days // 365, "years"
