"""Organizations as rows of a spreadsheet: their columns, and how a row is parsed, matched, written, and exported."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from exchange.cells import InvalidCellError, future_date_message, invalid_choice, with_heading
from exchange.columns import KEY, ORGANIZATION, FieldColumn, changes_of_new, field_columns, parse_row
from exchange.context import CHANGE_REASON, ExistingRecord, ImportContext
from exchange.plans import PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from members import operations, rules
from members.forms.organizations import ORGANIZATION_FIELDS
from members.models import Organization, Sector
from members.rules import OrganizationStatus

EXAMPLE_NAME = "Name of the organization"
_SINCE, _STATUS = "Status since", "Status"
# The fields of the organization form, and the status, which has its own form.
COLUMNS = field_columns(
    Organization,
    [*ORGANIZATION_FIELDS, "status", "status_since_on", "status_reason"],
    name={
        "heading": ORGANIZATION,
        "aliases": ("organization name", "agency", "agency name", "member organization", "department"),
        "example": EXAMPLE_NAME,
    },
    acronym={"aliases": ("abbreviation", "short name"), "example": "DOEX"},
    sector={"example": "state agency"},
    jurisdiction={"example": "California"},
    region={"example": "Statewide"},
    participation={"aliases": ("membership", "membership type"), "example": "Workgroup member"},
    website={"aliases": ("web site", "url", "web address"), "example": "https://www.example.org"},
    work={
        "heading": "What it does",
        "aliases": ("description", "role in the field"),
        "example": "One or two sentences for the public.",
    },
    is_public={"example": "yes"},
    status={"example": "Active"},
    status_since_on={"heading": _SINCE, "example": "2026-01-01"},
)
KEY_COLUMN = FieldColumn(Organization, "key", KEY, aliases=("organization key",))


@dataclass(frozen=True)
class AddOrganization:
    """Add an organization with these values."""

    values: dict[str, Any]


@dataclass(frozen=True)
class EditOrganization:
    """Save these values of an organization, and then change its status if `status_change` is given."""

    row: Organization
    values: dict[str, Any]
    status_change: dict[str, Any] | None


class OrganizationRecords(RecordType):
    """Organizations, matched by key, name, acronym, or former name."""

    sheet = "Organizations"
    columns = (KEY_COLUMN, *COLUMNS)
    identified_by = frozenset({KEY, ORGANIZATION})

    def plan(self, rows: Iterable[Row], context: ImportContext) -> Iterator[PlannedRow | None]:
        """Yield the planned result of each row, or None for a row without data or new data of an organization."""
        parsers = {"sector": lambda text: _parse_sector(text, context)}
        for row in rows:
            own = [row.cell(heading) for heading in self.header]
            is_example = row.cell(ORGANIZATION) == EXAMPLE_NAME
            yield _plan_organization(row, context, parsers) if any(own) and not is_example else None

    @transaction.atomic
    def write(self, *, actor: Person, actions: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Add the new organizations at once, and edit the changed ones by the version that was compared."""
        new = [action.values for action in actions if isinstance(action, AddOrganization)]
        operations.add_organizations(actor=actor, rows=new, reason=CHANGE_REASON)
        for action in actions:
            if isinstance(action, EditOrganization):
                current = operations.edit_organization(
                    actor=actor, organization=action.row, version=action.row.version, today=today, **action.values
                )
                if action.status_change:
                    operations.change_status(
                        actor=actor,
                        organization=current,
                        version=current.version,
                        now=now,
                        today=today,
                        **action.status_change,
                    )

    def rows(self, organizations: Iterable[Organization]) -> Iterator[list[str]]:
        """Yield the cells of each organization in the order of the header."""
        for row in organizations:
            yield [column.cell(row) for column in self.columns]


ORGANIZATIONS = OrganizationRecords()


def _parse_sector(text: str, context: ImportContext) -> Sector:
    try:
        return context.sectors[text.casefold()]
    except KeyError:
        raise invalid_choice(text, sorted({sector.name for sector in context.sectors.values()})) from None


def _plan_organization(
    row: Row, context: ImportContext, parsers: Mapping[str, Callable[[str], Any]]
) -> PlannedRow | None:
    planned = PlannedRow(row, row.cell(ORGANIZATION) or row.cell(KEY))
    try:
        key = _find_key(row, context)
    except InvalidCellError as error:
        return planned.reject(str(error))
    existing = context.organizations.get(key) if key else None
    values, changes, reasons = parse_row(row, COLUMNS, existing.row if existing else None, parsers)
    if existing and existing.row and row.cell(ORGANIZATION).casefold() == existing.row.acronym.casefold() != "":
        # The name column holds the acronym, which only identifies the organization: it isn't a new name.
        values.pop("name", None)
        changes = [change for change in changes if change.label != ORGANIZATION]
    if existing and existing.source_row:
        return _plan_repeated_row(planned, existing, existing.source_row, values, reasons)
    if existing is None:
        return _plan_new_organization(planned, key, values, reasons, context)
    planned.title = existing.row.name
    status_change = _take_status_change(existing.row, values, reasons, context.today)
    if reasons:
        return planned.reject(*reasons)
    existing.source_row = row
    if changes:
        planned.status, planned.changes = RowStatus.CHANGED, changes
        planned.actions = [EditOrganization(existing.row, dict(values), status_change)]
    existing.values = {**values, **(status_change or {})}
    return planned


def _find_key(row: Row, context: ImportContext) -> str | None:
    """Return the key of an existing organization, the key to give a new one, or None to make one from its name.

    Raise InvalidCellError.
    """
    key, name = row.cell(KEY), row.cell(ORGANIZATION)
    if not key:
        if not name:
            raise InvalidCellError(with_heading(ORGANIZATION, _("Enter the name of the organization.")))
        return context.names.find(name)
    if key in context.organizations:
        return key
    if key in context.taken_keys:
        message = _("“%(key)s” is reserved or was merged into another organization. Remove the row.")
        raise InvalidCellError(with_heading(KEY, message % {"key": key}))
    try:
        Organization._meta.get_field("key").run_validators(key)
    except ValidationError as error:
        raise InvalidCellError(with_heading(KEY, " ".join(error.messages))) from error
    other = context.names.find(name) if name else None
    if other:
        message = _("%(name)s already has the key “%(key)s”. Enter that key, or use a different name.")
        raise InvalidCellError(message % {"name": name, "key": other})
    return key


def _plan_new_organization(
    planned: PlannedRow, key: str | None, values: dict[str, Any], reasons: list[str], context: ImportContext
) -> PlannedRow:
    reasons += [
        with_heading(column.heading, _("This is required for a new organization."))
        for column in COLUMNS
        if column.name in ("name", "sector") and column.name not in values and not planned.row.cell(column.heading)
    ]
    values.setdefault("status", OrganizationStatus.ACTIVE)
    if values.get("status_since_on") is None:
        values["status_since_on"] = context.today
    reasons += _future_date_reasons(values["status_since_on"], context.today)
    if reasons:
        return planned.reject(*reasons)
    values["key"] = key or context.unique_key(values)
    context.taken_keys.add(values["key"])
    context.names.add(values["key"], values["name"], values.get("acronym", ""))
    context.organizations[values["key"]] = ExistingRecord(None, values, planned.row)
    planned.status = RowStatus.NEW
    planned.changes = changes_of_new(COLUMNS, values)
    planned.actions = [AddOrganization(values)]
    return planned


def _future_date_reasons(since: dt.date | None, today: dt.date) -> list[str]:
    if since is None or since <= today:
        return []
    return [with_heading(_SINCE, future_date_message())]


def _take_status_change(
    row: Organization, values: dict[str, Any], reasons: list[str], today: dt.date
) -> dict[str, Any] | None:
    """Remove the change of status from `values` and return it. Add what forbids it to `reasons`."""
    reasons += _future_date_reasons(values.get("status_since_on"), today)
    if "status" not in values:
        return None
    status = values.pop("status")
    if not rules.can_transition(row.status, status):
        message = _("The status can't change from %(old)s to %(new)s. Enter another status.")
        old, new = row.get_status_display(), OrganizationStatus(status).label
        reasons.append(with_heading(_STATUS, message % {"old": old, "new": new}))
    return {
        "status": status,
        "since_on": values.pop("status_since_on", None) or today,
        "reason": values.pop("status_reason", "") or CHANGE_REASON,
    }


def _plan_repeated_row(
    planned: PlannedRow, existing: ExistingRecord, first: Row, values: dict[str, Any], reasons: list[str]
) -> PlannedRow | None:
    """Return a rejected row if it differs from the `first` row about the same organization, else None."""
    if existing.conflicts_with(values):
        message = _("Row %(row)d has different data for the same organization. Make the two rows match.")
        reasons = [*reasons, message % {"row": first.number}]
    return planned.reject(*reasons) if reasons else None
