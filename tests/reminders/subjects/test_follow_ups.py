"""Monday's mail for staff."""

import datetime as dt

import pytest

from reminders.models import Preference, Reminder
from reminders.subjects import follow_ups
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import clear_outbox, run, sent

pytestmark = pytest.mark.django_db
# Monday, November 23, 2026, 08:00 in California.
MONDAY = dt.datetime(2026, 11, 23, 16, 0, tzinfo=dt.UTC)
STAFF = {"staff@example.org", "administrator@example.org"}


@pytest.fixture
def vacant(cast):
    return factories.SeatFactory(body=cast.body, organization=cast.other_organization)


def lists() -> set[str]:
    return {mail.to for mail in sent() if "1 follow-up for Mon, Nov 23" in mail.subject}


def test_the_staff_get_it_on_monday_morning_and_once(cast, vacant):
    run(MONDAY - dt.timedelta(minutes=1))
    assert lists() == set()
    run(MONDAY)
    assert lists() == STAFF
    (mail,) = [mail for mail in sent() if mail.to == "staff@example.org"]
    assert "Vacant seats: 1" in mail.text and "Vacant seats: Member, Data task force" in mail.text
    assert "http://portal.test/staff/follow-ups/" in mail.text
    clear_outbox()
    for hours in (1, 25, 49):
        run(MONDAY + dt.timedelta(hours=hours))
    assert lists() == set()


def test_without_anything_to_chase_there_is_no_mail(cast):
    run(MONDAY)
    assert sent() == [] and not Reminder.objects.filter(kind="follow_up_list").exists()


def test_what_was_settled_before_monday_is_not_told(cast, vacant):
    run(NOW)
    assert Reminder.objects.filter(kind="follow_up_list", state="planned").count() == 2
    factories.TermFactory(seat=vacant, person=cast.other_primary)
    run(MONDAY)
    assert lists() == set()
    assert set(Reminder.objects.filter(kind="follow_up_list").values_list("state", "reason")) == {
        ("skipped", "Nothing needs a follow-up.")
    }


def test_who_of_the_staff_switched_it_off_gets_none(cast, vacant):
    Preference.objects.create(person=cast.staff, kind="follow_up_list", frequency="off", chosen_at=NOW)
    run(MONDAY)
    assert lists() == {"administrator@example.org"}
    page = cast.client("staff").get("/reminders/").content.decode()
    assert (
        'name="follow_up_list"' in page
        and 'name="follow_up_list"' not in cast.client("chair").get("/reminders/").content.decode()
    )


@pytest.fixture
def searches(monkeypatch):
    """The moments at which the planner looked for follow-ups."""
    real, found = follow_ups.has_follow_ups, []

    def search(now, audience):
        found.append(now)
        return real(now, audience)

    monkeypatch.setattr(follow_ups, "has_follow_ups", search)
    return found


def test_follow_ups_are_searched_once_a_week(cast, vacant, searches):
    for hours in range(-48, 25):
        run(MONDAY + dt.timedelta(hours=hours))
    assert searches == [MONDAY - dt.timedelta(hours=48)]
    assert {mail.to for mail in sent()} == STAFF and len(sent()) == 2


def test_a_list_is_planned_after_a_monday_without_a_tick(cast, vacant, searches):
    run(MONDAY - dt.timedelta(hours=49))
    run(MONDAY + dt.timedelta(hours=23))
    assert searches == [MONDAY + dt.timedelta(hours=23)]
    assert lists() == STAFF


def test_who_joins_the_staff_later_gets_the_list_too(cast, vacant, searches):
    run(MONDAY - dt.timedelta(hours=47))
    cast.other_primary.portal_role = "staff"
    cast.other_primary.save(update_fields=["portal_role"])
    run(MONDAY - dt.timedelta(hours=46))
    run(MONDAY)
    assert len(searches) == 2
    assert {mail.to for mail in sent()} == STAFF | {"other_primary@example.org"}


def test_on_other_days_there_is_none(cast, vacant):
    for days in range(2, 5):
        run(MONDAY + dt.timedelta(days=days))
    assert not Reminder.objects.filter(kind="follow_up_list").exists()
