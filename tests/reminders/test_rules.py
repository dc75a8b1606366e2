"""Times and the clock, without the database."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders.rules import clock_error, morning_of
from tests.conftest import NOW
from tests.reminders.conftest import HOUR

pytestmark = pytest.mark.django_db


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    st.sampled_from(["America/Los_Angeles", "America/New_York", "Pacific/Honolulu", "Australia/Lord_Howe", "UTC"]),
)
def test_a_morning_is_eight_o_clock_wherever_one_is(day, name):
    local = morning_of(day, ZoneInfo(name)).astimezone(ZoneInfo(name))
    assert (local.date(), local.time()) == (day, dt.time(8))


def test_the_clock_is_trusted_after_plain_downtime_only():
    assert clock_error(NOW, None) == clock_error(NOW, NOW - 35 * HOUR) == ""
    assert clock_error(NOW, NOW + dt.timedelta(seconds=119)) == ""
    assert "37 hours" in clock_error(NOW, NOW - 37 * HOUR)
    assert "went back" in clock_error(NOW, NOW + dt.timedelta(seconds=121))
