"""When a reminder goes by its person's wishes: pure functions over any zone and time."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reminders import timing
from reminders.rules import Frequency, morning_of

PACIFIC = ZoneInfo("America/Los_Angeles")
ZONES = sorted(name for name in available_timezones() if not name.startswith(("Etc/", "SystemV/")))
FIRST = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
zones = st.sampled_from(ZONES).map(ZoneInfo)
moments = st.integers(0, 4 * 366 * 24 * 60).map(lambda minutes: FIRST + dt.timedelta(minutes=minutes))
lives = st.timedeltas(dt.timedelta(minutes=5), dt.timedelta(days=8))
frequencies = st.sampled_from([Frequency.IMMEDIATE, Frequency.DAILY, Frequency.WEEKLY])


def at(text: str, zone: ZoneInfo = PACIFIC) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@given(moments, moments, lives, lives, frequencies, zones, st.booleans(), st.booleans())
def test_nothing_goes_in_quiet_hours_or_too_late_and_what_does_not_go_says_why(
    due_at, now, life, longer, frequency, zone, is_over_cap, has_gone
):
    now = min(now, due_at + life)
    slot = timing.find_slot(
        due_at=due_at,
        expires_at=due_at + life,
        obsolete_at=due_at + life + longer,
        frequency=frequency,
        zone=zone,
        now=now,
        is_over_cap=is_over_cap,
        sent_on={now.astimezone(zone).date()} if has_gone else (),
    )
    if slot.send_at is None:
        assert slot.reason
        return
    assert slot.reason == ""
    assert not timing.is_quiet(slot.send_at, zone)
    assert now <= slot.send_at <= slot.expires_at <= due_at + life + longer


@given(moments, st.timedeltas(-DAY, 3 * DAY), st.timedeltas(dt.timedelta(), 60 * DAY), zones)
def test_news_goes_at_night_only_where_its_meeting_begins_within_an_hour_of_the_morning(now, until, long, zone):
    starts_at = now + until
    last = starts_at + long
    if last < now:
        return
    found = timing.find_slot(
        due_at=now,
        expires_at=last,
        obsolete_at=starts_at - HOUR,
        frequency=Frequency.IMMEDIATE,
        zone=zone,
        now=now,
        urgent_at=starts_at - HOUR,
    ).send_at
    local = now.astimezone(zone)
    is_night = local.hour >= 20 or local.hour < 7
    morning = dt.datetime.combine(local.date() + (DAY if local.hour >= 20 else 0 * DAY), dt.time(7), tzinfo=zone)
    is_urgent = starts_at <= morning.astimezone(dt.UTC) + HOUR
    assert found == (morning if is_night and not is_urgent else now)


@given(moments, lives, zones)
def test_what_is_due_by_day_is_never_held_back_or_brought_forward(due_at, life, zone):
    slot = timing.find_slot(
        due_at=due_at,
        expires_at=due_at + life,
        obsolete_at=due_at + life,
        frequency=Frequency.IMMEDIATE,
        zone=zone,
        now=due_at - DAY,
    )
    if not timing.is_quiet(due_at, zone):
        assert slot.send_at == due_at


def slot(
    due: str, *, now: str, life: dt.timedelta = DAY, useful: dt.timedelta = DAY, frequency=Frequency.IMMEDIATE, **more
):
    due_at = at(due)
    found = timing.find_slot(
        due_at=due_at,
        expires_at=due_at + life,
        obsolete_at=due_at + useful,
        frequency=frequency,
        zone=PACIFIC,
        now=at(now),
        **more,
    )
    return found.send_at.astimezone(PACIFIC) if found.send_at else found.reason


@pytest.mark.parametrize(
    ("due", "life", "now", "goes"),
    [
        ("2026-12-03T09:00", DAY, "2026-12-02T09:00", "2026-12-03T09:00"),
        ("2026-12-03T20:00", DAY, "2026-12-02T09:00", "2026-12-04T07:00"),  # pushed to the morning
        ("2026-12-03T06:30", HOUR, "2026-12-02T09:00", "2026-12-03T07:00"),
        ("2026-12-03T05:30", HOUR, "2026-12-02T09:00", "2026-12-02T19:00"),  # pulled to the evening before
        ("2026-12-02T22:00", HOUR, "2026-12-02T09:00", "2026-12-02T19:00"),
    ],
)
def test_the_night_pushes_to_the_morning_else_pulls_to_the_evening(due, life, now, goes):
    assert slot(due, life=life, now=now) == at(goes)


def test_what_is_too_late_after_the_night_and_was_not_known_in_the_evening_is_skipped():
    assert slot("2026-12-03T05:30", life=HOUR, now="2026-12-02T23:00") == timing.EXPIRES_IN_QUIET_HOURS


def test_a_day_s_mail_goes_at_eight_and_the_next_one_once_it_has_gone():
    def daily(due, now, **more):
        return slot(due, now=now, frequency=Frequency.DAILY, **more)

    today = dt.date(2026, 12, 3)
    assert daily("2026-12-03T08:00", "2026-12-01T09:00") == at("2026-12-03T08:00")
    assert daily("2026-12-03T08:00", "2026-12-03T10:30") == at("2026-12-03T10:30")
    assert daily("2026-12-03T11:00", "2026-12-03T11:00") == at("2026-12-04T08:00")
    assert daily("2026-12-03T08:00", "2026-12-03T10:30", sent_on={today}, useful=2 * DAY) == at("2026-12-04T08:00")
    assert daily("2026-12-03T08:00", "2026-12-03T10:30", sent_on={today}) == timing.DIGEST_ALREADY_SENT
    assert daily("2026-12-03T11:00", "2026-12-03T11:00", life=6 * HOUR, useful=6 * HOUR) == at(
        "2026-12-03T11:00"
    )  # cannot wait


def test_a_week_s_mail_goes_on_monday_and_what_is_urgent_goes_in_its_day_s():
    def weekly(due, now, **more):
        return slot(due, now=now, frequency=Frequency.WEEKLY, **more)

    assert weekly("2026-12-03T08:00", "2026-12-01T09:00", useful=7 * DAY) == at("2026-12-07T08:00")
    assert weekly("2026-12-07T08:00", "2026-12-07T08:00", useful=7 * DAY) == at("2026-12-07T08:00")
    assert weekly("2026-12-03T08:00", "2026-12-01T09:00", useful=2 * DAY) == at("2026-12-03T08:00")


def test_over_the_cap_everything_waits_for_monday_and_what_cannot_is_skipped():
    for frequency in (Frequency.IMMEDIATE, Frequency.DAILY):
        due, now = "2026-12-03T08:00", "2026-12-03T08:00"
        assert slot(due, now=now, frequency=frequency, is_over_cap=True, useful=7 * DAY) == at("2026-12-07T08:00")
        assert slot(due, now=now, frequency=frequency, is_over_cap=True) == timing.OVER_WEEKLY_CAP


@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1)), zones)
def test_the_next_monday_is_a_monday_and_the_next_one(day, zone):
    moment = morning_of(day, zone)
    monday = timing.next_monday(moment, zone)
    assert monday.astimezone(zone).weekday() == 0
    assert moment <= monday <= moment + 7 * DAY
