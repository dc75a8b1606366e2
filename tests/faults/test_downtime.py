"""A year in which nothing ticked, and then an operator who says that the clock is right."""

import datetime as dt
from collections import Counter

import pytest

from actionitems.models import ActionItem
from mail.models import Delivery
from reminders.models import Heartbeat, Reminder
from reminders.operations import confirm_clock, tick
from tests import factories
from tests.conftest import NOW
from tests.faults.conftest import states

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
YEAR = 365 * DAY
PEOPLE = 200


def world(body) -> set[str]:
    """People with promises and meetings throughout the year, and with one of each tomorrow."""
    people = factories.PersonFactory.create_batch(PEOPLE)
    for number, person in enumerate(people):
        factories.TermFactory(seat=factories.SeatFactory(body=body, organization=None), person=person)
        mine = {"body": body, "owner_organization": None, "owner_person": person}
        for months in range(1, 6):
            factories.ActionItemFactory(due_on=(NOW - months * 61 * DAY).date(), text=f"Past {number}", **mine)
        factories.ActionItemFactory(due_on=(NOW + DAY).date(), text=f"Ahead {number}", **mine)
    for weeks in range(-50, 0, 2):
        factories.MeetingFactory(body=body, title="Past", starts_at=NOW + dt.timedelta(weeks=weeks))
    factories.MeetingFactory(body=body, title="Ahead", starts_at=NOW + DAY, scheduled_at=NOW - 2 * YEAR)
    ActionItem.objects.update(created_at=NOW - 2 * YEAR)
    return {person.email for person in people}


def test_after_a_year_each_of_200_people_gets_one_mail_about_what_is_ahead_50_a_minute_and_then_none(cast, sink):
    addresses = world(cast.full)
    Heartbeat.objects.create(pk=1, beat_at=NOW - YEAR)
    for minutes in range(3):
        assert tick(NOW + minutes * MINUTE).held
    assert sink.recipients == [] and states() == {}
    confirm_clock(actor=cast.staff, now=NOW)
    a_minute = []
    for minutes in range(20):
        before = len(sink.recipients)
        tick(NOW + minutes * MINUTE)
        a_minute.append(len(sink.recipients) - before)
    assert max(a_minute) <= 50
    got = Counter(address for address in sink.recipients if address in addresses)
    print("mails in each minute", a_minute)
    assert got == dict.fromkeys(addresses, 1)
    assert a_minute[-10:] == [0] * 10
    for mail in sink.mails:
        assert "Past" not in mail["Subject"] + mail.get_body(("plain",)).get_content()
    assert not Reminder.objects.filter(due_at__lt=NOW - DAY).exists()
    assert not Delivery.objects.filter(state__in=("pending", "retry", "claimed")).exists()
