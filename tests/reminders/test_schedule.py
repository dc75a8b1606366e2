"""The plan as a whole, and the check right before an email is sent."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.rules import MeetingStatus
from members.rules import OrganizationStatus
from reminders.digest import make_deliveries
from reminders.models import Preference, Reminder
from reminders.schedule import build_plan
from reminders.storing import store_plan
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import DAY, WEEK_AHEAD, cancel, move, run, send_notices, subjects_by_recipient

pytestmark = pytest.mark.django_db


def ahead(meeting) -> None:
    """The reminders of the week ahead wait in the mail ledger."""
    send_notices(meeting)
    store_plan(WEEK_AHEAD)
    make_deliveries(WEEK_AHEAD)


def reasons(email: str) -> str:
    reminder = Reminder.objects.get(kind="meeting_ahead", recipient__email=email)
    assert reminder.state == "skipped"
    assert reminder.delivery.state == "skipped"
    return reminder.reason


def deactivate(cast, meeting):
    cast.chair.is_active = False
    cast.chair.save(update_fields=["is_active"])


def end_term(cast, meeting):
    Term.objects.filter(person=cast.chair).update(ended_on=NOW.date())


def go_on_leave(cast, meeting):
    cast.organization.status = OrganizationStatus.ON_LEAVE
    cast.organization.save(update_fields=["status"])


def switch_off(cast, meeting):
    Preference.objects.create(person=cast.chair, kind="meeting_ahead", chosen_at=NOW)


def say_no(cast, meeting):
    meeting.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)


def close_it(cast, meeting):
    meeting.status = MeetingStatus.CLOSED
    meeting.save(update_fields=["status"])


def test_planning_twice_stores_nothing_twice(meeting, item, strategy):
    assert store_plan(WEEK_AHEAD) > 0
    before = Reminder.objects.count()
    assert store_plan(WEEK_AHEAD) == 0
    assert Reminder.objects.count() == before


def test_planning_takes_the_same_queries_for_one_and_for_many(cast, meeting, item, strategy):
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            build_plan(WEEK_AHEAD)
        return len(context)

    send_notices(meeting)
    few = queries()
    for n in range(3):
        factories.MeetingFactory(body=cast.full, title=f"Another {n}")
        factories.ActionItemFactory(body=cast.body, owner_person=cast.chair)
        factories.StrategyFactory(body=cast.body, responsible_person=cast.seated)
    assert queries() == few


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (deactivate, "account is closed"),
        (end_term, "No longer a member"),
        (go_on_leave, "on leave"),
        (switch_off, "Unsubscribed"),
        (say_no, "not attending"),
        (close_it, "no longer scheduled"),
        (lambda cast, meeting: cancel(meeting, cast.staff), "canceled"),
        (lambda cast, meeting: move(meeting, cast.staff, 20 * DAY), "time changed"),
    ],
)
def test_what_changed_since_holds_the_mail_back_with_a_reason(cast, meeting, change, reason):
    ahead(meeting)
    change(cast, meeting)
    run(WEEK_AHEAD)
    assert reason in reasons("chair@example.org")
    assert not any("in 7 days" in subject for subject in subjects_by_recipient().get("chair@example.org", []))


def test_a_reminder_of_something_that_is_gone_is_skipped_and_holds_up_nothing(cast, meeting):
    soon = {"due_at": NOW + DAY, "send_at": NOW + DAY, "created_at": NOW, "subject_version": "0"}
    soon |= dict.fromkeys(("expires_at", "obsolete_at"), NOW + 2 * DAY)
    for kind in ("meeting_ahead", "item_due", "progress_due"):
        Reminder.objects.create(key=kind, kind=kind, recipient=cast.chair, subject_id=10**6, **soon)
    assert run().outcomes["sent"] == 3
    assert set(Reminder.objects.filter(subject_id=10**6).values_list("state", "reason")) == {
        ("skipped", "The subject of this reminder no longer exists.")
    }
