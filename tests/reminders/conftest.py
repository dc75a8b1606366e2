"""Fixtures and helpers of the reminder tests."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from actionitems.models import ActionItem
from mail.outbox import StoredMessage, list_message_names, read_message
from meetings import operations as meetings
from meetings.models import Meeting
from objectives.models import Strategy
from reminders.models import Reminder
from reminders.operations import PreferenceChoice, Tick, save_preferences, tick
from reminders.schedule import build_plan
from tests import factories
from tests.conftest import NOW

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
PACIFIC = ZoneInfo("America/Los_Angeles")
# The people of the cast who are on the Data task force.
SEATED = {"seated@example.org", "secretary@example.org", "chair@example.org"}
STAFF = {"staff@example.org", "administrator@example.org"}
# Thursday, November 26, 2026, 08:00 in California: seven days before the meeting of the factories.
WEEK_AHEAD = dt.datetime(2026, 11, 26, 16, 0, tzinfo=dt.UTC)
DAY_AHEAD = dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC)
MONDAY = WEEK_AHEAD + 4 * DAY


@pytest.fixture(autouse=True)
def outbox(settings, tmp_path):
    """The folder that this test's emails are stored in."""
    settings.MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    return settings.MAIL_DIR


def sent() -> list[StoredMessage]:
    """The emails of this test, the oldest first."""
    return [mail for mail in map(read_message, reversed(list_message_names())) if mail]


def subjects_by_recipient() -> dict[str, list[str]]:
    """The subjects of this test's emails by address."""
    found: dict[str, list[str]] = {}
    for mail in sent():
        found.setdefault(mail.to, []).append(mail.subject)
    return found


def subjects_to(email: str) -> list[str]:
    return [mail.subject for mail in sent() if mail.to == email]


def clear_outbox() -> None:
    """Empty the outbox."""
    for mail in sent():
        (settings.MAIL_DIR / mail.name).unlink()


def run(now: dt.datetime = NOW) -> Tick:
    """One tick at `now`, as by an operator."""
    return tick(now, by_operator=True)


def send_notices(meeting: Meeting) -> None:
    """Send everyone the notice of the meeting, and empty the outbox."""
    run(meeting.scheduled_at)
    clear_outbox()


def reminder_states(kind: str = "") -> set[tuple[str, str, str]]:
    """Kind, recipient and state of the reminders."""
    rows = Reminder.objects.filter(kind=kind) if kind else Reminder.objects.all()
    return set(rows.values_list("kind", "recipient__email", "state"))


def recipients_of(kind: str) -> set[str]:
    """Who got an email of a kind."""
    rows = Reminder.objects.filter(kind=kind, state__in=["sent", "merged"])
    return set(rows.values_list("recipient__email", flat=True))


def due_times(now: dt.datetime, kind: str) -> set[tuple[str, dt.datetime]]:
    """Recipient and due time of a kind in the plan at `now`."""
    return {(row.recipient.email, row.due_at) for row in build_plan(now).reminders.values() if row.kind == kind}


def planned(now: dt.datetime, kind: str = "") -> set[tuple[str, str, dt.datetime]]:
    """Kind, recipient and due time of the plan at `now`, without the weekly follow-up list."""
    return {
        (row.kind, row.recipient.email, row.due_at)
        for row in build_plan(now).reminders.values()
        if row.kind != "follow_up_list" and kind in ("", row.kind)
    }


def at_eight(day: dt.date, zone: ZoneInfo = PACIFIC) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), tzinfo=zone)


def move(meeting: Meeting, actor, by: dt.timedelta = DAY) -> None:
    """Postpone the meeting."""
    day = meeting.starts_on + by
    meeting.refresh_from_db()
    meetings.edit(actor=actor, meeting=meeting, version=None, now=NOW, starts_on=day)
    meeting.refresh_from_db()


def cancel(meeting: Meeting, actor) -> None:
    meeting.refresh_from_db()
    meetings.cancel(actor=actor, meeting=meeting, version=None, reason="No quorum", now=NOW)


def make_item(cast, due_on: dt.date, *, owner=None, text: str = "Send the list") -> ActionItem:
    """An action item of the chair, created long ago."""
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=None, owner_person=owner or cast.chair, due_on=due_on, text=text
    )
    ActionItem.objects.filter(pk=item.pk).update(created_at=NOW - 100 * DAY)
    return item


def choose_preferences(person, now: dt.datetime = NOW, **values) -> None:
    """Store these frequencies and settings for the person."""
    others = {name: values.pop(name) for name in ("weekly_cap", "away_until", "delegate") if name in values}
    save_preferences(actor=person, choice=PreferenceChoice(values, **others), now=now)


@pytest.fixture
def meeting(cast) -> Meeting:
    """The Data task force meets on Thursday, December 3, 2026, 10:00 a.m. PT; notified on November 1."""
    return factories.MeetingFactory(body=cast.body)


@pytest.fixture
def item(cast) -> ActionItem:
    """An open item of the representative."""
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )
    ActionItem.objects.filter(pk=item.pk).update(created_at=NOW - 60 * DAY)
    return item


@pytest.fixture
def strategy(cast) -> Strategy:
    """A strategy that the representative reports on, started on September 1."""
    strategy = factories.StrategyFactory(
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.representative,
        starts_on=dt.date(2026, 9, 1),
    )
    Strategy.objects.filter(pk=strategy.pk).update(created_at=NOW - 300 * DAY)
    return strategy


@pytest.fixture
def three(cast, meeting) -> Meeting:
    """The chair is due a reminder of a meeting and of two action items at WEEK_AHEAD."""
    send_notices(meeting)
    make_item(cast, dt.date(2026, 11, 27), text="Call the counties")
    make_item(cast, dt.date(2026, 12, 3), text="Send the list")
    return meeting
