"""What people chose: how often they want what, how much in a week, and who is their delegate while they are away."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Person
from mail.models import Suppression
from reminders.models import NotificationSettings, Preference
from reminders.rules import WEEKLY_CAP, Frequency, policy_of


@dataclass
class NotificationPreferences:
    """The choices of some people, or of all; who chose nothing has the defaults."""

    frequencies: dict[tuple[int, str], str] = field(default_factory=dict)
    settings: dict[int, NotificationSettings] = field(default_factory=dict)
    # People whose address is blocked after bounces, so that nothing is sent there.
    unreachable: frozenset[int] = frozenset()

    def frequency(self, person_id: int, kind: str) -> str:
        return self.frequencies.get((person_id, kind)) or policy_of(kind).default_frequency

    def is_off(self, person_id: int, kind: str) -> bool:
        return self.frequency(person_id, kind) == Frequency.OFF

    def weekly_cap(self, person_id: int) -> int:
        """How many emails a week the person wants at most."""
        settings = self.settings.get(person_id)
        return settings.weekly_cap if settings else WEEKLY_CAP

    def away_until(self, person: Person, moment: dt.datetime) -> dt.date | None:
        """Return the last day of the absence at this moment in the person's zone; None if the person is not away."""
        settings = self.settings.get(person.pk)
        if settings is None or settings.away_until is None:
            return None
        return settings.away_until if moment.astimezone(person.zone).date() <= settings.away_until else None

    def is_absent(self, person: Person, moment: dt.datetime) -> bool:
        """Whether a delegate gets this person's reminders: during an absence, or while their address is blocked."""
        return person.pk in self.unreachable or self.away_until(person, moment) is not None

    def delegate_of(self, person_id: int) -> int | None:
        """Whom the person named as delegate."""
        settings = self.settings.get(person_id)
        return settings.delegate_id if settings else None


def load_preferences(people: Iterable[int] | None = None) -> NotificationPreferences:
    """Return the choices of these people (by default of everyone) and who has a blocked address, in three queries."""
    frequencies, settings = Preference.objects.all(), NotificationSettings.objects.all()
    blocked = Suppression.objects.filter(suppressed_at__isnull=False).values("address")
    unreachable = Person.objects.filter(email__in=blocked)
    if people is not None:
        ids = list(people)
        frequencies, settings = frequencies.filter(person__in=ids), settings.filter(person__in=ids)
        unreachable = unreachable.filter(pk__in=ids)
    return NotificationPreferences(
        {
            (person, kind): frequency
            for person, kind, frequency in frequencies.values_list("person", "kind", "frequency")
        },
        {row.person_id: row for row in settings},
        frozenset(unreachable.values_list("pk", flat=True)),
    )
