"""Order of roles, status of a term by its planned end, and email links."""

import datetime as dt

import pytest

from taskforces import rules
from taskforces.rules import SeatRole
from tests.conftest import TODAY


def test_roles_are_ranked_from_the_chair_to_the_liaison():
    assert sorted(SeatRole.values, key=rules.role_order) == [
        "chair",
        "co_chair",
        "secretary",
        "member",
        "staff_liaison",
    ]


def test_a_holdover_begins_the_day_after_the_planned_end():
    assert not rules.is_holdover(TODAY, TODAY)
    assert rules.is_holdover(TODAY - dt.timedelta(days=1), TODAY)
    assert not rules.is_holdover(None, TODAY)


def test_a_term_ends_soon_within_60_days_of_its_planned_end():
    assert rules.is_ending_soon(TODAY, TODAY)
    assert rules.is_ending_soon(TODAY + dt.timedelta(days=60), TODAY)
    assert not rules.is_ending_soon(TODAY + dt.timedelta(days=61), TODAY)
    assert not rules.is_ending_soon(TODAY - dt.timedelta(days=1), TODAY)
    assert not rules.is_ending_soon(None, TODAY)


@pytest.mark.parametrize(
    ("starts", "months", "last"),
    [
        (dt.date(2026, 1, 1), 12, dt.date(2026, 12, 31)),
        (dt.date(2026, 8, 31), 6, dt.date(2027, 2, 27)),
        (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 27)),
        (dt.date(2026, 1, 1), None, None),
    ],
)
def test_the_usual_end_is_the_day_before_the_anniversary(starts, months, last):
    assert rules.default_end(starts, months) == last


def test_an_email_link_escapes_addresses_and_has_a_limit():
    assert (
        rules.mailto_url(["a@example.org", "b&cc=x@example.org"])
        == "mailto:?bcc=a@example.org%2Cb%26cc%3Dx@example.org"
    )
    assert rules.mailto_url([]) == ""
    assert rules.mailto_url(["a" * 30 + "@example.org"] * 50) == ""
