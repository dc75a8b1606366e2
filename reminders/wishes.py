"""What people chose: how often they want what, how much in a week, and who stands in while no mail reaches them."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Person
from mail.models import Suppression
from reminders.models import NotificationSettings, Preference
from reminders.rules import WEEKLY_CAP, Frequency, default_frequency


@dataclass
class NotificationPreferences:
    """The choices of some people, or of all; who chose nothing has the defaults."""

    paces: dict[tuple[int, str], str] = field(default_factory=dict)
    others: dict[int, NotificationSettings] = field(default_factory=dict)
    # Whose address refuses mail, so that nothing goes there.
    unreachable: frozenset[int] = frozenset()

    def pace(self, person_id: int, kind: str) -> str:
        return self.paces.get((person_id, kind)) or default_frequency(kind)

    def is_off(self, person_id: int, kind: str) -> bool:
        return self.pace(person_id, kind) == Frequency.OFF

    def cap(self, person_id: int) -> int:
        """How many mails a week the person wants at most."""
        wish = self.others.get(person_id)
        return wish.weekly_cap if wish else WEEKLY_CAP

    def away_until(self, person: Person, moment: dt.datetime) -> dt.date | None:
        """The last day of an absence that holds at the moment in the person's zone; None when there is none."""
        wish = self.others.get(person.pk)
        if wish is None or wish.away_until is None or moment.astimezone(person.zone).date() > wish.away_until:
            return None
        return wish.away_until

    def is_absent(self, person: Person, moment: dt.datetime) -> bool:
        """Whether another gets this person's reminders: during an absence, or while their address refuses mail."""
        return person.pk in self.unreachable or self.away_until(person, moment) is not None

    def delegate_of(self, person_id: int) -> int | None:
        """Whom the person named to stand in."""
        wish = self.others.get(person_id)
        return wish.delegate_id if wish else None


def load(people: Iterable[int] | None = None) -> NotificationPreferences:
    """The choices of these people (of all unless given), and whom mail reaches, in three queries."""
    paces, others = Preference.objects.all(), NotificationSettings.objects.all()
    refusing = Suppression.objects.filter(suppressed_at__isnull=False).values("address")
    unreachable = Person.objects.filter(email__in=refusing)
    if people is not None:
        ids = list(people)
        paces, others = paces.filter(person__in=ids), others.filter(person__in=ids)
        unreachable = unreachable.filter(pk__in=ids)
    return NotificationPreferences(
        {(person, kind): pace for person, kind, pace in paces.values_list("person", "kind", "pace")},
        {wish.person_id: wish for wish in others},
        frozenset(unreachable.values_list("pk", flat=True)),
    )
