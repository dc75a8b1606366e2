"""What each type of follow-up provides: how its cases are found, and what a reminder sent by staff says."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django.utils.functional import Promise

from accounts.models import Person
from reminders.audience import Audience
from reminders.emails import EmailSection

# The kind of the email that staff send about a follow-up.
FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Recipient:
    """Who gets a reminder about a follow-up: a name, an address, and the person where the portal has them."""

    name: str
    address: str
    person: Person | None = None
    is_blocked: bool = False


@dataclass(frozen=True)
class FollowUpData:
    """What all types read from: the audience, and the addresses that are blocked after bounces."""

    now: dt.datetime
    today: dt.date
    audience: Audience
    blocked: frozenset[str]

    def recipients(self, people: Iterable[Person]) -> "list[Recipient]":
        """Return the active people as recipients, each once."""
        unique = {person.pk: person for person in people if person.is_active}
        return [Recipient(row.name, row.email, row, row.email in self.blocked) for row in unique.values()]

    def representatives(self, organization_id: int | None, *kinds: str, exclude: int | None = None) -> list[Person]:
        """Return the organization's representatives of the first of `kinds` that it has, except person `exclude`."""
        by_kind = self.audience.representatives.get(organization_id or 0, {})
        for kind in kinds:
            found = [self.audience.people[pk] for pk in by_kind.get(kind, ()) if pk != exclude]
            if found:
                return found
        return []


@dataclass(frozen=True)
class FollowUp:
    """One case: what it is, its facts, the staff's own page for it, and who would get a reminder."""

    type: "FollowUpType"
    pk: int
    title: str
    facts: str
    url: str
    recipients: list[Recipient] = field(default_factory=list)
    subject: Any = None

    @property
    def ref(self) -> str:
        return f"{self.type.slug}:{self.pk}"

    @property
    def reachable(self) -> list[Recipient]:
        return [recipient for recipient in self.recipients if not recipient.is_blocked]


class FollowUpType(ABC):
    """One type of case that staff follow up; the slug is part of addresses."""

    slug: ClassVar[str]
    label: ClassVar[str | Promise]

    @abstractmethod
    def find(self, data: FollowUpData) -> list[FollowUp]:
        """All cases of this type, the one that waits longest first, in a fixed number of queries."""

    @abstractmethod
    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        """Return the section of the email that reminds one recipient."""
