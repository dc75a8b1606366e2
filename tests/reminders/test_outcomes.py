"""Each reminder ends with the outcome of its email, and can be sent again."""

import pytest

from mail.models import CircuitBreaker, Delivery
from mail.sending import claim
from mail.transport import Outcome, SendResult, Transport
from reminders.composing import compose
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.operations import resend
from reminders.outcomes import record_outcomes
from reminders.storing import store_plan
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    SEATED,
    WEEK_AHEAD,
    reminder_states,
    run,
    send_notices,
    sent,
    subjects_by_recipient,
    subjects_to,
)

pytestmark = pytest.mark.django_db


def test_a_reminder_ends_as_its_mail_does_and_can_be_sent_again(cast, meeting, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.REFUSED, "550 no"))
    run()
    assert reminder_states() == {("meeting_scheduled", email, "failed") for email in SEATED}
    monkeypatch.setattr(Transport, "send", real)
    assert run(NOW + MINUTE).outcomes.total() == 0
    row = Delivery.objects.get(address="chair@example.org")
    resend(actor=cast.staff, delivery=row, now=NOW + HOUR)
    run(NOW + HOUR)
    assert set(subjects_by_recipient()) == {"chair@example.org"}
    assert ("meeting_scheduled", "chair@example.org", "sent") in reminder_states()


def test_a_kind_that_nobody_composes_fails_alone(cast, meeting):
    Delivery.objects.create(
        key="odd",
        kind="odd",
        address="a@example.org",
        created_at=NOW,
        deliver_after=NOW,
        expires_at=NOW + DAY,
        next_attempt_at=NOW,
        message_id="<odd@x>",
    )
    assert run().outcomes["sent"] == 3
    assert Delivery.objects.get(key="odd").state == "failed"


def test_a_reminder_whose_time_passed_expires_with_a_reason(cast, meeting):
    send_notices(meeting)
    store_plan(WEEK_AHEAD)
    run(WEEK_AHEAD + 25 * HOUR)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", flat=True)) == {"expired"}
    assert sent() == []


def test_a_mail_server_that_is_away_for_hours_loses_nothing(cast, meeting, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.DOWN, "refused"))
    for minute in range(0, 180, 20):
        run(NOW + minute * MINUTE)
    monkeypatch.setattr(Transport, "send", real)
    for minute in range(180, 300, 20):
        run(NOW + minute * MINUTE)
    assert {email: len(said) for email, said in subjects_by_recipient().items()} == dict.fromkeys(SEATED, 1)
    assert not CircuitBreaker.objects.filter(open_until__isnull=False).exists()


def test_a_merged_mail_that_failed_is_sent_again_whole(cast, three, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.REFUSED, "550 no"))
    run(WEEK_AHEAD)
    monkeypatch.setattr(Transport, "send", real)
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("state")) == {("failed",)}
    row = Delivery.objects.get(kind="digest")
    resend(actor=cast.staff, delivery=row, now=WEEK_AHEAD + HOUR)
    run(WEEK_AHEAD + HOUR)
    assert len(subjects_to("chair@example.org")) == 1
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("state")) == {("merged",)}


def test_a_change_that_may_have_arrived_is_tried_once_more(cast, meeting, monkeypatch):
    """It must not be held for known because of its own first try."""
    send_notices(meeting)
    type(meeting).objects.filter(pk=meeting.pk).update(sequence=1, location="Room 2")
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.INDETERMINATE, "timeout"))
    run(NOW + HOUR)
    monkeypatch.setattr(Transport, "send", real)
    run(NOW + HOUR + 31 * MINUTE)
    assert {mail.to for mail in sent()} == SEATED
    assert reminder_states("meeting_changed") == {("meeting_changed", email, "sent") for email in SEATED}


def test_a_sender_that_dies_after_building_a_merged_mail_loses_no_part(cast, three):
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    for row in claim(WEEK_AHEAD, 50):
        compose(row, WEEK_AHEAD)
    record_outcomes()
    run(WEEK_AHEAD + 6 * MINUTE)
    assert len(subjects_to("chair@example.org")) == 1
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("state")) == {("merged",)}
