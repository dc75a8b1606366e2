"""Whose address refuses mail is not forgotten: the alternate gets what is theirs, and is told why."""

import datetime as dt

import pytest

from mail.bounces import Bounce, record_bounce
from mail.models import Delivery, Suppression
from mail.outbox import StoredMessage
from reminders.models import Reminder
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import run, sent

pytestmark = pytest.mark.django_db
MORNING = dt.datetime(2026, 11, 23, 16, 30, tzinfo=dt.UTC)


@pytest.fixture
def item(cast):
    item = factories.ActionItemFactory(
        body=cast.body,
        owner_organization=cast.organization,
        owner_person=cast.seated,
        due_on=TODAY + dt.timedelta(days=2),
    )
    type(item).objects.filter(pk=item.pk).update(created_at=NOW - dt.timedelta(days=30))
    return item


def about(item) -> list[StoredMessage]:
    """The mails about the item, without what staff get on a Monday."""
    return [mail for mail in sent() if item.text in mail.text]


def refuse(address: str) -> None:
    Suppression.objects.create(address=address, bounces=2, first_at=NOW, suppressed_at=NOW)


def test_the_alternate_gets_it_with_the_reason_and_nothing_to_press_in_the_other_s_name(cast, item):
    refuse("seated@example.org")
    run(MORNING)
    (mail,) = about(item)
    text = " ".join(mail.text.split())
    assert mail.to == "alternate@example.org" and "You're covering for The seated." in text
    assert "we can't deliver email to The seated and you're their delegate." in text
    assert "/answer/" not in mail.text


def test_with_an_address_that_works_it_goes_to_the_person_again(cast, item):
    refuse("seated@example.org")
    Suppression.objects.update(suppressed_at=None)
    run(MORNING)
    assert [mail.to for mail in about(item)] == ["seated@example.org"]


def test_an_alternate_whom_no_mail_reaches_either_is_not_asked(cast, item):
    for name in ("seated", "alternate"):
        refuse(f"{name}@example.org")
    run(MORNING)
    assert about(item) == []
    due = Reminder.objects.filter(kind="item_due", due_at__lte=MORNING)
    assert list(due.values_list("recipient__email", "state")) == [("seated@example.org", "failed")]


def test_what_waited_when_the_address_failed_goes_to_the_alternate(cast, item):
    run(NOW)
    assert {row.recipient for row in Reminder.objects.all()} == {cast.seated}
    refuse("seated@example.org")
    run(MORNING)
    assert [mail.to for mail in about(item)] == ["alternate@example.org"]


def test_a_reminder_whose_mail_came_back_later_has_failed_with_the_reason(cast, item):
    run(MORNING)
    row = Delivery.objects.get(person=cast.seated, kind="item_due")
    assert set(Reminder.objects.filter(delivery=row).values_list("state", flat=True)) == {"sent"}
    record_bounce(Bounce(row.address, "5.1.1 no such user", True, row.message_id), MORNING + dt.timedelta(hours=1))
    run(MORNING + dt.timedelta(hours=2))
    assert set(Reminder.objects.filter(delivery=row).values_list("state", "reason")) == {
        ("failed", "Bounced: 5.1.1 no such user")
    }
