"""The reminders that should exist, as they are gathered."""

import datetime as dt
from dataclasses import dataclass, field

from members.models import Person
from reminders import rules
from reminders.audience import Audience
from reminders.models import Reminder
from reminders.rules import ReminderKind, key_of


@dataclass
class Plan:
    """The reminders that should exist at `now` for what is due in the window; none of them is stored yet."""

    now: dt.datetime
    audience: Audience
    off: set[tuple[int, str]]
    wanted: dict[str, Reminder] = field(default_factory=dict)

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
    ) -> None:
        if (person.pk, kind) in self.off:
            return
        key = key_of(kind, subject, occasion, offset, person.pk)
        self.wanted[key] = Reminder(
            key=key,
            kind=kind,
            recipient=person,
            subject_id=subject,
            speaks_of=speaks_of,
            due_at=due_at,
            send_at=due_at,
            not_after=not_after,
            moot_at=moot_at or not_after,
            created_at=self.now,
        )

    def in_window(self, due_at: dt.datetime) -> bool:
        return self.now - rules.WINDOW_BACK <= due_at <= self.now + rules.WINDOW_AHEAD
