"""`send_reminders`: what an operator types."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command

from mail.models import Attempt, Delivery
from reminders.management.commands.send_reminders import parse_moment
from reminders.models import Heartbeat, Reminder
from tests.conftest import NOW
from tests.reminders.conftest import SEATED, send_notices, sent

pytestmark = pytest.mark.django_db
PACIFIC = ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-26", dt.datetime(2026, 11, 26, 12, 0, tzinfo=PACIFIC)),
        ("2026-11-26T08:30", dt.datetime(2026, 11, 26, 8, 30, tzinfo=PACIFIC)),
        ("2026-11-26T08:30:00+00:00", dt.datetime(2026, 11, 26, 8, 30, tzinfo=dt.UTC)),
        ("2026-11-26T08:30Z", dt.datetime(2026, 11, 26, 8, 30, tzinfo=dt.UTC)),
    ],
)
def test_when_is_read(text, moment):
    assert parse_moment(text) == moment


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "26.11.2026", "2026-11-26T25:00"])
def test_a_wrong_when_is_refused_with_an_example(text):
    with pytest.raises(CommandError, match="Enter a date such as"):
        parse_moment(text)


def test_at_the_day_seven_days_before_it_sends_once(meeting, capsys):
    send_notices(meeting)
    call_command("send_reminders", at="2026-11-26")
    assert capsys.readouterr().out.strip() == "planned 3, due 3, sent 3"
    assert {mail.to for mail in sent()} == SEATED
    call_command("send_reminders", at="2026-11-26")
    assert capsys.readouterr().out.strip() == "planned 0, due 0, nothing to send"
    assert len(sent()) == 3
    assert not Heartbeat.objects.exists()


def test_a_dry_run_says_all_and_writes_nothing(meeting, capsys):
    call_command("send_reminders", at=NOW.isoformat(), dry_run=True)
    lines = capsys.readouterr().out.splitlines()
    assert sorted(lines[:-1]) == [
        f"send  {email}  New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT" for email in sorted(SEATED)
    ]
    assert lines[-1] == "3 would be sent. Nothing was saved."
    for model in (Reminder, Delivery, Attempt, Heartbeat):
        assert not model.objects.exists()
    assert sent() == []


def test_without_at_it_beats_and_holds_until_confirmed(meeting, capsys):
    call_command("send_reminders")
    beat = Heartbeat.objects.get()
    Heartbeat.objects.update(beat_at=beat.beat_at - dt.timedelta(days=3))
    with pytest.raises(CommandError, match="confirm-clock"):
        call_command("send_reminders")
    call_command("send_reminders", confirm_clock=True)
    call_command("send_reminders")
    assert Heartbeat.objects.get().held_at is None


def test_at_goes_with_neither_loop_nor_confirmation():
    for other in ("loop", "confirm_clock"):
        with pytest.raises(CommandError):
            call_command("send_reminders", at="2026-11-26", **{other: True})
