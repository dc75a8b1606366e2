"""Progress updates: due by the reporting frequency, and late."""

import datetime as dt

import pytest

from objectives.rules import UpdateState
from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from taskforces.models import Term
from taskforces.rules import SeatRole
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import DAY, at_eight, planned, run, sent, subjects_by_recipient

pytestmark = pytest.mark.django_db


def progress_days(first: dt.date, last: dt.date) -> dict[dt.date, set[tuple[str, str]]]:
    found = {}
    while first <= last:
        now = at_eight(first)
        what = {(kind, email) for kind, email, due_at in planned(now) if due_at == now}
        if what:
            found[first] = what
        first += DAY
    return found


def test_progress_is_due_a_rhythm_after_the_start_and_then_after_each_word(cast, strategy):
    own, chair = ("progress_due", "representative@example.org"), ("progress_late", "chair@example.org")
    due = dt.date(2026, 9, 1) + 91 * DAY
    expected = {due - 7 * DAY: {own}, due: {own}, due + 7 * DAY: {chair}}
    assert progress_days(due - 8 * DAY, due + 15 * DAY) == expected
    factories.ProgressUpdateFactory(strategy=strategy, author=cast.seated, reported_on=dt.date(2026, 11, 1))
    assert progress_days(due - DAY, due) == {due: {own}}  # a draft says nothing
    word = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.chair, reported_on=dt.date(2026, 11, 1), state=UpdateState.SUBMITTED
    )
    due = dt.date(2026, 11, 1) + 91 * DAY
    assert set(progress_days(due - 8 * DAY, due + 8 * DAY)) == {due - 7 * DAY, due, due + 7 * DAY}
    word.confirmed_on = dt.date(2026, 11, 20)
    word.save(update_fields=["confirmed_on"])
    assert set(progress_days(due + 11 * DAY, due + 20 * DAY)) == {due + 12 * DAY, due + 19 * DAY}


def test_progress_that_nobody_answers_for_is_the_chair_s(cast, strategy):
    strategy.responsible_person = None
    strategy.save(update_fields=["responsible_person"])
    due = dt.date(2026, 9, 1) + 91 * DAY
    assert progress_days(due - 8 * DAY, due) == {
        due - 7 * DAY: {("progress_due", "chair@example.org")},
        due: {("progress_due", "chair@example.org")},
    }
    Term.objects.filter(person=cast.chair).update(ended_on=NOW.date())
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization, role=SeatRole.CO_CHAIR)
    factories.TermFactory(seat=seat, person=cast.primary)
    assert progress_days(due, due) == {due: {("progress_due", "primary@example.org")}}


def test_what_is_done_or_closed_owes_no_word(cast, strategy):
    due = dt.date(2026, 9, 1) + 91 * DAY
    word = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.chair, reported_on=dt.date(2026, 9, 1), state="submitted", status="done"
    )
    assert progress_days(due, due) == {}
    word.status = "on_track"
    word.save(update_fields=["status"])
    assert progress_days(due, due)
    strategy.closed_on = due
    strategy.save(update_fields=["closed_on"])
    assert progress_days(due, due) == {}


def test_items_and_progress_go_to_who_owes_them(cast):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.alternate
    )
    strategy = factories.StrategyFactory(
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.representative,
        starts_on=item.due_on - 91 * DAY,
    )
    for row in (item, strategy):
        type(row).objects.filter(pk=row.pk).update(created_at=NOW - 100 * DAY)
    run(dt.datetime(2026, 12, 3, 16, 30, tzinfo=dt.UTC))
    assert subjects_by_recipient() == {
        "alternate@example.org": [f"Due Thu, Dec 10: {item.text}"],
        "representative@example.org": [f"Progress update due Thu, Dec 10: {strategy.title}"],
    }


def test_progress_that_was_said_holds_its_reminder_back(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, responsible_person=cast.seated, starts_on=dt.date(2026, 9, 10), reporting_frequency="quarterly"
    )
    type(strategy).objects.filter(pk=strategy.pk).update(created_at=NOW - 100 * DAY)
    morning = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)
    assert store_plan(morning) == 1
    make_deliveries(morning)
    factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.seated, state="submitted", reported_on=dt.date(2026, 12, 2)
    )
    run(morning)
    assert Reminder.objects.get().reason == "Progress was already reported."
    assert sent() == []
