"""Statuses and states, due dates, and measures as text."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags.ui import badge
from objectives.rules import (
    UPDATE_TRANSITIONS,
    ProgressStatus,
    QualifiedValue,
    Qualifier,
    ReportingFrequency,
    UpdateState,
    format_amount,
    format_qualified_value,
    format_status_summary,
    format_trend,
    is_stale,
    progress_due_on,
    worst_status,
)

TODAY = dt.date(2026, 11, 22)


def value(period: str, amount: str, qualifier: str = "exact") -> QualifiedValue:
    return QualifiedValue(period, Decimal(amount), qualifier)


# Statuses


def test_statuses_have_distinct_severities_and_bar_positions():
    ranks = list(range(1, len(ProgressStatus) + 1))
    assert sorted(status.severity for status in ProgressStatus) == ranks
    assert sorted(status.bar_position for status in ProgressStatus) == ranks


def test_statuses_are_listed_by_severity_and_by_bar_position():
    assert ProgressStatus.by_severity() == ["off_track", "at_risk", "not_started", "on_track", "done"]
    assert ProgressStatus.by_bar_position() == ["done", "on_track", "at_risk", "off_track", "not_started"]


@pytest.mark.parametrize("status", ProgressStatus)
def test_every_status_has_the_tone_of_a_badge(status):
    assert f"tone-{status.tone}" in badge(status.label, status.tone)


@pytest.mark.parametrize("status", ProgressStatus)
def test_every_status_is_named_in_the_summary(status):
    assert worst_status([status]) == status
    assert format_status_summary({status: 1}, 0, 0, None) == f"1 strategy: {status.label}."
    several = format_status_summary({status: 2}, 1, 0, None)
    assert several.startswith("2 of 3" if status == ProgressStatus.ON_TRACK else "0 of 3")
    assert status == ProgressStatus.ON_TRACK or f"{status.label}: 2." in several


def test_only_bad_statuses_need_attention_and_only_done_is_final():
    assert {status for status in ProgressStatus if status.needs_attention} == {"off_track", "at_risk"}
    assert {status for status in ProgressStatus if status.is_final} == {"done"}


@pytest.mark.parametrize("arguments", [("paused",), ("paused", 6, "neutral")])
def test_a_status_without_all_its_traits_is_refused(arguments):
    with pytest.raises(ValueError, match="values to unpack"):
        ProgressStatus.__new_member__(ProgressStatus, *arguments)


def test_every_state_of_an_update_has_its_transitions():
    assert set(UPDATE_TRANSITIONS) == set(UpdateState)
    assert {state for state in UpdateState if state.is_open} == {"draft", "returned"}


@given(st.lists(st.sampled_from(ProgressStatus.values)))
def test_the_worst_status_is_the_first_by_severity(statuses):
    assert worst_status(statuses) == next((s for s in ProgressStatus.by_severity() if s in statuses), None)


# Due dates


@pytest.mark.parametrize("frequency", ReportingFrequency)
def test_a_status_is_stale_once_its_next_update_is_overdue(frequency):
    last = TODAY - dt.timedelta(days=frequency.days)
    assert not is_stale(frequency, "on_track", last, TODAY)
    assert is_stale(frequency, "on_track", last - dt.timedelta(days=1), TODAY)


def test_a_final_status_is_never_stale():
    assert not is_stale("monthly", "done", dt.date(2020, 1, 1), TODAY)


def test_an_update_is_due_one_period_after_the_last_or_the_start():
    assert progress_due_on("monthly", dt.date(2026, 11, 1), dt.date(2026, 1, 1)) == dt.date(2026, 12, 1)
    assert progress_due_on("monthly", None, dt.date(2026, 1, 1)) == dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("counts", "unreported", "overdue", "oldest", "summary"),
    [
        (
            {"on_track": 4, "off_track": 1, "at_risk": 1},
            0,
            0,
            41,
            "4 of 6 strategies on track. Off track: 1. At risk: 1. Oldest update: 41 days ago.",
        ),
        (
            {"at_risk": 2},
            1,
            2,
            120,
            "0 of 3 strategies on track. At risk: 2. Not reported yet: 1. 2 past their due date. "
            "Oldest update: 120 days ago.",
        ),
        ({"on_track": 1}, 0, 0, 0, "1 strategy: On track. Latest update: today."),
        ({"on_track": 1}, 0, 1, 94, "1 strategy: On track. 1 past its due date. Latest update: 94 days ago."),
        ({}, 1, 0, None, "1 strategy: Not reported yet."),
        ({}, 0, 0, None, "No strategies yet."),
        (
            {"done": 2, "on_track": 10},
            0,
            1,
            1,
            "10 of 12 strategies on track. Done: 2. 1 past its due date. Oldest update: 1 day ago.",
        ),
    ],
)
def test_the_summary_states_all_counts(counts, unreported, overdue, oldest, summary):
    assert format_status_summary(counts, unreported, overdue, oldest) == summary


# Measures


@pytest.mark.parametrize(
    ("amount", "text"),
    [("1934", "1,934"), ("5.8200", "5.82"), ("19800000", "19.8 million"), ("4000000", "4 million"), ("10", "10")],
)
def test_large_round_amounts_are_in_millions(amount, text):
    assert format_amount(Decimal(amount)) == text


@pytest.mark.parametrize(
    ("qualifier", "text"),
    [
        ("exact", "7,000"),
        ("more than", "more than 7,000"),
        ("over", "over 7,000"),
        ("rounded", "about 7,000"),
        ("nearly", "nearly 7,000"),
    ],
)
def test_a_value_is_shown_with_its_qualifier(qualifier, text):
    assert format_qualified_value(value("2022", "7000", qualifier)) == text


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ([value("2018", "786"), value("2021", "2358")], "Deaths rose 3-fold from 2018 to 2021"),
        ([value("2018", "786"), value("2021", "2400")], "Deaths rose about 3-fold from 2018 to 2021"),
        ([value("2018", "100"), value("2021", "240")], "Deaths rose about 2.4-fold from 2018 to 2021"),
        ([value("2012", "82"), value("2021", "5961")], "Deaths rose about 73-fold from 2012 to 2021"),
        ([value("2009", "1483"), value("2018", "1091")], "Deaths fell by 26 percent from 2009 to 2018"),
        ([value("2009", "1000"), value("2018", "1001")], "Deaths rose by less than 1 percent from 2009 to 2018"),
        (
            [value("2010", "23", "rounded"), value("2018", "19.8", "rounded")],
            "Deaths fell by about 14 percent from 2010 to 2018",
        ),
        (
            [value("2013", "1934"), value("2022", "7000", "more than")],
            "Deaths rose from 1,934 in 2013 to more than 7,000 in 2022",
        ),
        (
            [value("2021", "21016"), value("2022", "21000", "more than")],
            "Deaths: 21,016 in 2021, more than 21,000 in 2022",
        ),
        (
            [value("2019", "200", "more than"), value("2020", "450", "more than")],
            "Deaths: more than 200 in 2019, more than 450 in 2020",
        ),
        ([value("2021", "21016")], "Deaths: 21,016 deaths in 2021"),
        (
            [value("2020", "70", "nearly"), value("2021", "80", "nearly")],
            "Deaths: nearly 70 in 2020, nearly 80 in 2021",
        ),
    ],
)
def test_a_chart_title_claims_no_more_than_its_values(values, title):
    assert format_trend("Deaths", "deaths", values) == title


def test_a_name_with_a_comma_gets_another_before_the_verb():
    values = [value("2009", "1483"), value("2018", "1091")]
    assert format_trend("Deaths, all drugs", "deaths", values).startswith("Deaths, all drugs, fell by")


def test_percentages_are_never_compared_as_factors():
    values = [value("2020", "80"), value("2022", "87")]
    assert format_trend("Share", "percent", values) == "Share rose from 80 in 2020 to 87 in 2022"


@given(st.decimals(1, 10**6, places=1), st.decimals(1, 10**6, places=1), *[st.sampled_from(Qualifier.values)] * 2)
def test_a_direction_is_named_only_where_it_is_certain(first, last, q1, q2):
    title = format_trend("X", "x", [QualifiedValue("a", first, q1), QualifiedValue("b", last, q2)])
    if " rose " in title:
        assert first < last and q1 not in {"more than", "over"} and q2 != "nearly"
    elif " fell " in title:
        assert first > last and q1 != "nearly" and q2 not in {"more than", "over"}
