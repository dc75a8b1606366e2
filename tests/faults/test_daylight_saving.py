"""Meetings and mornings around each change of the clocks, in every zone of the world."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
import recurring_ical_events
from icalendar import Calendar, Event

from meetings.calendars import calendar_feed
from meetings.models import Meeting
from meetings.rules import to_utc_range
from reminders.rules import MORNING, morning_of
from taskforces.models import Body

TIMES = (dt.time(1, 30), dt.time(2, 30), dt.time(9))
WEEK, DAY = dt.timedelta(days=7), dt.timedelta(days=1)
YEAR = 2027
BODY = Body(name="Data", slug="data")
ZONES = sorted(available_timezones() - {"localtime", "Factory"})


@cache
def days_of_change(name: str) -> tuple[dt.date, ...]:
    """The days of the year on which the zone's clocks change; any day where they never do."""
    zone = ZoneInfo(name)
    noons = [dt.datetime(YEAR, 1, 1, 12, tzinfo=zone) + number * DAY for number in range(365)]
    pairs = pairwise(noons)
    return tuple(after.date() for before, after in pairs if before.utcoffset() != after.utcoffset()) or (
        dt.date(YEAR, 6, 6),
    )


def meeting(number: int, on: dt.date, at: dt.time, zone: str) -> Meeting:
    starts_at, ends_at = to_utc_range(on, at, 60, ZoneInfo(zone))
    stamp = dt.datetime(YEAR - 1, 12, 1, tzinfo=dt.UTC)
    place = {"body": BODY, "title": f"At {at}", "time_zone": zone, "status": "scheduled", "updated_at": stamp}
    return Meeting(pk=number, starts_at=starts_at, ends_at=ends_at, **place)


def starts(content: bytes, days: tuple[dt.date, ...]) -> list[dt.datetime]:
    """The moment of each occurrence that a calendar program shows, in order."""
    found = recurring_ical_events.of(Calendar.from_ical(content)).between(days[0] - 2 * WEEK, days[-1] + 2 * WEEK)
    return sorted(event["DTSTART"].dt.astimezone(dt.UTC) for event in found)


def as_series(days: tuple[dt.date, ...], zone: str) -> Iterator[Event]:
    """The same as others would write it: one weekly event for each time and change."""
    for day in days:
        for at in TIMES:
            first = dt.datetime.combine(day - WEEK, at, tzinfo=ZoneInfo(zone))
            event = Event.new(start=first, end=first + dt.timedelta(hours=1), summary=f"At {at}")
            event.add("rrule", {"freq": "weekly", "count": 3})
            yield event


@pytest.mark.slow
def test_each_meeting_around_each_change_of_the_clocks_is_once_where_a_weekly_series_has_it():
    shown = 0
    for zone in ZONES:
        days = days_of_change(zone)
        dates = [day + week * WEEK for day in days for week in (-1, 0, 1)]
        rows = [meeting(n, on, at, zone) for n, (on, at) in enumerate((on, at) for on in dates for at in TIMES)]
        ours = calendar_feed(rows, name="All", url_of=lambda row: f"https://x.test/{row.pk}", organizer="a@x.test")
        series = Calendar.new()
        for event in as_series(days, zone):
            series.add_component(event)
        expected = starts(series.to_ical(), days)
        assert len(expected) == len(rows), zone
        assert starts(ours, days) == sorted(row.starts_at for row in rows) == expected, zone
        shown += len(rows)
    assert len(ZONES) > 400 and shown >= len(ZONES) * 9
    print("occurrences", shown, "in", len(ZONES), "zones")


def test_each_morning_around_each_change_of_the_clocks_is_eight_o_clock_by_the_wall():
    for name in ZONES:
        zone = ZoneInfo(name)
        for day in days_of_change(name):
            for morning in (morning_of(day + number * DAY, zone).astimezone(zone) for number in range(-8, 9)):
                assert morning.time() == MORNING, name
