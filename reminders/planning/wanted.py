"""The reminders that should exist, as they are gathered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.models import Person
from reminders import rules, timing
from reminders.audience import Audience
from reminders.models import Reminder
from reminders.rules import DELEGATED_KINDS, NOTICE_KINDS, ReminderKind, ReminderState, key_of
from reminders.wishes import NotificationPreferences

# How many reminders are held in memory before they are stored.
_A_BATCH = 2000


@dataclass
class Plan:
    """The reminders that should exist at `now` for what is due in the window; none of them is stored yet.

    With a `sink` they are handed over in batches, so that memory stays bounded; without one, `wanted` holds all.
    """

    now: dt.datetime
    audience: Audience
    wishes: NotificationPreferences
    wanted: dict[str, Reminder] = field(default_factory=dict)
    sink: Callable[[dict[str, Reminder]], None] | None = None
    ahead: dt.timedelta = rules.WINDOW_AHEAD

    def want(
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
        reader: Person | None = None,
    ) -> None:
        """Note that a person, or who stands in for them, should be told this; unless one of them wants none of it.

        `sends_alternate`: the person does not come and sends somebody, so that it is for the stand-in alone.
        `reader` is who is told, where the caller knows that.
        """
        if self.wishes.is_off(person.pk, kind):
            return
        recipient = reader or person
        is_stand_in = recipient != person
        is_away = self.wishes.is_absent(person, max(due_at, self.now))
        if kind in DELEGATED_KINDS and (is_away or sends_alternate):
            delegate = self.audience.delegate(person, self.wishes, max(due_at, self.now))
            if delegate is not None:
                recipient, is_stand_in = delegate, True
        if self.wishes.is_off(recipient.pk, kind) or (sends_alternate and not is_stand_in):
            return
        key = key_of(kind, subject, occasion, offset, recipient.pk)
        if is_stand_in and key in self.wanted:
            return  # told in their own right
        slot = timing.slot(
            due_at=due_at,
            expires_at=expires_at,
            obsolete_at=obsolete_at or expires_at,
            pace=self.wishes.pace(recipient.pk, kind),
            zone=recipient.zone,
            now=self.now,
            urgent_at=obsolete_at if kind in NOTICE_KINDS else None,
        )
        self.wanted[key] = Reminder(
            key=key,
            kind=kind,
            recipient=recipient,
            delegated_from=person if is_stand_in else None,
            subject_id=subject,
            subject_version=subject_version,
            due_at=due_at,
            send_at=slot.send_at or due_at,
            expires_at=slot.expires_at,
            obsolete_at=obsolete_at or expires_at,
            state=ReminderState.PLANNED if slot.send_at else ReminderState.SKIPPED,
            reason=slot.reason,
            created_at=self.now,
        )
        if self.sink and len(self.wanted) >= _A_BATCH:
            self.flush()

    def flush(self) -> None:
        """Hand over what was gathered, where somebody takes it."""
        if self.sink and self.wanted:
            self.sink(self.wanted)
            self.wanted = {}

    def in_window(self, due_at: dt.datetime) -> bool:
        return self.now - rules.WINDOW_BACK <= due_at <= self.now + self.ahead
