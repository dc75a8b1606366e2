"""The records as they stand and as they would be when the rows of a file are written."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import Person
from accounts.permissions import is_administrator
from exchange.cells import InvalidCellError
from exchange.columns import KEY, ORGANIZATION
from exchange.names import OrganizationLookup, standing_names
from exchange.plans import Row
from members import rules
from members.models import Organization, Representation, Sector

# The reason that the history keeps where the file gives none.
REASON = "From a spreadsheet"


@dataclass
class ExistingRecord:
    """A record as it would be: the stored row, if there is one, and where the file says more of it."""

    row: Any
    values: dict[str, Any]
    responded_at: Row | None = None

    def get(self, field: str) -> Any:
        return self.values[field] if field in self.values else getattr(self.row, field, None)


class ImportContext:
    """Organizations by key, people by address and representations by both, read in a fixed number of queries."""

    def __init__(self, actor: Person, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.may_touch_staff = is_administrator(actor)
        organizations = list(Organization.objects.select_related("sector"))
        self.taken_keys = {"add", *(row.key for row in organizations)}
        self.organizations = {row.key: ExistingRecord(row, {}) for row in organizations if row.merged_into_id is None}
        self.names: OrganizationLookup = standing_names()
        self.sectors = {word.casefold(): row for row in Sector.objects.all() for word in (row.slug, row.name)}
        self.people = {row.email: ExistingRecord(row, {}) for row in Person.objects.all()}
        current = Representation.objects.current(today).select_related("person", "organization")
        self.representations = {(row.organization.key, row.person.email): ExistingRecord(row, {}) for row in current}

    def with_rights(self) -> set[tuple[str, str]]:
        """Who would have rights for which organization, as pairs of key and address."""
        return {
            (key, email)
            for (key, email), held in self.representations.items()
            if held.get("kind") in rules.KINDS_WITH_RIGHTS
            and key in self.organizations
            and self.organizations[key].get("status") in rules.STATUSES_WITH_RIGHTS
        }

    def find(self, row: Row) -> str | None:
        """The key of the organization that a row of people or seats names; None where it names none.

        Raises InvalidCellError.
        """
        words = row.cell(KEY) or row.cell(ORGANIZATION)
        key = self.names.find(words) if words else None
        if words and key is None:
            raise InvalidCellError(
                f"{ORGANIZATION}: no “{words}” here. Add it to the organizations, or write its key or name."
            )
        return key

    def unique_key(self, values: Mapping[str, Any]) -> str:
        """A key that neither a record nor the file holds."""
        return rules.unique_key(str(values.get("acronym") or values["name"]), self.taken_keys)
