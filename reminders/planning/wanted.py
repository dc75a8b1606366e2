"""The reminders that should exist, as they are gathered."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field

from members.models import Person
from reminders import rules, timing
from reminders.audience import Audience
from reminders.models import Reminder
from reminders.rules import NOTICE_KINDS, STAND_IN_KINDS, ReminderKind, ReminderState, key_of
from reminders.wishes import Wishes

# How many reminders are held in memory before they are stored.
_A_BATCH = 2000


@dataclass
class Plan:
    """The reminders that should exist at `now` for what is due in the window; none of them is stored yet.

    With a `sink` they are handed over in batches, so that memory stays bounded; without one, `wanted` holds all.
    """

    now: dt.datetime
    audience: Audience
    wishes: Wishes
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
        speaks_of: str,
        due_at: dt.datetime,
        not_after: dt.datetime,
        moot_at: dt.datetime | None = None,
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
        if kind in STAND_IN_KINDS and (is_away or sends_alternate):
            stand_in = self.audience.stand_in(person, self.wishes, max(due_at, self.now))
            if stand_in is not None:
                recipient, is_stand_in = stand_in, True
        if self.wishes.is_off(recipient.pk, kind) or (sends_alternate and not is_stand_in):
            return
        key = key_of(kind, subject, occasion, offset, recipient.pk)
        if is_stand_in and key in self.wanted:
            return  # told in their own right
        slot = timing.slot(
            due_at=due_at,
            not_after=not_after,
            moot_at=moot_at or not_after,
            pace=self.wishes.pace(recipient.pk, kind),
            zone=recipient.zone,
            now=self.now,
            urgent_at=moot_at if kind in NOTICE_KINDS else None,
        )
        self.wanted[key] = Reminder(
            key=key,
            kind=kind,
            recipient=recipient,
            stands_in_for=person if is_stand_in else None,
            subject_id=subject,
            speaks_of=speaks_of,
            due_at=due_at,
            send_at=slot.send_at or due_at,
            not_after=slot.not_after,
            moot_at=moot_at or not_after,
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
