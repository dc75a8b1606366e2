"""What the rows of organizations would do."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from exchange.cells import InvalidCellError, field_parser, parse_bool, parse_choice_cell, parse_date_cell
from exchange.columns import KEY, ORGANIZATION, ORGANIZATION_EXAMPLE, ORGANIZATION_FIELDS, said
from exchange.context import REASON, AddOrganization, EditOrganization, ExistingRecord, ImportContext
from exchange.plans import Change, PlannedRow, Row, RowStatus
from exchange.records import format_value, read_row
from members import operations, rules
from members.models import Organization, Person, Sector
from members.rules import OrganizationStatus, Participation


def plan_organizations(rows: Iterable[Row], outlook: ImportContext) -> Iterator[PlannedRow | None]:
    """One for each row; None for a row that says nothing, or nothing new, of an organization."""
    readers = {
        **{
            field: field_parser(Organization, field) for field in ("name", "acronym", "jurisdiction", "website", "work")
        },
        **{field: field_parser(Organization, field) for field in ("source", "status_reason")},
        "sector": lambda text: _sector(text, outlook),
        "participation": lambda text: parse_choice_cell(text, Participation),
        "status": lambda text: parse_choice_cell(text, OrganizationStatus),
        "status_since_on": parse_date_cell,
        "is_public": parse_bool,
    }
    for row in rows:
        own = [row.cell(heading) for heading in (KEY, *ORGANIZATION_FIELDS)]
        is_example = row.cell(ORGANIZATION) == ORGANIZATION_EXAMPLE[ORGANIZATION]
        yield _plan_organization(row, outlook, readers) if any(own) and not is_example else None


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
    values, changes, reasons = read_row(row, ORGANIZATION_FIELDS, held.row if held else None, readers)
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
        f"{heading}: a new organization needs one."
        for heading in (ORGANIZATION, "Sector")
        if ORGANIZATION_FIELDS[heading] not in values and heading not in bad
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
    planned.changes = [
        Change(h, "", format_value(Organization, f, values[f])) for h, f in ORGANIZATION_FIELDS.items() if values.get(f)
    ]
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


@transaction.atomic
def write_organizations(*, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
    """Do what was planned for organizations: the new ones at once, the changed ones one by one.

    Raises EditConflictError, OperationNotAllowedError, ValidationError and IntegrityError where the records changed
    since; then nothing is done.
    """
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


def organization_rows_of(organizations: Iterable[Organization]) -> Iterator[list[str]]:
    """The cells of each organization under ORGANIZATION_HEADER."""
    for row in organizations:
        yield [row.key, *(said(row, field) for field in ORGANIZATION_FIELDS.values())]
