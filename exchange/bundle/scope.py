"""The scope of a records export: an organization, a body, a period, or a combination of them."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from members.models import Organization
from taskforces.models import Body


@dataclass(frozen=True)
class Scope:
    """What to export. Drafts are not records yet and are never included.

    Raises ValueError, with a message for the user, if it has no organization, body, or period.
    """

    organization: Organization | None = None
    body: Body | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    with_contact: bool = False

    def __post_init__(self) -> None:
        if not (self.organization or self.body or self.starts_on or self.ends_on):
            raise ValueError(_("Choose an organization, a body, or a period."))

    def describe(self) -> str:
        """Return the scope as text, such as "Department of Examples, from Jan 1, 2026 to Mar 31, 2026"."""
        parts = [record.title if isinstance(record, Body) else record.name for record in self.records]
        return ", ".join([*parts, *filter(None, [self._describe_period()])])

    def _describe_period(self) -> str:
        start, end = (date_format(day) if day else "" for day in (self.starts_on, self.ends_on))
        if start and end:
            return _("from %(start)s to %(end)s") % {"start": start, "end": end}
        if start:
            return _("from %(start)s") % {"start": start}
        return _("until %(end)s") % {"end": end} if end else ""

    @property
    def records(self) -> list[Organization | Body]:
        """The organization and the body, without those that are not set."""
        return [record for record in (self.organization, self.body) if record]

    @property
    def slug(self) -> str:
        """The part of the file name that identifies the scope."""
        keys = [record.slug if isinstance(record, Body) else record.key for record in self.records]
        return "-".join([*keys, *(day.isoformat() for day in (self.starts_on, self.ends_on) if day)])

    def within(self, first: str, last: str = "") -> Q:
        """Return the condition that a row overlaps the period, by the fields of its first and last day.

        `last` is the same field as `first` unless it is given. A row without a last day has not ended.
        """
        last = last or first
        condition = Q()
        if self.starts_on:
            after = Q(**{f"{last}__gte": self.starts_on})
            condition &= after if last == first else after | Q(**{f"{last}__isnull": True})
        if self.ends_on:
            condition &= Q(**{f"{first}__lte": self.ends_on})
        return condition
