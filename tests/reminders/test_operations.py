"""The run of the scheduler: its clock, a downtime, and sharing the work among workers."""

import datetime as dt

import pytest

from mail.models import Delivery
from mail.sending import claimable
from reminders import operations, tasks
from reminders.models import Heartbeat, Reminder
from reminders.operations import confirm_clock, send_batch, tick
from reminders.storing import store_plan
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    SEATED,
    WEEK_AHEAD,
    clear_outbox,
    make_item,
    reminder_states,
    run,
    send_notices,
    sent,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(cast):
    """250 people to be told of a meeting."""
    for _ in range(247):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None))
    return factories.MeetingFactory(body=cast.body)


def test_a_tick_writes_the_heartbeat_and_the_operator_s_word_does_not(meeting):
    run()
    assert not Heartbeat.objects.exists()
    tick(NOW)
    tick(NOW + MINUTE)
    assert Heartbeat.objects.get().beat_at == NOW + MINUTE


@pytest.mark.parametrize("jump", [365 * DAY, -DAY])
def test_a_clock_that_jumps_is_held_until_it_is_confirmed(meeting, jump):
    tick(NOW - MINUTE)
    clear_outbox()
    before = set(Delivery.objects.values_list("pk", "state")) | set(Reminder.objects.values_list("pk", "state"))
    assert tick(NOW + jump).held
    assert tick(NOW + jump + MINUTE).held
    assert sent() == []
    assert before == set(Delivery.objects.values_list("pk", "state")) | set(Reminder.objects.values_list("pk", "state"))
    assert tick(NOW).held
    confirm_clock(actor=None, now=NOW)
    assert not tick(NOW + MINUTE).held


def test_plain_downtime_is_no_reason_to_hold(meeting):
    tick(NOW)
    assert not tick(NOW + 35 * HOUR).held


def test_after_a_gap_nothing_is_written_off_for_a_day(cast, meeting):
    send_notices(meeting)
    store_plan(WEEK_AHEAD)
    Heartbeat.objects.create(pk=1, beat_at=WEEK_AHEAD)
    assert not tick(WEEK_AHEAD + 25 * HOUR).held
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"planned"}
    Heartbeat.objects.update(beat_at=WEEK_AHEAD + 50 * HOUR)
    tick(WEEK_AHEAD + 50 * HOUR)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"expired"}
    assert sent() == []


def test_after_a_long_downtime_each_gets_one_mail_about_what_lies_ahead(cast, three):
    other = factories.MeetingFactory(body=cast.body, starts_at=three.starts_at + 370 * DAY)
    ahead = make_item(cast, dt.date(2027, 12, 2), text="Still to do")
    tick(NOW)
    clear_outbox()
    later = dt.datetime(2027, 12, 1, 17, 0, tzinfo=dt.UTC)
    type(other).objects.filter(pk=other.pk).update(sequence=1, location="Room 2")
    assert tick(later).held
    confirm_clock(actor=None, now=later)
    done = tick(later + MINUTE)
    assert done.outcomes["sent"] == 3 and {mail.to for mail in sent()} == SEATED
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Still to do" in mail.text and "Room 2" in mail.text
    assert "Call the counties" not in mail.text and "Dec 3, 2026" not in mail.text
    assert ahead.pk and tick(later + 2 * MINUTE).outcomes.total() == 0


def test_after_a_gap_fifty_mails_a_minute_go_at_most_whoever_ticks(cast):
    for _ in range(70):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None))
    factories.MeetingFactory(body=cast.body)
    Heartbeat.objects.create(pk=1, beat_at=NOW, gap_at=NOW)
    assert tick(NOW + MINUTE).outcomes["sent"] == 50
    assert tick(NOW + MINUTE + dt.timedelta(seconds=5)).outcomes["sent"] == 0
    assert tick(NOW + 3 * MINUTE).outcomes["sent"] == 23


def test_when_much_is_due_a_tick_asks_others_and_sends_nothing_itself(many):
    asked: list[int] = []
    done = tick(NOW, fan_out=asked.append)
    assert asked == [3] and done.outcomes["handed to workers"] == 3
    assert sent() == [] and claimable(NOW).count() == 250
    assert [send_batch(NOW + MINUTE)["sent"], send_batch(NOW + MINUTE)["sent"]] == [250, 0]
    assert {state for _, _, state in reminder_states()} == {"sent"}


def test_when_little_is_due_the_tick_sends_itself(meeting):
    asked: list[int] = []
    assert tick(NOW, fan_out=asked.append).outcomes["sent"] == 3
    assert asked == []


def test_a_share_is_not_sent_while_the_clock_is_held(many):
    tick(NOW, fan_out=lambda batches: None)
    Heartbeat.objects.update(held_at=NOW, hold_reason="The clock went back.")
    assert send_batch(NOW + MINUTE).total() == 0
    assert sent() == []


def test_the_tasks_carry_nothing_expire_and_end_before_the_lease(settings, monkeypatch, many):
    for task in (tasks.tick, tasks.send_batch):
        assert (task.expires, task.ignore_result, task.acks_late) == (55, True, False)
        assert task.time_limit < 300
    calls: list[object] = []
    monkeypatch.setattr(operations, "tick", lambda now, fan_out: calls.append(fan_out) or operations.Tick())
    settings.REDIS_URL = ""
    tasks.tick()
    settings.REDIS_URL = "redis://localhost:6379/0"
    tasks.tick()
    assert calls[0] is None and calls[1] is not None
