"""The current records, and what they will be after the rows of a file are written."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import is_administrator
from exchange.cells import InvalidCellError, with_heading
from exchange.columns import KEY, ORGANIZATION
from exchange.names import OrganizationLookup, load_organization_lookup
from exchange.plans import Row
from members import rules
from members.models import Organization, Representation, Sector

# The change reason in the history of a record if the file gives none.
CHANGE_REASON = "Spreadsheet import"


@dataclass
class ExistingRecord:
    """A record as it will be after the import.

    `row` is the stored record, or None for a new one; `values` are the fields that the import changes; `source_row`
    is the row of the file that it comes from, if any.
    """

    row: Any
    values: dict[str, Any]
    source_row: Row | None = None

    def get(self, field: str) -> Any:
        """Return the value of a field after the import."""
        return self.values[field] if field in self.values else getattr(self.row, field, None)

    def conflicts_with(self, values: Mapping[str, Any]) -> bool:
        """Return whether one of these values differs from the record. Empty values are ignored."""
        return any(value and value != self.get(field) for field, value in values.items())


class ImportContext:
    """Organizations by key, people by email, and representations by both, loaded in a fixed number of queries."""

    def __init__(self, actor: Person, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.can_edit_staff = is_administrator(actor)
        organizations = list(Organization.objects.select_related("sector"))
        self.taken_keys = {"add", *(row.key for row in organizations)}
        self.organizations = {row.key: ExistingRecord(row, {}) for row in organizations if row.merged_into_id is None}
        self.names: OrganizationLookup = load_organization_lookup()
        self.sectors = {text.casefold(): row for row in Sector.objects.all() for text in (row.slug, row.name)}
        self.people = {row.email: ExistingRecord(row, {}) for row in Person.objects.all()}
        current = Representation.objects.current(today).select_related("person", "organization")
        self.representations = {(row.organization.key, row.person.email): ExistingRecord(row, {}) for row in current}

    def representatives_with_rights(self) -> set[tuple[str, str]]:
        """Return the pairs of organization key and email of everyone who will have rights for an organization."""
        return {
            (key, email)
            for (key, email), existing in self.representations.items()
            if existing.get("kind") in rules.KINDS_WITH_RIGHTS
            and key in self.organizations
            and self.organizations[key].get("status") in rules.STATUSES_WITH_RIGHTS
        }

    def find_organization(self, row: Row) -> str | None:
        """Return the key of the organization that the row names, or None if it names none. Raise InvalidCellError."""
        text = row.cell(KEY) or row.cell(ORGANIZATION)
        key = self.names.find(text) if text else None
        if text and key is None:
            message = _("There is no organization “%(name)s”. Enter its key or name, or add it to the organizations.")
            raise InvalidCellError(with_heading(ORGANIZATION, message % {"name": text}))
        return key

    def unique_key(self, values: Mapping[str, Any]) -> str:
        """Return a key that no record and no row of the file has."""
        return rules.unique_key(str(values.get("acronym") or values["name"]), self.taken_keys)
