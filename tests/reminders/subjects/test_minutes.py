"""Draft minutes: reminders to who takes them."""

import datetime as dt

import pytest

from meetings import operations as meetings
from meetings.models import Meeting
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from taskforces.models import Term
from taskforces.rules import SeatRole
from tests.conftest import NOW
from tests.reminders.conftest import DAY, at_eight, due_times, recipients_of, run, sent

pytestmark = pytest.mark.django_db


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


def test_draft_minutes_are_asked_for_after_3_and_14_days_of_who_keeps_them(cast, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(status="closed", minutes_status="draft")
    dues = set()
    for day in range(30):
        dues |= due_times(at_eight(meeting.starts_on + day * DAY), "minutes_waiting")
    assert dues == {
        (email, at_eight(dt.date(2026, 12, day)))
        for email in ("chair@example.org", "secretary@example.org")
        for day in (6, 17)
    }
    now = at_eight(dt.date(2026, 12, 6))
    store_plan(now)
    make_deliveries(now)
    run(now)
    assert recipients_of("minutes_waiting") == {"chair@example.org", "secretary@example.org"}
    assert "Minutes to publish: Data task force, Thu, Dec 3" in {mail.subject for mail in sent()}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda meeting: Meeting.objects.update(minutes_status="published"), "The minutes have been published."),
        (
            lambda meeting: Term.objects.filter(seat__role=SeatRole.CHAIR).update(ended_on=NOW.date()),
            "No longer takes the minutes of the Data task force.",
        ),
    ],
)
def test_minutes_that_wait_no_longer_are_not_asked_for(cast, meeting, change, reason):
    Meeting.objects.filter(pk=meeting.pk).update(status="closed", minutes_status="draft")
    now = at_eight(dt.date(2026, 12, 6))
    store_plan(now)
    make_deliveries(now)
    change(meeting)
    run(now)
    row = Reminder.objects.get(kind="minutes_waiting", recipient=cast.chair)
    assert (row.state, row.reason) == ("skipped", reason)
