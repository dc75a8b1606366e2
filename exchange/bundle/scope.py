"""What an export is about: an organization, a body, a period, or two of these together."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from core.dates import format_date
from members.models import Organization
from taskforces.models import Body


@dataclass(frozen=True)
class Scope:
    """What is asked for. Drafts are no records yet and are never in it.

    Raises ValueError when it names nothing.
    """

    organization: Organization | None = None
    body: Body | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    with_contact: bool = False

    def __post_init__(self) -> None:
        if not (self.organization or self.body or self.starts_on or self.ends_on):
            raise ValueError("Name an organization, a body or a period.")

    def say(self, today: dt.date) -> str:
        """The scope in words: "Department of Examples, from Jan 1 to Mar 31"."""
        parts = [record.title if isinstance(record, Body) else record.name for record in self.records]
        period = [
            f"{word} {format_date(day, today)}" for word, day in (("from", self.starts_on), ("to", self.ends_on)) if day
        ]
        return ", ".join([*parts, " ".join(period)] if period else parts)

    @property
    def records(self) -> list[Organization | Body]:
        return [record for record in (self.organization, self.body) if record]

    @property
    def word(self) -> str:
        """A word for the name of the file."""
        days = [day.isoformat() for day in (self.starts_on, self.ends_on) if day]
        return "-".join([*(key for key in self._keys()), *days])

    def _keys(self) -> list[str]:
        return [record.slug if isinstance(record, Body) else record.key for record in self.records]

    def within(self, first: str, last: str = "") -> Q:
        """The condition that a row lies in the period, whose first and last day (the same unless given) are fields.

        A row whose last day is empty goes on.
        """
        last = last or first
        condition = Q()
        if self.starts_on:
            after = Q(**{f"{last}__gte": self.starts_on})
            condition &= after if last == first else after | Q(**{f"{last}__isnull": True})
        if self.ends_on:
            condition &= Q(**{f"{first}__lte": self.ends_on})
        return condition
