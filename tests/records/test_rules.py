"""The retention schedule."""

import datetime as dt

import pytest

from records.rules import SCHEDULES, Retention, contact_retention_cutoff


def test_each_class_has_a_schedule_and_its_years_an_event():
    assert set(SCHEDULES) == set(Retention)
    assert all(bool(schedule.years) == bool(schedule.event) for schedule in SCHEDULES.values())


@pytest.mark.parametrize(
    ("today", "since"),
    [(dt.date(2026, 11, 22), dt.date(2024, 11, 22)), (dt.date(2028, 2, 29), dt.date(2026, 2, 28))],
)
def test_contact_data_is_kept_two_years_after_the_last_tie(today, since):
    assert contact_retention_cutoff(today) == since
