"""Progress and measures in words, and how old a word may be."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from objectives.rules import (
    FREQUENCY_DAYS,
    WORST_FIRST,
    ProgressStatus,
    QualifiedValue,
    Qualifier,
    ReportingFrequency,
    format_amount,
    format_status_summary,
    format_trend,
    is_stale,
    progress_due_on,
    worst,
)

TODAY = dt.date(2026, 11, 22)


def stated(when: str, amount: str, qualifier: str = "exact") -> QualifiedValue:
    return QualifiedValue(when, Decimal(amount), qualifier)


@pytest.mark.parametrize("reporting_frequency", ReportingFrequency.values)
def test_a_status_turns_gray_the_day_after_its_rhythm_and_not_before(reporting_frequency):
    last = TODAY - dt.timedelta(days=FREQUENCY_DAYS[reporting_frequency])
    assert not is_stale(reporting_frequency, "on_track", last, TODAY)
    assert is_stale(reporting_frequency, "on_track", last - dt.timedelta(days=1), TODAY)


def test_what_is_done_never_turns_gray():
    assert not is_stale("monthly", "done", dt.date(2020, 1, 1), TODAY)


def test_a_strategy_owes_one_rhythm_after_its_last_word_else_after_its_start():
    assert progress_due_on("monthly", dt.date(2026, 11, 1), dt.date(2026, 1, 1)) == dt.date(2026, 12, 1)
    assert progress_due_on("monthly", None, dt.date(2026, 1, 1)) == dt.date(2026, 1, 31)


@given(st.lists(st.sampled_from(ProgressStatus.values)))
def test_the_worst_of_several_is_the_first_of_the_order_that_is_among_them(statuses):
    assert worst(statuses) == next((status for status in WORST_FIRST if status in statuses), "")


@pytest.mark.parametrize(
    ("counts", "silent", "stale", "oldest", "sentence"),
    [
        (
            {"on_track": 4, "off_track": 1, "at_risk": 1},
            0,
            0,
            41,
            "4 of 6 strategies on track, one off track, one at risk, oldest word 41 days old.",
        ),
        ({"at_risk": 2}, 1, 2, 120, "None of 3 strategies on track, two at risk, one not reported yet, "
         "two past their rhythm, oldest word 120 days old."),
        ({"on_track": 1}, 0, 0, 0, "The only strategy is on track, last word from today."),
        ({}, 1, 0, None, "The only strategy has not reported yet."),
        ({}, 0, 0, None, "No strategy yet."),
        ({"done": 2, "on_track": 10}, 0, 1, 1, "10 of 12 strategies on track, two done, one past its rhythm, "
         "oldest word one day old."),
    ],
)  # fmt: skip
def test_the_state_is_one_sentence_of_counts(counts, silent, stale, oldest, sentence):
    assert format_status_summary(counts, silent, stale, oldest) == sentence


@pytest.mark.parametrize(
    ("amount", "words"),
    [("1934", "1,934"), ("5.8200", "5.82"), ("19800000", "19.8 million"), ("4000000", "4 million"), ("10", "10")],
)
def test_amounts_read_as_people_write_them(amount, words):
    assert format_amount(Decimal(amount)) == words


@pytest.mark.parametrize(
    ("run", "message"),
    [
        ([stated("2018", "786"), stated("2021", "2358")], "Deaths rose threefold from 2018 to 2021"),
        ([stated("2012", "82"), stated("2021", "5961")], "Deaths rose about 73-fold from 2012 to 2021"),
        ([stated("2009", "1483"), stated("2018", "1091")], "Deaths fell by 26 percent from 2009 to 2018"),
        (
            [stated("2010", "23", "rounded"), stated("2018", "19.8", "rounded")],
            "Deaths fell by about 14 percent from 2010 to 2018",
        ),
        (
            [stated("2013", "1934"), stated("2022", "7000", "more than")],
            "Deaths rose from 1,934 in 2013 to more than 7,000 in 2022",
        ),
        (
            [stated("2021", "21016"), stated("2022", "21000", "more than")],
            "Deaths: 21,016 in 2021, more than 21,000 in 2022",
        ),
        (
            [stated("2019", "200", "more than"), stated("2020", "450", "more than")],
            "Deaths: more than 200 in 2019, more than 450 in 2020",
        ),
        ([stated("2021", "21016")], "Deaths: 21,016 deaths in 2021"),
        (
            [stated("2020", "70", "nearly"), stated("2021", "80", "nearly")],
            "Deaths: nearly 70 in 2020, nearly 80 in 2021",
        ),
    ],
)
def test_a_chart_says_no_more_than_its_values_bear(run, message):
    assert format_trend("Deaths", "deaths", run) == message


def test_percentages_are_never_compared_as_factors():
    run = [stated("2020", "80"), stated("2022", "87")]
    assert format_trend("Share", "percent", run) == "Share rose from 80 in 2020 to 87 in 2022"


@given(st.decimals(1, 10**6, places=1), st.decimals(1, 10**6, places=1), *[st.sampled_from(Qualifier.values)] * 2)
def test_a_direction_is_claimed_only_where_every_value_the_words_allow_agrees(first, last, q1, q2):
    message = format_trend("X", "x", [QualifiedValue("a", first, q1), QualifiedValue("b", last, q2)])
    if " rose " in message:
        assert first < last and q1 not in {"more than", "over"} and q2 != "nearly"
    elif " fell " in message:
        assert first > last and q1 != "nearly" and q2 not in {"more than", "over"}
