"""Read an uploaded workbook as records of several types, and plan what importing it will do."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Person
from core.sheets import InvalidSpreadsheetError, Sheet, Table
from exchange.columns import EMAIL, ORGANIZATION, PERSON
from exchange.context import ImportContext
from exchange.organizations import ORGANIZATIONS
from exchange.people import PEOPLE
from exchange.plans import PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from exchange.roster_downloads import LAST_DAY_HEADING, STATUS_HEADING
from exchange.rosters import ROSTERS

# In the order of planning and writing: what a row refers to must exist or come before it.
RECORD_TYPES: tuple[RecordType, ...] = (ORGANIZATIONS, PEOPLE, ROSTERS)
ERRORS = "Errors to fix"


def _normalize(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def _known_headings() -> Iterator[tuple[str, str]]:
    for record_type in RECORD_TYPES:
        for column in record_type.columns:
            yield from ((_normalize(text), column.heading) for text in (column.heading, *column.aliases))
        yield from ((_normalize(heading), heading) for heading in record_type.exported)
    yield _normalize(ERRORS), ERRORS


# The heading that each accepted text means.
_HEADINGS = dict(_known_headings())


@dataclass
class Upload:
    """The rows of a file by the sheet name of their record type, and the headings that were not recognized."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {each.sheet: [] for each in RECORD_TYPES})
    unknown: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The number of rows of all record types. A row of a wide sheet counts once for each type."""
        return sum(len(rows) for rows in self.rows.values())


@dataclass
class ImportPlan:
    """What importing the file will do, row by row in the order of the record types."""

    rows: list[PlannedRow]
    unknown: list[str]

    def counts(self) -> dict[str, int]:
        """Return the number of rows by status."""
        found = Counter(planned.status for planned in self.rows)
        return {status.value: found[status] for status in RowStatus}

    def rows_with(self, status: str) -> list[PlannedRow]:
        """Return the rows with this status."""
        return [planned for planned in self.rows if planned.status == status]

    def actions(self) -> list[Any]:
        """Return the actions of all rows."""
        return [action for planned in self.rows for action in planned.actions]


def serialize_tables(tables: Iterable[Table]) -> list[Any]:
    """Return the sheets as JSON to store in the import: name, headings, and the number and cells of each line."""
    return [
        [table.name, table.header, [[line.number, *line.cells.values()] for line in table.lines]] for table in tables
    ]


def parse_upload(tables: list[Any]) -> Upload:
    """Return the rows of the sheets from `serialize_tables`.

    Raise InvalidSpreadsheetError if no sheet has known headings, or if two columns have the same meaning.
    """
    upload = Upload()
    for name, header, lines in tables:
        _check_is_no_roster_report(header)
        headings = [_heading(text, header) for text in header]
        parts = [upload.rows[each.sheet] for each in _types_of({heading for heading in headings if heading})]
        repeated = [heading for heading, count in Counter(filter(None, headings)).items() if count > 1]
        if repeated and parts:
            message = _("Two columns hold “%(heading)s”. Remove one of them.")
            raise InvalidSpreadsheetError(message % {"heading": repeated[0]})
        upload.unknown += [text for text, heading in zip(header, headings, strict=True) if not heading]
        for number, *cells in lines if parts else ():
            row = Row(name, number, {known: cell for known, cell in zip(headings, cells, strict=True) if known})
            for part in parts:
                part.append(row)
    if not upload.total:
        raise InvalidSpreadsheetError(
            _(
                "No sheet has the headings of organizations, people, or rosters. "
                "Use the headings of the example spreadsheet on this page."
            )
        )
    return upload


def _check_is_no_roster_report(header: list[str]) -> None:
    """Raise InvalidSpreadsheetError for a roster downloaded from a body's page.

    Its date columns mix representations and terms, so its rows cannot be matched.
    """
    if {STATUS_HEADING, LAST_DAY_HEADING} <= set(header):
        raise InvalidSpreadsheetError(
            _(
                "This roster is a report and can't be imported. "
                "To change rosters, export them from “Import and export” and edit that file."
            )
        )


def _heading(text: str, header: list[str]) -> str | None:
    """Return the heading that this text means, or None. "Name" is a person's on a sheet with email addresses."""
    if _normalize(text) == "name":
        return PERSON if any(_HEADINGS.get(_normalize(other)) == EMAIL for other in header) else ORGANIZATION
    return _HEADINGS.get(_normalize(text))


def _types_of(headings: set[str]) -> list[RecordType]:
    """Return the record types of a sheet with these headings: one, or several on one wide sheet."""
    found: list[RecordType] = []
    for each in reversed(RECORD_TYPES):
        # Rosters have columns of people and organizations, so a further type needs a heading of its own.
        if headings & each.identified_by and (not found or headings & each.own_headings):
            found.insert(0, each)
    return found


def plan_import(
    tables: list[Any], actor: Person, today: dt.date, report: Callable[[int], None] = lambda done: None
) -> ImportPlan:
    """Return what importing the sheets will do today.

    Nothing is written: each record type compares its rows with the records, in the order in which they are written
    later, and adds the planned records to the context for the types after it. The preview, `confirm_import` and
    `process_import` all call this function and compare the fingerprints. `report` is called with the number of rows
    that are checked.
    """
    upload = parse_upload(tables)
    context = ImportContext(actor, today)
    checked = 0

    def count(planned: Iterator[PlannedRow | None]) -> Iterator[PlannedRow]:
        nonlocal checked
        for plan in planned:
            checked += 1
            report(checked)
            if plan is not None:
                yield plan

    planned: list[PlannedRow] = []
    for record_type in RECORD_TYPES:
        rows = upload.rows[record_type.sheet]
        if rows:
            found = list(count(record_type.plan(rows, context)))
            record_type.check(found, context)
            planned += found
    return ImportPlan(planned, upload.unknown)


def example_sheets() -> list[Sheet]:
    """Return the example sheets to fill in, one for each record type."""
    return [record_type.example_sheet() for record_type in RECORD_TYPES]


def rejected_sheet(plan: ImportPlan) -> Sheet:
    """Return the rejected rows with their errors, to be corrected and uploaded again."""
    rejected = plan.rows_with(RowStatus.REJECTED)
    header = list(dict.fromkeys(heading for planned in rejected for heading in planned.row.cells))
    # A row of a wide sheet can be rejected for several record types.
    rows: dict[int, tuple[Row, list[str]]] = {id(planned.row): (planned.row, []) for planned in rejected}
    for planned in rejected:
        rows[id(planned.row)][1].extend(planned.reasons)
    return Sheet(
        "Rejected",
        [*header, ERRORS],
        ([*(row.cells.get(heading, "") for heading in header), " ".join(reasons)] for row, reasons in rows.values()),
    )
