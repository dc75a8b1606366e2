"""The mails of the days ahead, to look at as they will be received; nothing is stored."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from accounts.models import Person
from mail.display import SanitizedMessage, sanitize_message
from mail.models import Pause
from reminders import guards, wishes
from reminders.delivering.composing import Part, message_of
from reminders.emails import piece_of
from reminders.models import Reminder
from reminders.queries import upcoming
from reminders.rules import NOTICE_KINDS, UNBATCHED_KINDS, WINDOW_AHEAD, Frequency, ReminderKind

A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class UpcomingEmail:
    """One mail that is to come, by the wishes of its receiver: when, to whom, and what it will speak of."""

    key: str
    person: Person
    send_at: dt.datetime
    reminders: list[Reminder]
    is_paused: bool

    @property
    def kind(self) -> str:
        """What it speaks of, in words."""
        return ", ".join(dict.fromkeys(ReminderKind(row.kind).label for row in self.reminders))

    @property
    def day(self) -> dt.date:
        """The day on which it goes, in its receiver's zone."""
        return self.send_at.astimezone(self.person.zone).date()


@dataclass(frozen=True)
class Letter:
    """One mail that is to come with what it says; or why it will not go as things stand."""

    mail: UpcomingEmail
    shown: SanitizedMessage | None
    refusal: str = ""


def upcoming_emails(
    now: dt.datetime, *, person: Person | None = None, ahead: dt.timedelta = A_WEEK
) -> list[UpcomingEmail]:
    """What goes in that time as things stand, the next one first; a mail that is filled till then holds more."""
    rows = [row for row in upcoming(now, ahead) if person is None or row.recipient_id == person.pk]
    chosen = wishes.load({row.recipient_id for row in rows})
    mails: dict[str, list[Reminder]] = {}
    for row in rows:
        mails.setdefault(_mail_key(row, chosen), []).append(row)
    pauses = list(Pause.objects.in_force())
    found = [
        UpcomingEmail(
            key, own[0].recipient, min(row.send_at for row in own), own, all(_is_paused(row, pauses) for row in own)
        )
        for key, own in mails.items()
    ]
    return sorted(found, key=lambda mail: (mail.send_at, mail.person.name, mail.key))


def by_day(mails: Iterable[UpcomingEmail]) -> list[tuple[dt.date, list[tuple[Person, list[UpcomingEmail]]]]]:
    """Mails by the day on which they go, and on each day by person."""
    ordered = sorted(mails, key=lambda mail: (mail.day, mail.person.name, mail.person.pk, mail.send_at))
    return [
        (
            day,
            [(own[0].person, own) for _, group in groupby(rows, key=lambda mail: mail.person.pk) if (own := [*group])],
        )
        for day, rows in groupby(ordered, key=lambda mail: mail.day)
    ]


def read(mail: UpcomingEmail, now: dt.datetime) -> Letter:
    """The mail as its receiver will see it if nothing changes; with what would be left out already left out."""
    parts: list[Part] = []
    refusal = ""
    for row in sorted(mail.reminders, key=lambda row: ReminderKind.values.index(row.kind)):
        subject, reason = guards.check(row, now)
        if subject is None or reason:
            refusal = reason
        else:
            parts.append((row, piece_of(row, subject, now)))
    return Letter(mail, sanitize_message(message_of(parts)), "") if parts else Letter(mail, None, refusal)


def letters(person: Person, now: dt.datetime, most: int) -> list[Letter]:
    """What goes to the person in the next 48 hours, the next one first, as it will be read."""
    return [read(mail, now) for mail in upcoming_emails(now, person=person, ahead=WINDOW_AHEAD)[:most]]


def _mail_key(row: Reminder, chosen: wishes.NotificationPreferences) -> str:
    """What is put in one mail has one key: the day's, unless the kind goes alone or at once."""
    if row.kind in UNBATCHED_KINDS:
        return row.key
    is_notice = row.kind in NOTICE_KINDS
    if is_notice or chosen.pace(row.recipient_id, row.kind) == Frequency.IMMEDIATE:
        return f"at-once:{row.recipient_id}:{is_notice}:{row.send_at.isoformat()}"
    day = row.send_at.astimezone(row.recipient.zone).date()
    return f"day:{row.recipient_id}:{day.isoformat()}"


def _is_paused(row: Reminder, pauses: list[Pause]) -> bool:
    return any(pause.kind in ("", row.kind) and pause.person_id in (None, row.recipient_id) for pause in pauses)
