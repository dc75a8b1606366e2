import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.templatetags.ui import badge
from meetings.rules import (
    MEETING_TRANSITIONS,
    AgendaLine,
    MeetingStatus,
    RSVPAnswer,
    agenda_lines,
    can_transition,
    has_taken_place,
    is_nonexistent_local_time,
    to_utc_range,
)

PACIFIC = ZoneInfo("America/Los_Angeles")
ZONES = ["America/Los_Angeles", "America/New_York", "America/Phoenix", "Europe/Berlin", "Australia/Lord_Howe"]
days = st.dates(dt.date(2020, 1, 1), dt.date(2035, 12, 31))
times = st.times()
# The days of clock changes in the United States, where mistakes are likely.
clock_days = st.sampled_from([dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2027, 3, 14), dt.date(2027, 11, 7)])


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("on", "at", "start"),
    [
        (dt.date(2026, 3, 7), dt.time(10), utc(2026, 3, 7, 18)),
        (dt.date(2026, 3, 8), dt.time(10), utc(2026, 3, 8, 17)),
        (dt.date(2026, 3, 8), dt.time(2, 30), utc(2026, 3, 8, 10, 30)),
        (dt.date(2026, 11, 1), dt.time(1, 30), utc(2026, 11, 1, 8, 30)),
        (dt.date(2026, 11, 1), dt.time(10), utc(2026, 11, 1, 18)),
    ],
)
def test_local_time_keeps_its_hour_across_clock_changes(on, at, start):
    assert to_utc_range(on, at, 90, PACIFIC) == (start, start + dt.timedelta(minutes=90))


@given(st.one_of(days, clock_days), times, st.integers(1, 1440), st.sampled_from(ZONES))
def test_start_is_local_time_unless_skipped_and_has_length(on, at, duration_minutes, name):
    zone = ZoneInfo(name)
    starts_at, ends_at = to_utc_range(on, at, duration_minutes, zone)
    local = starts_at.astimezone(zone)
    assert ends_at - starts_at == dt.timedelta(minutes=duration_minutes)
    assert local.fold == 0
    if is_nonexistent_local_time(on, at, zone):
        assert local.replace(tzinfo=None) > dt.datetime.combine(on, at)
    else:
        assert (local.date(), local.time()) == (on, at)


def test_hour_that_occurs_twice_is_the_first():
    on, at = dt.date(2026, 11, 1), dt.time(1, 30)
    assert to_utc_range(on, at.replace(fold=1), 60, PACIFIC) == to_utc_range(on, at, 60, PACIFIC)
    assert not is_nonexistent_local_time(on, at, PACIFIC)
    assert is_nonexistent_local_time(dt.date(2026, 3, 8), dt.time(2, 30), PACIFIC)


def test_every_status_has_transitions_and_none_to_itself():
    assert set(MEETING_TRANSITIONS) == set(MeetingStatus)
    assert not any(status in MEETING_TRANSITIONS[status] for status in MeetingStatus)


@pytest.mark.parametrize("status", [*MeetingStatus, *RSVPAnswer])
def test_tone_of_every_status_and_answer_is_a_tone_of_badges(status):
    assert badge("Word", status.tone)


def test_closed_and_canceled_meetings_do_not_change():
    assert MEETING_TRANSITIONS[MeetingStatus.CLOSED] == MEETING_TRANSITIONS[MeetingStatus.CANCELED] == set()
    assert can_transition("draft", "scheduled")
    assert not can_transition("draft", "closed")
    assert not can_transition("closed", "canceled")


def test_meeting_in_session_can_be_canceled():
    assert can_transition("in_session", "canceled")


def test_agenda_is_read_line_by_line_with_minutes():
    typed = "1. Welcome (10)\n\n- Data sharing (15 min)\n  • Naloxone (2nd year)\n3) Next steps\n(5)\n"
    assert agenda_lines(typed) == [
        AgendaLine("Welcome", 10),
        AgendaLine("Data sharing", 15),
        AgendaLine("Naloxone (2nd year)", None),
        AgendaLine("Next steps", None),
    ]


@given(st.text())
def test_any_text_is_an_agenda_of_single_lines(typed):
    assert all(line.title == line.title.strip() and line.title for line in agenda_lines(typed))
    assert not any(set(line.title) & set("\r\n") for line in agenda_lines(typed))


@pytest.mark.parametrize(
    ("status", "minutes_before", "held"),
    [("scheduled", 61, False), ("scheduled", 60, True), ("closed", -600, True), ("canceled", -600, False)],
)
def test_attendance_opens_an_hour_before_announced_meeting(status, minutes_before, held):
    start = utc(2026, 12, 3, 18)
    assert has_taken_place(status, start, start - dt.timedelta(minutes=minutes_before)) is held
