import datetime as dt

import pytest
from django.conf import settings

from mail.outbox import StoredMessage, list_message_names, read_message
from meetings.models import Meeting
from reminders.models import Reminder
from reminders.operations import Tick, tick
from tests import factories
from tests.conftest import NOW

# The people of the cast who sit on the Data task force.
SEATED = {"seated@example.org", "secretary@example.org", "chair@example.org"}
# 2026-11-26 08:00 in California: seven days before the meeting of the factories.
WEEK_AHEAD = dt.datetime(2026, 11, 26, 16, 0, tzinfo=dt.UTC)
DAY_AHEAD = dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    """The folder that this test's mails go to."""
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    return settings.MAIL_DIR


def sent() -> list[StoredMessage]:
    """The mails of this test, the oldest first."""
    return [mail for mail in map(read_message, reversed(list_message_names())) if mail]


def run(now: dt.datetime = NOW) -> Tick:
    """One tick at `now`, on the test's word."""
    return tick(now, by_operator=True)


def told(meeting: Meeting) -> None:
    """Everybody has got the notice of the meeting, and the outbox is empty again."""
    run(meeting.scheduled_at)
    forget()


def forget() -> None:
    """Empty the outbox."""
    for mail in sent():
        (settings.MAIL_DIR / mail.name).unlink()


def ledger(kind: str = "") -> set[tuple[str, str, str]]:
    """Kind, recipient and state of the reminders."""
    rows = Reminder.objects.filter(kind=kind) if kind else Reminder.objects.all()
    return set(rows.values_list("kind", "recipient__email", "state"))


@pytest.fixture
def meeting(cast):
    """The Data task force meets on Thursday, December 3, 2026, 10:00 a.m. PT; noticed on November 1."""
    return factories.MeetingFactory(body=cast.body)
