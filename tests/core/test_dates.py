"""Dates and times as people say them."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import dates

PT = ZoneInfo("America/Los_Angeles")
TODAY = dt.date(2026, 11, 22)


def test_a_day_names_its_year_only_when_it_is_another():
    assert dates.format_date(dt.date(2026, 12, 3), TODAY) == "Thu, Dec 3"
    assert dates.format_date(dt.date(2027, 1, 1), TODAY) == "Fri, Jan 1, 2027"


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (dt.time(0, 0), "12:00 a.m."),
        (dt.time(9, 5), "9:05 a.m."),
        (dt.time(12, 0), "12:00 p.m."),
        (dt.time(23, 59), "11:59 p.m."),
    ],
)
def test_a_time_of_day_is_said_on_a_clock_of_twelve_hours(time, words):
    assert dates.format_time(time) == words


def test_a_span_says_the_half_of_the_day_once_where_it_is_shared():
    start = dt.datetime(2026, 12, 3, 10, 0, tzinfo=PT)
    assert dates.format_time_range(start, start.replace(hour=11, minute=30), TODAY) == "Thu, Dec 3, 10:00–11:30 a.m. PT"
    assert dates.format_time_range(start, start.replace(hour=13), TODAY) == "Thu, Dec 3, 10:00 a.m.–1:00 p.m. PT"


@pytest.mark.parametrize(
    ("days", "words"),
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
def test_a_distance_is_said_in_the_unit_that_people_use(days, words):
    assert dates.format_relative_date(TODAY + dt.timedelta(days=days), TODAY) == words


def test_a_zone_without_a_plain_word_is_said_by_its_own_abbreviation():
    assert dates.timezone_abbreviation(dt.datetime(2026, 7, 1, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))) == "CEST"
    assert dates.timezone_abbreviation(dt.datetime(2026, 7, 1, 12, 0, tzinfo=PT)) == "PT"


any_day = st.dates(min_value=dt.date(1950, 1, 1), max_value=dt.date(2150, 1, 1))


@given(any_day, any_day)
def test_a_distance_says_on_which_side_of_today_a_day_lies(day, today):
    words = dates.format_relative_date(day, today)
    if abs((day - today).days) > 1:
        assert words.startswith("in ") == (day > today)
        assert words.endswith(" ago") == (day < today)
        assert int(re.search(r"\d+", words)[0]) >= 1


@given(any_day, any_day)
def test_a_day_said_in_words_can_be_read_back(day, today):
    words = dates.format_date(day, today)
    if day.year == today.year:
        words = f"{words}, {today.year}"
    assert dt.datetime.strptime(words, "%a, %b %d, %Y").replace(tzinfo=dt.UTC).date() == day


@given(st.times())
def test_a_time_said_in_words_can_be_read_back(time):
    words = dates.format_time(time).replace("a.m.", "AM").replace("p.m.", "PM")
    read = dt.datetime.strptime(words, "%I:%M %p").replace(tzinfo=dt.UTC).time()
    assert (read.hour, read.minute) == (time.hour, time.minute)
