"""Action items: reminders before, on and after the due date, then to the chair."""

import datetime as dt

import pytest

from members.rules import OrganizationStatus, RepresentationKind
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import DAY, HOUR, at_eight, planned, run, subjects_by_recipient

pytestmark = pytest.mark.django_db


def test_an_item_is_reminded_of_before_on_and_after_its_day_and_then_its_chair_is_told_once(item):
    said = {}
    for day in (-14, -8, -7, -6, -2, -1, 0, 1, 6, 7, 8, 13, 14, 21, 28, 34, 35, 36, 42):
        now = at_eight(item.due_on + day * DAY)
        store_plan(now)
        said[day] = {(kind, email) for kind, email, due_at in planned(now) if due_at == now}
    assert {day: what for day, what in said.items() if what} == {
        **{day: {("item_due", "representative@example.org")} for day in (-7, -1, 0)},
        **{day: {("item_overdue", "representative@example.org")} for day in (7, 14, 21, 28)},
        35: {("item_escalated", "chair@example.org")},
    }
    assert Reminder.objects.count() == 8


@pytest.mark.parametrize("status", ["done", "canceled"])
def test_a_finished_item_says_nothing(item, status):
    item.status = status
    item.done_on = item.due_on if status == "done" else None
    item.save(update_fields=["status", "done_on"])
    assert planned(at_eight(item.due_on)) == set()


def test_an_item_of_an_organization_goes_to_its_primary_else_its_alternates_else_the_chair(cast, item):
    item.owner_person = None
    item.save(update_fields=["owner_person"])
    now = at_eight(item.due_on)
    assert {email for _, email, _ in planned(now)} == {"primary@example.org"}
    cast.organization.representations.filter(kind=RepresentationKind.PRIMARY).update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(now)} == {"alternate@example.org"}
    cast.organization.representations.filter(kind=RepresentationKind.ALTERNATE).update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(now)} == {"chair@example.org"}
    cast.organization.status = OrganizationStatus.ON_LEAVE
    cast.organization.save(update_fields=["status"])
    assert planned(now) == set()


def test_an_item_whose_person_has_left_goes_to_who_speaks_for_the_organization(cast, item):
    cast.representative.representations.update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(at_eight(item.due_on))} == {"primary@example.org"}


def test_a_chair_who_owns_the_item_is_not_told_of_it_as_chair(cast, item):
    item.owner_person = cast.chair
    item.save(update_fields=["owner_person"])
    assert planned(at_eight(item.due_on + 35 * DAY)) == set()


def test_a_moment_that_passed_before_the_item_was_made_is_not_made_up(item):
    type(item).objects.filter(pk=item.pk).update(created_at=at_eight(item.due_on - DAY) + HOUR)
    assert planned(at_eight(item.due_on - DAY) + 2 * HOUR) == {
        ("item_due", "representative@example.org", at_eight(item.due_on))
    }


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"status": "done", "done_on": dt.date(2026, 12, 1)}, "The item is no longer open: Done."),
        ({"due_on": dt.date(2026, 12, 20)}, "The due date of the item has changed."),
        ({"owner_person": None}, "The owner of the item has changed."),
    ],
)
def test_an_item_that_changed_holds_its_reminder_back(cast, values, reason):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )
    type(item).objects.filter(pk=item.pk).update(created_at=NOW - 10 * DAY)
    morning = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)
    store_plan(morning)
    make_deliveries(morning)
    type(item).objects.filter(pk=item.pk).update(**values)
    run(morning)
    reminder = Reminder.objects.get(recipient=cast.representative)
    assert reminder.state == "skipped" and reminder.reason == reason
    assert "representative@example.org" not in subjects_by_recipient()
