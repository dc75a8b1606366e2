"""Notices of new, changed and canceled meetings: each person once, never of their own change."""

import datetime as dt

import pytest
from django.conf import settings
from icalendar import Calendar

from mail.sending import claim
from mail.transport import Outcome, SendResult, Transport
from meetings import operations as meetings
from meetings.models import Meeting
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from taskforces.rules import SeatRole
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    DAY_AHEAD,
    HOUR,
    MINUTE,
    SEATED,
    WEEK_AHEAD,
    cancel,
    clear_outbox,
    move,
    recipients_of,
    reminder_states,
    run,
    send_notices,
    sent,
    subjects_by_recipient,
)

pytestmark = pytest.mark.django_db


def entry(mail) -> tuple[str, dict]:
    """The method and the event of a mail's calendar part."""
    calendar = Calendar.from_ical(mail.calendar)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def draft(cast) -> Meeting:
    return meetings.create_draft(
        actor=cast.chair,
        body=cast.body,
        title="Data task force meeting",
        starts_on=dt.date(2026, 12, 3),
        starts_time=dt.time(10),
        duration_minutes=90,
        time_zone="America/Los_Angeles",
    )


def test_each_of_the_body_gets_a_calendar_entry_with_the_join_link_once(meeting):
    done = run()
    assert (done.planned, done.queued, done.outcomes["sent"]) == (3, 3, 3)
    subject = "New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT"
    assert subjects_by_recipient() == {email: [subject] for email in SEATED}
    for mail in sent():
        method, event = entry(mail)
        assert method == mail.calendar_method == "REQUEST"
        assert str(event["UID"]) == str(meeting.uid) and event["SEQUENCE"] == 0
        assert meeting.join_link in str(event["DESCRIPTION"])
        assert mail.to in str(event["ATTENDEE"])
        assert event["DTSTART"].dt == meeting.local_start
        assert mail.files and mail.files[0][0] == "meeting.ics"
    again = run(NOW + MINUTE)
    assert (again.planned, again.queued, again.outcomes.total()) == (0, 0, 0)
    assert reminder_states() == {("meeting_scheduled", email, "sent") for email in SEATED}


def test_moved_before_planning_only_the_new_time_is_said(cast, meeting):
    move(meeting, cast.staff)
    run()
    subject = "New meeting: Data task force, Fri, Dec 4, 10:00 a.m. PT"
    assert subjects_by_recipient() == {email: [subject] for email in SEATED}
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_while_pending_only_the_new_time_is_said(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    move(meeting, cast.staff)
    run()
    subject = "New meeting: Data task force, Fri, Dec 4, 10:00 a.m. PT"
    assert subjects_by_recipient() == {email: [subject] for email in SEATED}
    assert entry(sent()[0])[1]["SEQUENCE"] == 1
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_while_claimed_only_the_new_time_is_said(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    claim(NOW, 50)
    move(meeting, cast.staff)
    run(NOW + 6 * MINUTE)
    subject = "New meeting: Data task force, Fri, Dec 4, 10:00 a.m. PT"
    assert subjects_by_recipient() == {email: [subject] for email in SEATED}


def test_moved_past_the_fence_the_news_follows_once(cast, meeting, monkeypatch):
    """At most the mail that was past the fence says the old time; its reader gets the change, the others do not."""
    real = Transport.send
    moved = []

    def send(self, envelope):
        if not moved:
            moved.append(True)
            move(meeting, cast.staff)
        return real(self, envelope)

    monkeypatch.setattr(Transport, "send", send)
    run()
    run(NOW + MINUTE)
    run(NOW + 2 * MINUTE)
    new = "Data task force, Fri, Dec 4, 10:00 a.m. PT"
    said = subjects_by_recipient()
    assert sorted(said.values()) == [
        [f"New meeting: {new}"],
        [f"New meeting: {new}"],
        ["New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT", f"Changed: {new}"],
    ]


def test_moved_after_sending_each_who_was_told_is_told_once(cast, meeting):
    send_notices(meeting)
    move(meeting, cast.staff)
    move(meeting, cast.staff)
    run()
    assert subjects_by_recipient() == {
        email: ["Changed: Data task force, Sat, Dec 5, 10:00 a.m. PT"] for email in SEATED
    }
    method, event = entry(sent()[0])
    assert (method, event["SEQUENCE"]) == ("REQUEST", 2)
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_again_while_the_change_waits_is_one_notice(cast, meeting):
    send_notices(meeting)
    move(meeting, cast.staff)
    store_plan(NOW)
    move(meeting, cast.staff)
    run()
    run(NOW + MINUTE)
    assert subjects_by_recipient() == {
        email: ["Changed: Data task force, Sat, Dec 5, 10:00 a.m. PT"] for email in SEATED
    }
    assert {state for _, _, state in reminder_states("meeting_changed")} == {"sent", "skipped"}


def test_a_reminder_that_was_planned_for_the_old_time_is_closed_with_its_reason(cast, meeting):
    send_notices(meeting)
    run(WEEK_AHEAD - DAY)
    assert reminder_states("meeting_ahead") == {("meeting_ahead", email, "planned") for email in SEATED}
    move(meeting, cast.staff, 20 * DAY)
    run(WEEK_AHEAD - DAY + MINUTE)
    run(WEEK_AHEAD)
    assert set(Reminder.objects.filter(kind="meeting_ahead").values_list("state", "reason")) == {
        ("skipped", "The meeting time changed.")
    }
    assert all(subject.startswith("Changed") for said in subjects_by_recipient().values() for subject in said)


def test_cancelled_before_anybody_was_told_nobody_is_told(cast, meeting):
    store_plan(NOW)
    make_deliveries(NOW)
    cancel(meeting, cast.staff)
    run()
    run(NOW + MINUTE)
    assert sent() == []
    assert set(Reminder.objects.values_list("state", "reason")) == {("skipped", "The meeting was canceled.")}


def test_cancelled_after_sending_each_who_was_told_is_told_once(cast, meeting):
    send_notices(meeting)
    cancel(meeting, cast.staff)
    run()
    assert subjects_by_recipient() == {
        email: ["Canceled: Data task force, Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED
    }
    method, event = entry(sent()[0])
    assert (method, str(event["STATUS"]), event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert "No quorum" in sent()[0].text
    run(NOW + MINUTE)
    run(WEEK_AHEAD)
    run(DAY_AHEAD)
    assert len(sent()) == 3


def test_who_was_not_told_is_not_told_of_the_end(cast, meeting, monkeypatch):
    real = Transport.send

    def send(self, envelope):
        if envelope.recipient == "chair@example.org":
            return SendResult(Outcome.REFUSED, "550 no")
        return real(self, envelope)

    monkeypatch.setattr(Transport, "send", send)
    run()
    monkeypatch.setattr(Transport, "send", real)
    clear_outbox()
    cancel(meeting, cast.staff)
    run(NOW + MINUTE)
    assert set(subjects_by_recipient()) == SEATED - {"chair@example.org"}


def test_who_may_have_been_told_is_told_of_the_change(cast, meeting, monkeypatch):
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.INDETERMINATE, "timeout"))
    run()
    monkeypatch.undo()
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    cancel(meeting, cast.staff)
    run(NOW + MINUTE)
    run(NOW + HOUR)
    assert set(subjects_by_recipient()) == SEATED
    assert all("Canceled" in said[0] and len(said) == 1 for said in subjects_by_recipient().values())


def add_co_chair(cast, person) -> None:
    """Let the person manage the meetings of the Data task force."""
    seat = factories.SeatFactory(body=cast.body, organization=None, role=SeatRole.CO_CHAIR)
    factories.TermFactory(seat=seat, person=person)


def test_nobody_is_told_of_their_own_act_and_everybody_of_the_acts_of_others(cast):
    meeting = meetings.schedule(actor=cast.chair, meeting=draft(cast), version=None, now=NOW)
    run()
    assert recipients_of("meeting_scheduled") == SEATED - {"chair@example.org"}
    add_co_chair(cast, cast.secretary)
    meetings.edit(actor=cast.secretary, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4))
    run(NOW + MINUTE)
    assert recipients_of("meeting_changed") == SEATED - {"secretary@example.org"}
    clear_outbox()
    meetings.edit(actor=cast.chair, meeting=meeting, version=None, now=NOW, location="Room 2")
    run(NOW + 2 * MINUTE)
    assert {mail.to for mail in sent()} == SEATED - {"chair@example.org"}
    add_co_chair(cast, cast.seated)
    meetings.cancel(actor=cast.seated, meeting=meeting, version=None, reason="No quorum", now=NOW)
    run(NOW + 3 * MINUTE)
    assert recipients_of("meeting_canceled") == SEATED - {"seated@example.org"}
    assert run(NOW + 4 * MINUTE).outcomes.total() == 0


def test_who_changed_a_meeting_still_hears_what_another_changed_right_after(cast):
    meeting = meetings.schedule(actor=cast.staff, meeting=draft(cast), version=None, now=NOW)
    run()
    meetings.edit(actor=cast.chair, meeting=meeting, version=None, now=NOW, location="Room 2")
    add_co_chair(cast, cast.secretary)
    meetings.edit(actor=cast.secretary, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4))
    run(NOW + MINUTE)
    assert recipients_of("meeting_changed") == {"chair@example.org", "seated@example.org"}


def test_who_scheduled_a_meeting_is_reminded_of_it_like_the_others(cast):
    meetings.schedule(actor=cast.chair, meeting=draft(cast), version=None, now=NOW - 20 * DAY)
    Meeting.history.update(history_date=NOW - 20 * DAY)
    run(NOW - 20 * DAY)
    run(WEEK_AHEAD)
    assert recipients_of("meeting_ahead") == SEATED


def test_a_change_names_what_is_no_longer_so(cast):
    meeting = meetings.schedule(actor=cast.staff, meeting=draft(cast), version=None, now=NOW)
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, location="Room 1")
    run()
    clear_outbox()
    meetings.edit(
        actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4), location="Room 2"
    )
    run(NOW + MINUTE)
    text = sent()[0].text
    assert "- When: Fri, Dec 4, 10:00–11:30 a.m. PT" in text
    assert "- Was: Thu, Dec 3, 10:00–11:30 a.m. PT" in text
    assert "- Location: Room 2" in text and "- Old location: Room 1" in text
