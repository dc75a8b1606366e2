"""Organizations as rows of a spreadsheet: their columns, and how a row is read, matched, written and exported."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Person
from exchange.cells import InvalidCellError
from exchange.columns import KEY, ORGANIZATION, FieldColumn, changes_of_new, field_columns, read_row
from exchange.context import REASON, ExistingRecord, ImportContext
from exchange.plans import PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from members import operations, rules
from members.forms.organizations import ORGANIZATION_FIELDS
from members.models import Organization, Sector
from members.rules import OrganizationStatus

EXAMPLE_NAME = "Name of the organization"
_SINCE = "Status since"
# The record as its form has it, and its status, which has a form of its own.
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
    values: dict[str, Any]


@dataclass(frozen=True)
class EditOrganization:
    row: Organization
    values: dict[str, Any]
    move: dict[str, Any] | None


class OrganizationRecords(RecordType):
    sheet = "Organizations"
    columns = (KEY_COLUMN, *COLUMNS)
    identified_by = frozenset({KEY, ORGANIZATION})

    def plan(self, rows: Iterable[Row], outlook: ImportContext) -> Iterator[PlannedRow | None]:
        """One for each row; None for a row that says nothing, or nothing new, of an organization."""
        readers = {"sector": lambda text: _sector(text, outlook)}
        for row in rows:
            own = [row.cell(heading) for heading in self.header]
            is_example = row.cell(ORGANIZATION) == EXAMPLE_NAME
            yield _plan_organization(row, outlook, readers) if any(own) and not is_example else None

    @transaction.atomic
    def write(self, *, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Write the new ones at once and the changed ones one by one, each compared with the row that was seen."""
        new = [act.values for act in acts if isinstance(act, AddOrganization)]
        operations.add_organizations(actor=actor, rows=new, reason=REASON)
        for act in acts:
            if isinstance(act, EditOrganization):
                current = operations.edit_organization(
                    actor=actor, organization=act.row, version=act.row.version, today=today, **act.values
                )
                if act.move:
                    operations.change_status(
                        actor=actor, organization=current, version=current.version, now=now, today=today, **act.move
                    )

    def rows(self, organizations: Iterable[Organization]) -> Iterator[list[str]]:
        """The cells of each organization under the header."""
        for row in organizations:
            yield [column.cell(row) for column in self.columns]


ORGANIZATIONS = OrganizationRecords()


def _sector(text: str, outlook: ImportContext) -> Sector:
    try:
        return outlook.sectors[text.casefold()]
    except KeyError:
        names = sorted({sector.name for sector in outlook.sectors.values()})
        raise InvalidCellError(f"“{text}” is none of: {', '.join(names)}.") from None


def _plan_organization(
    row: Row, outlook: ImportContext, readers: Mapping[str, Callable[[str], Any]]
) -> PlannedRow | None:
    planned = PlannedRow(row, row.cell(ORGANIZATION) or row.cell(KEY))
    try:
        key = _key_of(row, outlook)
    except InvalidCellError as wrong:
        return planned.refuse(str(wrong))
    held = outlook.organizations.get(key) if key else None
    values, changes, reasons = read_row(row, COLUMNS, held.row if held else None, readers)
    if held and held.row and row.cell(ORGANIZATION).casefold() == held.row.acronym.casefold() != "":
        # The acronym was written for the name, by which it was found.
        values.pop("name", None)
        changes = [change for change in changes if change.label != ORGANIZATION]
    if held and held.responded_at:
        return _once_more(planned, held, values, reasons)
    if held is None:
        return _new_organization(planned, key, values, reasons, outlook)
    planned.title = held.row.name
    move = _move(held.row, values, reasons, outlook.today)
    if reasons:
        return planned.refuse(*reasons)
    held.responded_at = row
    if changes:
        planned.verdict, planned.changes = RowStatus.CHANGED, changes
        planned.acts = [EditOrganization(held.row, dict(values), move)]
    held.values = {**values, **(move or {})}
    return planned


def _key_of(row: Row, outlook: ImportContext) -> str | None:
    """The key that the row means: one that is there, one to be made, or None to have it made from the name."""
    key, name = row.cell(KEY), row.cell(ORGANIZATION)
    if not key:
        if not name:
            raise InvalidCellError(f"{ORGANIZATION}: write the organization's name.")
        return outlook.names.find(name)
    if key in outlook.organizations:
        return key
    if key in outlook.taken_keys:
        raise InvalidCellError(
            f"{KEY}: “{key}” was merged into another organization or is not free. Take the row away."
        )
    try:
        Organization._meta.get_field("key").run_validators(key)
    except ValidationError as error:
        raise InvalidCellError(f"{KEY}: {' '.join(error.messages)}") from error
    other = outlook.names.find(name) if name else None
    if other:
        raise InvalidCellError(f"{name} is listed already under the key “{other}”. Write that key, or another name.")
    return key


def _new_organization(
    planned: PlannedRow, key: str | None, values: dict[str, Any], reasons: list[str], outlook: ImportContext
) -> PlannedRow:
    bad = {reason.split(":")[0] for reason in reasons}
    reasons += [
        f"{column.heading}: a new organization needs one."
        for column in COLUMNS
        if column.name in ("name", "sector") and column.name not in values and column.heading not in bad
    ]
    values.setdefault("status", OrganizationStatus.ACTIVE)
    if values.get("status_since_on") is None:
        values["status_since_on"] = outlook.today
    if values["status_since_on"] > outlook.today:
        reasons.append("Status since: the day lies ahead. Write today or an earlier day.")
    if reasons:
        return planned.refuse(*reasons)
    values["key"] = key or outlook.unique_key(values)
    outlook.taken_keys.add(values["key"])
    outlook.names.add(values["key"], values["name"], values.get("acronym", ""))
    outlook.organizations[values["key"]] = ExistingRecord(None, values, planned.row)
    planned.verdict = RowStatus.NEW
    planned.changes = changes_of_new(COLUMNS, values)
    planned.acts = [AddOrganization(values)]
    return planned


def _move(row: Organization, values: dict[str, Any], reasons: list[str], today: dt.date) -> dict[str, Any] | None:
    """The move to another status that is in `values`, taken out of them; what forbids it is added to `reasons`."""
    since = values.get("status_since_on")
    if since and since > today:
        reasons.append("Status since: the day lies ahead. Write today or an earlier day.")
    if "status" not in values:
        return None
    status = values.pop("status")
    if not rules.can_transition(row.status, status):
        label = OrganizationStatus(status).label.lower()
        reasons.append(f"Status: what is {row.get_status_display().lower()} cannot become {label}.")
    return {
        "status": status,
        "since_on": values.pop("status_since_on", None) or today,
        "reason": values.pop("status_reason", "") or REASON,
    }


def _once_more(
    planned: PlannedRow, held: ExistingRecord, values: dict[str, Any], reasons: list[str]
) -> PlannedRow | None:
    """A further row about an organization that the file told of: nothing where it agrees."""
    clash = [field for field, value in values.items() if value and value != held.get(field)]
    if clash and held.responded_at:
        reasons = [
            *reasons,
            f"Row {held.responded_at.number} says otherwise of the same organization. Make the two agree.",
        ]
    return planned.refuse(*reasons) if reasons else None
