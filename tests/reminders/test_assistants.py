"""Copies for an assistant."""

import pytest

from mail.models import Delivery
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from tests.conftest import NOW
from tests.reminders.conftest import WEEK_AHEAD, run, send_notices, sent, subjects_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def assisted(cast):
    type(cast.chair).objects.filter(pk=cast.chair.pk).update(assistant_email="assistant@example.org")
    cast.chair.refresh_from_db()


def test_an_assistant_gets_copies_with_the_entry_and_nothing_to_act_by(cast, assisted, meeting):
    run()
    run(WEEK_AHEAD)
    copies = [mail for mail in sent() if mail.to == "assistant@example.org"]
    assert [mail.subject for mail in copies] == [
        "Copy for The chair: New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT",
        "Copy for The chair: Meeting in 7 days: Data task force, Thu, Dec 3, 10:00 a.m. PT",
    ]
    assert copies[0].calendar_method == "REQUEST"
    for mail in copies:
        headers = {name for name, _ in mail.headers}
        assert "/answer/" not in mail.text + mail.html and "/reminders/" not in mail.text + mail.html
        assert "List-Unsubscribe" not in headers
        assert "named you as their assistant" in " ".join(mail.text.split())
    assert {row.key for row in Delivery.objects.filter(address="assistant@example.org")} == {
        f"{row.key}:copy" for row in Delivery.objects.filter(address="chair@example.org")
    }


def test_a_copy_of_a_merged_mail_says_the_same_things(cast, assisted, three):
    run(WEEK_AHEAD)
    (copy,) = [mail for mail in sent() if mail.to == "assistant@example.org"]
    assert "Call the counties" in copy.text and "Send the list" in copy.text
    assert copy.subject.startswith("Copy for The chair: ")
    assert "To The chair: You have 3 items" in copy.text and "wait for you" not in copy.text
    assert Reminder.objects.filter(recipient=cast.chair, state="merged").count() == 3


def test_a_copy_holds_to_the_same_guard(cast, assisted, meeting):
    send_notices(meeting)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)
    meeting.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)
    run(WEEK_AHEAD)
    assert subjects_to("assistant@example.org") == []
    states = Delivery.objects.filter(person=cast.chair, kind="meeting_ahead").values_list("state", flat=True)
    assert set(states) == {"skipped"} and len(states) == 2
