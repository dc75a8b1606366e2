"""Delivery problems: reported to staff once a day at most."""

import datetime as dt

import pytest

from accounts.rules import PortalRole
from mail.models import CircuitBreaker, Delivery, Suppression
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from tests.reminders.conftest import DAY, HOUR, MINUTE, STAFF, at_eight, clear_outbox, run, sent

pytestmark = pytest.mark.django_db


def failed(at: dt.datetime, **values) -> Delivery:
    row = {"key": f"k{at}", "kind": "invitation", "address": "a@example.org", "message_id": f"<{at}@x>"}
    times = dict.fromkeys(("created_at", "deliver_after", "expires_at", "next_attempt_at", "ended_at"), at)
    return Delivery.objects.create(state="failed", subject="You are invited", **row, **times, **values)


def test_staff_are_told_once_a_day_at_most_of_mail_that_failed(cast):
    evening = at_eight(dt.date(2026, 12, 2)) + 8 * HOUR
    failed(evening)
    for minutes in range(0, 24 * 60, 30):
        run(evening + minutes * MINUTE)
    assert {mail.to for mail in sent()} == STAFF and len(sent()) == 2
    assert "1 email delivery problem" in sent()[0].subject
    assert "You are invited, to a@example.org" in " ".join(sent()[0].text.split())
    clear_outbox()
    for minutes in range(24 * 60, 48 * 60, 30):
        run(evening + minutes * MINUTE)
    assert sent() == []  # nothing new
    failed(evening + 48 * HOUR)
    for hour in range(48, 72):
        run(evening + hour * HOUR)
    assert len(sent()) == 2


def test_staff_are_told_of_addresses_that_get_no_more_mail_and_of_a_server_that_takes_none(cast):
    now = at_eight(dt.date(2026, 12, 2))
    Suppression.objects.create(address="gone@example.org", bounces=2, first_at=now, suppressed_at=now - HOUR)
    run(now)
    assert "Blocked: gone@example.org" in sent()[0].text
    clear_outbox()
    CircuitBreaker.objects.create(pk=1, opened_at=now + 20 * HOUR, open_until=now + 21 * HOUR)
    run(now + DAY)
    assert "Not accepting email since 4:00 a.m. PT" in sent()[0].text


def test_what_was_sent_again_meanwhile_or_who_left_the_staff_holds_it_back(cast):
    now = at_eight(dt.date(2026, 12, 2))
    row = failed(now - HOUR)
    store_plan(now)
    make_deliveries(now)
    cast.administrator.portal_role = PortalRole.NONE
    cast.administrator.save(update_fields=["portal_role"])
    Delivery.objects.filter(pk=row.pk).update(state="sent")
    run(now)
    assert set(Reminder.objects.values_list("recipient__email", "state", "reason")) == {
        ("staff@example.org", "skipped", "The problems were resolved or already reported."),
        ("administrator@example.org", "skipped", "No longer a member of staff."),
    }
