"""Roles in order, and when a term is past or near its planned end."""

import datetime as dt

from taskforces import rules
from taskforces.rules import SeatRole
from tests.conftest import TODAY


def test_a_roster_starts_with_the_chair_and_ends_with_the_liaison():
    assert sorted(SeatRole.values, key=rules.rank) == ["chair", "co_chair", "secretary", "member", "staff_liaison"]


def test_a_term_carries_over_from_the_day_after_its_planned_end():
    assert not rules.carries_over(TODAY, TODAY)
    assert rules.carries_over(TODAY - dt.timedelta(days=1), TODAY)
    assert not rules.carries_over(None, TODAY)


def test_a_term_ends_soon_within_sixty_days_and_no_longer_once_it_is_past():
    assert rules.ends_soon(TODAY, TODAY)
    assert rules.ends_soon(TODAY + dt.timedelta(days=60), TODAY)
    assert not rules.ends_soon(TODAY + dt.timedelta(days=61), TODAY)
    assert not rules.ends_soon(TODAY - dt.timedelta(days=1), TODAY)
    assert not rules.ends_soon(None, TODAY)
