import datetime as dt

import pytest

from actionitems.operations import complete
from reminders.models import Reminder
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import run

pytestmark = pytest.mark.django_db
URL = "/staff/reminders/rows/"


def test_a_reminder_that_never_became_a_mail_says_why(cast):
    item = factories.ActionItemFactory(
        body=cast.body,
        owner_organization=cast.organization,
        owner_person=cast.seated,
        due_on=TODAY + dt.timedelta(days=8),
    )
    factories.ActionItemFactory.reset_sequence()
    item.created_at = NOW - dt.timedelta(days=30)
    item.save(update_fields=["created_at"])
    run(NOW)
    assert Reminder.objects.filter(kind="item_due", state="planned").count() == 1
    complete(actor=cast.seated, item=item, today=TODAY)
    run(NOW + dt.timedelta(minutes=1))
    client = cast.client("staff")
    page = client.get(URL).content.decode()
    assert "The item is no longer open: Done." in page and "The seated" in page and "Skipped" in page
    assert "View email" not in page

    def shown(**query: str) -> int:
        return len(client.get(URL, query).context["page"])

    assert shown(kind="item_due") == shown(state="skipped") == shown(q="The seated") == 1
    assert shown(kind="meeting_ahead") == shown(state="sent") == shown(q="unknown") == 0
    assert "No reminders found" in client.get(URL, {"q": "unknown"}).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries(cast, meeting, rows, django_assert_num_queries):
    run(meeting.scheduled_at)
    Reminder.objects.exclude(pk__in=list(Reminder.objects.values_list("pk", flat=True)[:rows])).delete()
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(5):
        assert len(client.get(URL).context["page"]) == rows
