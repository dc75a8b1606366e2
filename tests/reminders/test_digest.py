"""Which reminders share an email."""

import datetime as dt

import pytest

from mail.models import Delivery
from mail.transport import Transport
from reminders.models import Reminder
from reminders.storing import store_plan
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    WEEK_AHEAD,
    clear_outbox,
    make_item,
    reminder_states,
    run,
    send_notices,
    sent,
    subjects_to,
)

pytestmark = pytest.mark.django_db


def states_of(person) -> dict[str, str]:
    return dict(Reminder.objects.filter(recipient=person).values_list("kind", "state"))


def test_what_is_due_in_a_day_is_one_mail_and_each_reminder_ends_as_merged(cast, three):
    done = run(WEEK_AHEAD)
    assert (done.queued, done.outcomes["sent"]) == (3, 3)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert mail.subject == "Meeting in 7 days: Data task force, Thu, Dec 3, 10:00 a.m. PT (and 2 more)"
    for words in ("Call the counties", "Send the list", "Thu, Dec 3", "You have 3 items"):
        assert words in mail.text and words in mail.html
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=WEEK_AHEAD).values_list("state")) == {("merged",)}
    delivery = Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26")
    assert (delivery.kind, delivery.state) == ("digest", "sent")
    assert run(WEEK_AHEAD + MINUTE).outcomes.total() == 0


def test_a_merged_mail_of_one_thing_is_the_plain_mail(cast, meeting):
    send_notices(meeting)
    run(WEEK_AHEAD)
    assert subjects_to("chair@example.org") == ["Meeting in 7 days: Data task force, Thu, Dec 3, 10:00 a.m. PT"]
    assert states_of(cast.chair)["meeting_ahead"] == "sent"


def test_what_comes_after_the_mail_was_built_goes_in_the_next_one(cast, three, monkeypatch):
    """The row joins a mail that is being sent; it is let go of and not counted as said."""
    late = make_item(cast, dt.date(2026, 12, 3), text="Came late")
    real = Transport.send

    def send(self, envelope):
        if envelope.recipient == "chair@example.org":
            row = Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26")
            Reminder.objects.filter(subject_id=late.pk, kind="item_due").update(delivery=row, state="planned")
        return real(self, envelope)

    store_plan(WEEK_AHEAD)
    Reminder.objects.filter(subject_id=late.pk, kind="item_due").update(state="skipped")  # not there yet
    monkeypatch.setattr(Transport, "send", send)
    run(WEEK_AHEAD)
    monkeypatch.setattr(Transport, "send", real)
    assert "Came late" not in " ".join(mail.text for mail in sent())
    row = Reminder.objects.get(subject_id=late.pk, kind="item_due", due_at=WEEK_AHEAD)
    assert (row.state, row.delivery) == ("planned", None)
    run(WEEK_AHEAD + MINUTE)
    clear_outbox()
    run(WEEK_AHEAD + DAY)
    assert any("Came late" in mail.text + mail.subject for mail in sent())


def test_a_second_mail_of_a_day_waits_for_the_next_one(cast, three):
    run(WEEK_AHEAD)
    clear_outbox()
    late = make_item(cast, dt.date(2026, 12, 3), text="Came late")
    run(WEEK_AHEAD + 2 * HOUR)
    assert sent() == []
    row = Reminder.objects.get(subject_id=late.pk)
    assert (row.state, row.send_at) == ("planned", WEEK_AHEAD + DAY)
    run(WEEK_AHEAD + DAY)
    assert any("Came late" in mail.text + mail.subject for mail in sent())


def test_news_of_several_meetings_at_once_is_one_mail_with_an_entry_for_each(cast, meeting):
    factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 30 * DAY)
    factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 60 * DAY)
    run()
    assert len(sent()) == 3
    for mail in sent():
        assert [name for name, _, _ in mail.files] == ["meeting-1.ics", "meeting-2.ics", "meeting-3.ics"]
    assert {state for _, _, state in reminder_states("meeting_scheduled")} == {"merged"}
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_and_cancelled_meetings_go_alone(cast, meeting):
    other = factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 30 * DAY)
    run()
    clear_outbox()
    for row in (meeting, other):
        type(row).objects.filter(pk=row.pk).update(sequence=1, location="Room 2")
    run(NOW + HOUR)
    assert len(subjects_to("chair@example.org")) == 2
