"""The plan: the reminders that should exist, as the subjects add them."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import Person
from reminders import rules, timing
from reminders.audience import Audience, load_audience
from reminders.delegation import find_delegate
from reminders.models import Reminder
from reminders.preferences import NotificationPreferences, load_preferences
from reminders.rules import ReminderKind, ReminderState, policy_of, reminder_key

# How many reminders are held in memory before they are stored.
_BATCH_SIZE = 2000
_A_DATE = dt.timedelta(days=1)


@dataclass
class ReminderPlan:
    """The reminders that should exist at `now` for what is due in the window; none of them is stored yet.

    With a `sink` they are passed on in batches, so that memory stays bounded; without one, `reminders` holds all, by
    key.
    """

    now: dt.datetime
    audience: Audience = field(default_factory=load_audience)
    preferences: NotificationPreferences = field(default_factory=load_preferences)
    reminders: dict[str, Reminder] = field(default_factory=dict)
    sink: Callable[[dict[str, Reminder]], None] | None = None
    ahead: dt.timedelta = rules.WINDOW_AHEAD

    def add_reminder(
        self,
        kind: ReminderKind,
        person: Person,
        *,
        subject: int,
        occasion: str,
        offset: str,
        subject_version: str,
        due_at: dt.datetime,
        expires_at: dt.datetime,
        obsolete_at: dt.datetime | None = None,
        sends_alternate: bool = False,
        recipient: Person | None = None,
    ) -> None:
        """Add a reminder for a person, or for their delegate, unless one of them switched the kind off.

        `sends_alternate`: the person does not attend and sends someone, so that it is for the delegate alone.
        `recipient` is who gets it, where the caller has decided that.
        """
        if self.preferences.is_off(person.pk, kind):
            return
        policy, recipient = policy_of(kind), recipient or person
        if policy.is_delegated:
            recipient = self.delegate_of(person, due_at, sends_alternate=sends_alternate) or recipient
        is_delegate = recipient != person
        if self.preferences.is_off(recipient.pk, kind) or (sends_alternate and not is_delegate):
            return
        key = reminder_key(kind, subject, occasion, offset, recipient.pk)
        if is_delegate and key in self.reminders:
            return  # already reminded in their own right
        obsolete_at = obsolete_at or expires_at
        slot = timing.find_slot(
            due_at=due_at,
            expires_at=expires_at,
            obsolete_at=obsolete_at,
            frequency=self.preferences.frequency(recipient.pk, kind),
            zone=recipient.zone,
            now=self.now,
            urgent_at=obsolete_at if policy.is_notice else None,
        )
        self.reminders[key] = Reminder(
            key=key,
            kind=kind,
            recipient=recipient,
            delegated_from=person if is_delegate else None,
            subject_id=subject,
            subject_version=subject_version,
            due_at=due_at,
            send_at=slot.send_at or due_at,
            expires_at=slot.expires_at,
            obsolete_at=obsolete_at,
            state=ReminderState.PLANNED if slot.send_at else ReminderState.SKIPPED,
            reason=slot.reason,
            created_at=self.now,
        )
        if self.sink and len(self.reminders) >= _BATCH_SIZE:
            self.flush()

    def delegate_of(self, person: Person, moment: dt.datetime, *, sends_alternate: bool = False) -> Person | None:
        """Return who gets a person's reminders at a moment in their place, or None; what is past counts as now."""
        moment = max(moment, self.now)
        return find_delegate(person, moment, self.audience, self.preferences, sends_alternate=sends_alternate)

    def flush(self) -> None:
        """Pass on what was gathered, where there is a sink."""
        if self.sink and self.reminders:
            self.sink(self.reminders)
            self.reminders = {}

    def in_window(self, due_at: dt.datetime) -> bool:
        return self.now - rules.WINDOW_BACK <= due_at <= self.now + self.ahead

    @property
    def days(self) -> tuple[dt.date, dt.date]:
        """The first and last date that may be in the window somewhere, with a day to spare for the world's zones."""
        return (self.now - rules.WINDOW_BACK).date() - _A_DATE, (self.now + self.ahead).date() + _A_DATE
