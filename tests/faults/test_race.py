"""Many at once: each mail once, each reminder once, and no one is turned away by a lock."""

import datetime as dt

import pytest

from actionitems.models import ActionItem
from mail.models import Attempt, Delivery
from reminders.models import Reminder
from tests.conftest import NOW
from tests.faults.conftest import put_many, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SENDERS, ROWS = 8, 2000
PLANNERS, KEYS = 4, 5000


def test_eight_senders_send_each_of_2000_mails_once_and_none_meets_an_error(crew, sink):
    addresses = put_many(ROWS)
    senders = crew("--workers", str(SENDERS))
    senders.wait()
    assert sink.count() == dict.fromkeys(addresses, 1)
    assert states() == {"sent": ROWS}
    assert Attempt.objects.count() == ROWS
    assert set(Delivery.objects.values_list("attempts", "indeterminate_count")) == {(1, 0)}
    assert sum(line["counts"].get("sent", 0) for line in senders.said("ended")) == ROWS
    assert len(senders.said("ended")) == SENDERS and senders.said("error") == []


def test_four_planners_who_plan_the_same_5000_reminders_make_5000(cast, crew):
    due_on = dt.date(2026, 12, 1)
    ActionItem.objects.bulk_create(
        ActionItem(
            body=cast.body,
            text=f"Item {n}",
            owner_organization=cast.organization,
            owner_person=cast.chair,
            due_on=due_on,
        )
        for n in range(KEYS)
    )
    assert ActionItem.objects.update(created_at=NOW - dt.timedelta(days=60)) == KEYS
    morning = dt.datetime(2026, 11, 24, 16, 0, tzinfo=dt.UTC)
    planners = crew("--workers", str(PLANNERS), "--plan", morning.isoformat())
    planners.wait()
    assert len(planners.said("planned")) == PLANNERS and planners.said("error") == []
    assert Reminder.objects.count() == KEYS
    assert set(Reminder.objects.values_list("kind", "recipient__email")) == {("item_due", "chair@example.org")}
