"""Emails before they are sent, as their recipients would see them: of a run now, of the coming days, of one delivery.

Nothing is stored. All previews compose emails as sending does.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from mail.display import SanitizedMessage, sanitize_message
from mail.messages import Message, Wait
from mail.models import Delivery, Pause, Suppression
from mail.sending import claimable
from reminders.composing import check_parts, compose, render_error
from reminders.digest import Batching, batching_of, make_deliveries
from reminders.models import Reminder
from reminders.preferences import NotificationPreferences, load_preferences
from reminders.queries import upcoming_reminders
from reminders.rules import ONE_WEEK, WINDOW_AHEAD, ReminderKind
from reminders.storing import store_plan

BLOCKED_ADDRESS = _("This address is blocked after bounces.")


@dataclass(frozen=True)
class EmailPreview:
    """An email as its recipient would see it; or, without a message, why it would not be sent."""

    message: Message | None
    skip_reason: str = ""

    @cached_property
    def sanitized(self) -> SanitizedMessage | None:
        """The message for staff to read."""
        return sanitize_message(self.message) if self.message else None


@dataclass(frozen=True)
class UpcomingEmail:
    """One email that is to be sent by the preferences of its recipient: when, to whom, and of which reminders."""

    key: str
    person: Person
    send_at: dt.datetime
    reminders: list[Reminder]
    is_paused: bool

    @property
    def kind(self) -> str:
        """The labels of what it is about."""
        return ", ".join(dict.fromkeys(str(ReminderKind(row.kind).label) for row in self.reminders))

    @property
    def day(self) -> dt.date:
        """The day on which it is sent, in its recipient's zone."""
        return self.send_at.astimezone(self.person.zone).date()


# A run now ----------------------------------------------------------------------------------------


def simulate_run(now: dt.datetime, *, limit: int | None = None) -> list[tuple[Delivery, EmailPreview]]:
    """Dry run: run the scheduler in a transaction, compose at most `limit` emails that it would send, and roll back."""
    with transaction.atomic():
        store_plan(now)
        make_deliveries(now)
        rows = list(claimable(now).select_related("person").order_by("next_attempt_at", "pk")[:limit])
        previews = _compose_all(rows, now)
        transaction.set_rollback(True)
    return list(zip(rows, previews, strict=True))


def preview_delivery(delivery: Delivery, now: dt.datetime) -> EmailPreview:
    """One email of the delivery log as it would be composed at `now`."""
    with transaction.atomic():
        (preview,) = _compose_all([delivery], now)
        transaction.set_rollback(True)
    return preview


def _compose_all(rows: list[Delivery], now: dt.datetime) -> list[EmailPreview]:
    addresses = [row.address for row in rows]
    suppressed = Suppression.objects.filter(address__in=addresses, suppressed_at__isnull=False)
    blocked = set(suppressed.values_list("address", flat=True))
    return [EmailPreview(None, str(BLOCKED_ADDRESS)) if row.address in blocked else _compose(row, now) for row in rows]


def _compose(row: Delivery, now: dt.datetime) -> EmailPreview:
    try:
        with transaction.atomic():
            result = compose(row, now)
    except Exception as error:  # what cannot be rendered is shown like everything else that would not be sent
        return _failed(error)
    if isinstance(result, Wait):
        return EmailPreview(None, result.reason)
    return EmailPreview(result) if isinstance(result, Message) else EmailPreview(None, result.reason)


def _failed(error: Exception) -> EmailPreview:
    return EmailPreview(None, render_error(error))


# The coming days ----------------------------------------------------------------------------------


def upcoming_emails(
    now: dt.datetime, *, person: Person | None = None, ahead: dt.timedelta = ONE_WEEK
) -> list[UpcomingEmail]:
    """Return the emails to be sent within `ahead` as known now, the next one first.

    More reminders may be added to an email before it is sent.
    """
    rows = [row for row in upcoming_reminders(now, ahead) if person is None or row.recipient_id == person.pk]
    preferences = load_preferences({row.recipient_id for row in rows})
    emails: dict[str, list[Reminder]] = {}
    for row in rows:
        emails.setdefault(_email_key(row, preferences), []).append(row)
    pauses = list(Pause.objects.in_force())
    found = [
        UpcomingEmail(
            key=key,
            person=own[0].recipient,
            send_at=min(row.send_at for row in own),
            reminders=own,
            is_paused=all(_is_paused(row, pauses) for row in own),
        )
        for key, own in emails.items()
    ]
    return sorted(found, key=lambda email: (email.send_at, email.person.name, email.key))


def group_by_day(emails: Iterable[UpcomingEmail]) -> list[tuple[dt.date, list[tuple[Person, list[UpcomingEmail]]]]]:
    """Emails by the day on which they are sent, and on each day by person."""
    ordered = sorted(emails, key=lambda email: (email.day, email.person.name, email.person.pk, email.send_at))
    return [
        (
            day,
            [(own[0].person, own) for _, group in groupby(rows, key=lambda row: row.person.pk) if (own := [*group])],
        )
        for day, rows in groupby(ordered, key=lambda email: email.day)
    ]


def preview_email(email: UpcomingEmail, now: dt.datetime) -> EmailPreview:
    """Return the preview of an upcoming email with current data, without the reminders that would be left out."""
    composition = check_parts(email.reminders, now)
    message = composition.message()
    if message is None and composition.failed:
        return _failed(composition.failed[-1][1])
    return EmailPreview(message, "" if message else composition.skip_reason)


def email_previews(person: Person, now: dt.datetime, limit: int) -> list[tuple[UpcomingEmail, EmailPreview]]:
    """Return the emails to the person in the next 48 hours with their previews, the next one first.

    Returns at most `limit` emails.
    """
    emails = upcoming_emails(now, person=person, ahead=WINDOW_AHEAD)[:limit]
    return [(email, preview_email(email, now)) for email in emails]


def _email_key(row: Reminder, preferences: NotificationPreferences) -> str:
    """Return the key of the email that contains the reminder; reminders sent in one email have the same key."""
    batching = batching_of(row, preferences)
    if batching is Batching.ALONE:
        return row.key
    if batching is Batching.DAILY:
        day = row.send_at.astimezone(row.recipient.zone).date()
        return f"day:{row.recipient_id}:{day.isoformat()}"
    is_notice = batching is Batching.WITH_NOTICES
    return f"immediate:{row.recipient_id}:{is_notice}:{row.send_at.isoformat()}"


def _is_paused(row: Reminder, pauses: list[Pause]) -> bool:
    return any(pause.kind in ("", row.kind) and pause.person_id in (None, row.recipient_id) for pause in pauses)
