"""A database that is put back to yesterday: what went since comes again once at most, and is the same mail."""

import datetime as dt

import pytest
from django.core.management import call_command
from django.db import connection

from reminders.operations import confirm_clock, tick
from tests import factories
from tests.conftest import NOW
from tests.faults.conftest import copies, repeated, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def test_what_went_since_the_backup_comes_again_once_at_most_under_the_same_message_id(cast, sink):
    people = factories.PersonFactory.create_batch(20)
    for person in people:
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=person)
    factories.MeetingFactory(body=cast.body, scheduled_at=NOW)
    tick(NOW)
    before = sink.count()
    assert len(before) == 23 and set(before.values()) == {1}
    backup = connection.creation.serialize_db_to_string()
    factories.MeetingFactory(body=cast.body, title="Another", starts_at=NOW + 10 * DAY, scheduled_at=NOW + HOUR)
    lost = copies(sink)
    for hours in range(1, 25):
        tick(NOW + hours * HOUR)
    since = len(sink.recipients)
    assert since > 23

    call_command("flush", interactive=False, verbosity=0, inhibit_post_migrate=True)
    connection.creation.deserialize_db_from_string(backup)
    assert states() == {"sent": 23}
    assert lost
