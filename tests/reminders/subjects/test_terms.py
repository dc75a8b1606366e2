"""Terms near or past their planned end."""

import datetime as dt

import pytest

from reminders.digest import make_deliveries
from reminders.models import Reminder
from reminders.storing import store_plan
from taskforces.models import Term
from tests.conftest import NOW
from tests.reminders.conftest import DAY, STAFF, at_eight, due_times, run, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def term(cast):
    term = Term.objects.get(person=cast.seated)
    Term.objects.filter(pk=term.pk).update(planned_end_on=dt.date(2027, 1, 31), created_at=NOW - 300 * DAY)
    term.refresh_from_db()
    return term


def test_a_term_that_ends_is_told_to_its_person_chair_and_staff_and_once_past_to_the_latter(cast, term):
    keepers = {"chair@example.org"} | STAFF
    end = dt.date(2027, 1, 31)
    for kind, expected in (
        (
            "term_ending",
            {end - 60 * DAY: keepers | {"seated@example.org"}, end - 14 * DAY: keepers | {"seated@example.org"}},
        ),
        ("term_past", {end + DAY: keepers}),
    ):
        found: dict[dt.date, set[str]] = {}
        for day in range(-70, 20):
            now = at_eight(end + day * DAY)
            who = {email for email, due in due_times(now, kind) if due == now}
            if who:
                found[end + day * DAY] = who
        assert found == expected
    run(at_eight(end - 14 * DAY))
    said = {mail.to: mail.subject for mail in sent()}
    assert said["seated@example.org"] == "Your term ends Sun, Jan 31: Data task force"
    assert said["chair@example.org"] == "The seated's term ends Sun, Jan 31: Data task force"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ended_on": NOW.date()}, "The term has ended."),
        ({"planned_end_on": dt.date(2029, 1, 31)}, "The end of the term has changed."),
    ],
)
def test_a_term_that_was_renewed_or_ended_is_not_told_of(cast, term, values, reason):
    now = at_eight(dt.date(2027, 1, 17))
    store_plan(now)
    make_deliveries(now)
    Term.objects.filter(pk=term.pk).update(**values)
    run(now)
    rows = Reminder.objects.filter(kind="term_ending")
    assert set(rows.values_list("state", "reason")) == {("skipped", reason)}
