"""A database that is put back to yesterday: what went since comes again once at most, and is the same mail."""

import datetime as dt

import pytest
from django.apps import apps
from django.core import serializers
from django.db import connection

from reminders.operations import tick
from tests import factories
from tests.conftest import NOW
from tests.databases import empty_tables
from tests.faults.conftest import copies, states

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def back_up() -> str:
    """Every row of the database, as JSON."""
    models = [model for model in apps.get_models() if model._meta.can_migrate(connection)]
    return serializers.serialize("json", (row for model in models for row in model._base_manager.order_by("pk")))


def test_what_went_since_the_backup_comes_again_once_at_most_under_the_same_message_id(cast, sink):
    for person in factories.PersonFactory.create_batch(20):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=person)
        item = factories.ActionItemFactory(
            body=cast.body, owner_organization=None, owner_person=person, due_on=NOW.date() + 2 * DAY
        )
        type(item).objects.filter(pk=item.pk).update(created_at=NOW - 9 * DAY)
    factories.MeetingFactory(body=cast.body, scheduled_at=NOW)
    tick(NOW)
    before = len(sink.recipients)
    assert before == 23
    backup = back_up()
    for hours in range(1, 25):
        tick(NOW + hours * HOUR)
    since = len(sink.recipients) - before
    assert since == 20  # each person's item, due tomorrow

    empty_tables()
    connection.creation.deserialize_db_from_string(backup)
    assert states() == {"sent": before}
    for hours in range(24, 48):
        tick(NOW + hours * HOUR)
    again = copies(sink)
    ids = {address: [message_id for message_id, _ in mails] for address, mails in again.items()}
    for address, mails in ids.items():
        once_more = [message_id for message_id in set(mails) if mails.count(message_id) > 1]
        assert all(mails.count(message_id) == 2 for message_id in once_more), address
    repeated = sum(len(mails) - len(set(mails)) for mails in ids.values())
    print("repeated", repeated, "of", since)
    assert 0 < repeated <= since
