"""What a person chose applies: frequencies, the weekly cap, quiet hours."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection

from mail.models import Delivery, Suppression
from mail.transport import Outcome, SendResult, Transport
from reminders.models import NotificationSettings, Preference, Reminder
from taskforces.models import Body
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    SEATED,
    WEEK_AHEAD,
    choose_preferences,
    clear_outbox,
    make_item,
    run,
    send_notices,
    sent,
    subjects_to,
)

pytestmark = pytest.mark.django_db


def test_at_once_comes_by_itself_and_weekly_waits_for_monday(cast, three):
    choose_preferences(cast.chair, meeting_ahead="immediate", item_due="weekly")
    run(WEEK_AHEAD)
    # The item of the next day cannot wait for Monday, so it comes in the day's mail; the other one can.
    assert sorted(subjects_to("chair@example.org")) == [
        "Due Fri, Nov 27: Call the counties",
        "Meeting in 7 days: Data task force, Thu, Dec 3, 10:00 a.m. PT",
    ]
    clear_outbox()
    for day in range(1, 4):
        run(WEEK_AHEAD + day * DAY)
    assert not any("Send the list" in subject for subject in subjects_to("chair@example.org"))
    clear_outbox()
    run(MONDAY)
    assert any("Send the list" in mail.text + mail.subject for mail in sent() if mail.to == "chair@example.org")


def test_a_choice_holds_for_what_waits_already(cast, three):
    choose_preferences(cast.chair, item_due="weekly", meeting_ahead="weekly")
    run(WEEK_AHEAD)
    assert subjects_to("chair@example.org") == ["Due Fri, Nov 27: Call the counties"]
    choose_preferences(cast.chair, now=WEEK_AHEAD + HOUR, item_due="immediate", meeting_ahead="off")
    run(WEEK_AHEAD + HOUR + MINUTE)
    assert subjects_to("chair@example.org")[1:] == ["Due Thu, Dec 3: Send the list"]
    off = Reminder.objects.get(recipient=cast.chair, kind="meeting_ahead")
    assert (off.state, off.reason) == ("skipped", "Unsubscribed by this person.")


def test_past_the_cap_things_merge_into_monday_s_mail(cast):
    """Every item is due at its own day; the person wants two mails a week, one thing at a time."""
    for day in range(1, 5):
        make_item(cast, dt.date(2026, 11, 23) + day * DAY, text=f"Thing {day}")
    choose_preferences(cast.chair, item_due="immediate", item_overdue="immediate", weekly_cap=2)
    monday = MONDAY - 7 * DAY
    for hour in range(0, 7 * 24, 4):
        run(monday + hour * HOUR)
    assert len(subjects_to("chair@example.org")) == 2
    week = Reminder.objects.filter(recipient=cast.chair, due_at__lt=MONDAY)
    assert set(week.values_list("state", flat=True)) == {"sent", "merged", "skipped"}
    over = week.filter(state="skipped").values_list("reason", flat=True)
    assert set(over) == {"Weekly email limit reached. It would be too late to send it on Monday."}


def test_by_default_there_is_one_mail_a_day_at_most_and_none_at_night(cast, meeting):
    """Four weeks of ticks every two hours: reminders never come twice a day, nor between 20:00 and 07:00."""
    send_notices(meeting)
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="14 days, 7 days, 3 days, 1 day")
    for number in range(12):
        make_item(cast, dt.date(2026, 11, 20) + number * 2 * DAY, text=f"Thing {number}")
    for hour in range(0, 28 * 24, 6):
        run(NOW + hour * HOUR)
    mails = Delivery.objects.filter(state="sent", person=cast.chair).exclude(kind__in=["meeting_scheduled"])
    local = [row.sent_at.astimezone(cast.chair.zone) for row in mails]
    assert len(local) > 10 and len({moment.date() for moment in local}) == len(local)
    assert all(7 <= moment.hour < 20 for moment in local)
    planned = Reminder.objects.filter(recipient=cast.chair, due_at__lte=NOW + 26 * DAY)
    assert "planned" not in set(planned.values_list("state", flat=True))


def test_a_mail_that_is_tried_again_at_night_waits_for_the_morning(cast, meeting, monkeypatch):
    send_notices(meeting)
    monkeypatch.setattr(Transport, "send", lambda self, envelope: SendResult(Outcome.LATER, "451 later"))
    run(WEEK_AHEAD)
    monkeypatch.undo()
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    run(WEEK_AHEAD + 13 * HOUR)  # 21:00
    assert sent() == []
    row = Delivery.objects.get(kind="meeting_ahead", person=cast.chair)
    assert row.next_attempt_at == WEEK_AHEAD + 23 * HOUR
    run(WEEK_AHEAD + 23 * HOUR)
    assert {mail.to for mail in sent()} == SEATED


def test_a_meeting_in_the_early_morning_is_reminded_of_in_the_evening_before(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    early = dt.datetime(2026, 12, 3, 14, 0, tzinfo=dt.UTC)  # 06:00 in California
    send_notices(factories.MeetingFactory(body=cast.body, starts_at=early))
    run(early - 12 * HOUR)
    assert sent() == []
    run(early - 11 * HOUR)  # 19:00 the evening before
    assert {subject for mail in sent() for subject in [mail.subject]} == {
        "Starting soon: Data task force, tomorrow at 6:00 a.m. PT"
    }
    run(early - HOUR)
    assert len(sent()) == 3


def test_a_meeting_of_which_one_hears_too_late_at_night_is_skipped_with_the_reason(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    early = dt.datetime(2026, 12, 3, 14, 0, tzinfo=dt.UTC)
    send_notices(factories.MeetingFactory(body=cast.body, starts_at=early, scheduled_at=early - 30 * DAY + 2 * HOUR))
    run(early - 10 * HOUR)
    assert sent() == []
    assert set(Reminder.objects.filter(kind="meeting_soon").values_list("state", "reason")) == {
        ("skipped", "Quiet hours. It would be too late to send it at 7:00 a.m.")
    }


def test_the_defaults_are_kept_as_no_rows(cast):
    choose_preferences(cast.chair, item_due="daily", meeting_soon="immediate")
    assert not Preference.objects.exists() and NotificationSettings.objects.get().weekly_cap == 7
    assert not Suppression.objects.exists() and connection.vendor in ("sqlite", "postgresql")
