"""News of meetings in quiet hours: it waits for 7 in the morning, but where that would be too late."""

import datetime as dt

import pytest

from mail.models import Delivery
from mail.transport import Outcome, SendResult, Transport
from meetings import operations as meetings
from reminders.models import Reminder
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import SEATED, clear_outbox, run, send_notices, sent

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
# Tuesday, November 24, 2026: 21:00, 23:00 and the morning after, in California.
NINE = dt.datetime(2026, 11, 25, 5, 0, tzinfo=dt.UTC)
ELEVEN = NINE + 2 * HOUR
SEVEN = NINE + 10 * HOUR


def subjects() -> set[str]:
    return {mail.subject for mail in sent()}


def begin(cast, at: dt.datetime, scheduled_at: dt.datetime = NINE):
    return factories.MeetingFactory(body=cast.body, starts_at=at, scheduled_at=scheduled_at)


def move(cast, meeting, now: dt.datetime, **values) -> None:
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=now, **values)


def test_a_meeting_scheduled_at_night_is_told_at_seven_in_the_morning(cast):
    begin(cast, NOW + 30 * 24 * HOUR)
    run(NINE)
    run(SEVEN - HOUR)
    assert sent() == []
    assert set(Reminder.objects.values_list("state", "send_at")) == {("planned", SEVEN)}
    run(SEVEN)
    assert {mail.to for mail in sent()} == SEATED and len(sent()) == 3
    run(SEVEN + HOUR)
    assert len(sent()) == 3


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_a_change_at_night_is_told_at_seven_once(cast, act):
    meeting = begin(cast, NINE + 5 * 24 * HOUR, NOW)
    send_notices(meeting)
    if act == "move":
        move(cast, meeting, NINE, location="Room 9")
    else:
        meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NINE)
    run(NINE)
    run(ELEVEN)
    assert sent() == []
    run(SEVEN)
    run(SEVEN + HOUR)
    assert {mail.to for mail in sent()} == SEATED and len(sent()) == 3


def test_two_changes_in_one_night_are_one_notice(cast):
    meeting = begin(cast, NINE + 5 * 24 * HOUR, NOW)
    send_notices(meeting)
    move(cast, meeting, NINE, location="Room 8")
    run(NINE)
    move(cast, meeting, ELEVEN, location="Room 9")
    run(ELEVEN)
    run(SEVEN)
    run(SEVEN + HOUR)
    assert len(sent()) == 3 and all("Room 9" in mail.text for mail in sent())


@pytest.mark.parametrize(("minutes", "goes"), [(-60, True), (60, True), (61, False)])
def test_news_of_a_meeting_that_begins_by_eight_goes_at_night(cast, minutes, goes):
    meeting = begin(cast, SEVEN + dt.timedelta(minutes=minutes), NOW)
    send_notices(meeting)
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NINE)
    run(NINE)
    assert len(sent()) == (3 if goes else 0)
    run(SEVEN)
    assert len(sent()) == (3 if goes or minutes > 0 else 0)


def test_who_believes_that_it_begins_early_is_told_at_night_that_it_does_not(cast):
    meeting = begin(cast, SEVEN + HOUR / 2, NOW)
    send_notices(meeting)
    move(cast, meeting, NINE, starts_on=meeting.starts_on + dt.timedelta(days=7))
    run(NINE)
    assert {mail.to for mail in sent()} == SEATED


def test_news_that_waits_goes_at_once_when_its_meeting_is_moved_to_the_early_morning(cast):
    meeting = begin(cast, NOW + 30 * 24 * HOUR)
    run(NINE)
    local = SEVEN.astimezone(meeting.zone)
    move(cast, meeting, ELEVEN, starts_on=local.date(), starts_time=dt.time(7, 30))
    run(ELEVEN)
    assert subjects() == {"New meeting: Data task force, Wed, Nov 25, 7:30 a.m. PT"}
    assert {mail.to for mail in sent()} == SEATED and len(sent()) == 3


def test_news_that_is_tried_again_at_night_waits_for_the_morning(cast, monkeypatch):
    begin(cast, NOW + 30 * 24 * HOUR, NOW)
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.LATER, "451 later"))
    run(NINE - 2 * HOUR)
    monkeypatch.undo()
    run(NINE)
    assert sent() == []
    assert set(Delivery.objects.values_list("state", "next_attempt_at")) == {("retry", SEVEN)}
    clear_outbox()
    run(SEVEN)
    assert {mail.to for mail in sent()} == SEATED
