"""Formatting dates and times."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import dates

PT = ZoneInfo("America/Los_Angeles")
TODAY = dt.date(2026, 11, 22)


def test_date_shows_year_only_if_not_this_year():
    assert dates.format_date(dt.date(2026, 12, 3), TODAY) == "Thu, Dec 3"
    assert dates.format_date(dt.date(2027, 1, 1), TODAY) == "Fri, Jan 1, 2027"


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (dt.time(0, 0), "12:00 a.m."),
        (dt.time(9, 5), "9:05 a.m."),
        (dt.time(12, 0), "12:00 p.m."),
        (dt.time(23, 59), "11:59 p.m."),
    ],
)
def test_time_uses_a_12_hour_clock(time, text):
    assert dates.format_time(time) == text


def test_time_range_shows_am_pm_once_if_shared():
    start = dt.datetime(2026, 12, 3, 10, 0, tzinfo=PT)
    assert dates.format_time_range(start, start.replace(hour=11, minute=30), TODAY) == "Thu, Dec 3, 10:00–11:30 a.m. PT"
    assert dates.format_time_range(start, start.replace(hour=13), TODAY) == "Thu, Dec 3, 10:00 a.m.–1:00 p.m. PT"


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (0, "today"),
        (1, "tomorrow"),
        (-1, "yesterday"),
        (11, "in 11 days"),
        (-21, "3 weeks ago"),
        (-94, "3 months ago"),
        (800, "in 2 years"),
    ],
)
def test_relative_date_uses_an_everyday_unit(days, text):
    assert dates.format_relative_date(TODAY + dt.timedelta(days=days), TODAY) == text


def test_other_zone_uses_its_own_abbreviation():
    assert dates.timezone_abbreviation(dt.datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))) == "CEST"
    assert dates.timezone_abbreviation(dt.datetime(2026, 7, 1, 12, 0, tzinfo=PT)) == "PT"


any_day = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2150, 1, 1))


@given(any_day, any_day)
def test_relative_date_shows_past_or_future(day, today):
    text = dates.format_relative_date(day, today)
    if abs((day - today).days) > 1:
        assert text.startswith("in ") == (day > today)
        assert text.endswith(" ago") == (day < today)
        assert int(re.search(r"\d+", text)[0]) >= 1


@given(any_day, any_day)
def test_formatted_date_can_be_parsed(day, today):
    text = dates.format_date(day, today)
    if day.year == today.year:
        text = f"{text}, {today.year}"
    assert dt.datetime.strptime(text, "%a, %b %d, %Y").replace(tzinfo=dt.UTC).date() == day


@given(st.times())
def test_formatted_time_can_be_parsed(time):
    text = dates.format_time(time).replace("a.m.", "AM").replace("p.m.", "PM")
    read = dt.datetime.strptime(text, "%I:%M %p").replace(tzinfo=dt.UTC).time()
    assert (read.hour, read.minute) == (time.hour, time.minute)
