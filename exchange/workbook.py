"""One uploaded workbook read as records of several types, and what importing it would do."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Person
from core.sheets import InvalidSpreadsheetError, Sheet, Table
from exchange.columns import EMAIL, ORGANIZATION, PERSON
from exchange.context import ImportContext
from exchange.organizations import ORGANIZATIONS
from exchange.people import PEOPLE
from exchange.plans import PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from exchange.rosters import ROSTERS

# In the order of planning and writing: what a row names must be there or come before it.
RECORD_TYPES: tuple[RecordType, ...] = (ORGANIZATIONS, PEOPLE, ROSTERS)
REASON = "What to mend"


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.casefold())


def _meanings() -> Iterator[tuple[str, str]]:
    for record_type in RECORD_TYPES:
        for column in record_type.columns:
            yield from ((_plain(words), column.heading) for words in (column.heading, *column.aliases))
        yield from ((_plain(heading), heading) for heading in record_type.exported)
    yield _plain(REASON), REASON


_MEANT = dict(_meanings())


@dataclass
class Upload:
    """The rows of a file by the name of their record type's sheet, and the headings that no import knows."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: {each.sheet: [] for each in RECORD_TYPES})
    unknown: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(len(rows) for rows in self.rows.values())


@dataclass
class Plan:
    """What importing the file would do, row by row in the order of the file's sheets."""

    rows: list[PlannedRow]
    unknown: list[str]

    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        found = Counter(planned.verdict for planned in self.rows)
        return {verdict.value: found[verdict] for verdict in RowStatus}

    def of(self, verdict: str) -> list[PlannedRow]:
        return [planned for planned in self.rows if planned.verdict == verdict]

    def acts(self) -> list[Any]:
        return [act for planned in self.rows for act in planned.acts]


def stored(tables: Iterable[Table]) -> list[Any]:
    """The sheets as they are kept in the job: name, headings, and each line's number with its cells."""
    return [
        [table.name, table.header, [[line.number, *line.cells.values()] for line in table.lines]] for table in tables
    ]


def upload_of(tables: list[Any]) -> Upload:
    """The rows of the sheets that `stored` made.

    Raises InvalidSpreadsheetError where no sheet has headings that are known.
    """
    upload = Upload()
    for name, header, lines in tables:
        _refuse_reports(header)
        meant = [_heading(heading, header) for heading in header]
        parts = [upload.rows[each.sheet] for each in _types_of({heading for heading in meant if heading})]
        twice = [heading for heading, count in Counter(filter(None, meant)).items() if count > 1]
        if twice and parts:
            raise InvalidSpreadsheetError(f"Two columns mean “{twice[0]}”. Take one of them away.")
        upload.unknown += [heading for heading, known in zip(header, meant, strict=True) if not known]
        for number, *cells in lines if parts else ():
            row = Row(name, number, {known: cell for known, cell in zip(meant, cells, strict=True) if known})
            for part in parts:
                part.append(row)
    if not upload.total:
        raise InvalidSpreadsheetError(
            "No sheet has the headings of organizations, people or seats. "
            "Take the headings from the sheets that this page offers."
        )
    return upload


def _refuse_reports(header: list[str]) -> None:
    """Raises InvalidSpreadsheetError for a roster as it is taken from a body's page: its days are those of several things."""
    if {"Standing", "Last day"} <= set(header):
        raise InvalidSpreadsheetError(
            "This roster is for reading. To change rosters, take the file under “Import and export”."
        )


def _heading(heading: str, header: list[str]) -> str | None:
    if _plain(heading) == "name":
        return PERSON if any(_MEANT.get(_plain(other)) == EMAIL for other in header) else ORGANIZATION
    return _MEANT.get(_plain(heading))


def _types_of(headings: set[str]) -> list[RecordType]:
    """What a sheet with these headings is about: one record type, or on one wide sheet several."""
    found: list[RecordType] = []
    for each in reversed(RECORD_TYPES):
        # Rosters name people and organizations, and people organizations, so a type counts by what is its own.
        if headings & each.identified_by and (not found or headings & each.own_headings):
            found.insert(0, each)
    return found


def plan_import(
    tables: list[Any], actor: Person, today: dt.date, report: Callable[[int], None] = lambda done: None
) -> Plan:
    """What importing the sheets would do today; `report` is told how many rows are looked at."""
    upload = upload_of(tables)
    outlook = ImportContext(actor, today)
    seen = 0

    def each(planned: Iterator[PlannedRow | None]) -> Iterator[PlannedRow]:
        nonlocal seen
        for plan in planned:
            seen += 1
            report(seen)
            if plan is not None:
                yield plan

    planned: list[PlannedRow] = []
    for record_type in RECORD_TYPES:
        rows = upload.rows[record_type.sheet]
        if rows:
            found = list(each(record_type.plan(rows, outlook)))
            record_type.check(found, outlook)
            planned += found
    return Plan(planned, upload.unknown)


def example_sheets() -> list[Sheet]:
    """The sheets to fill in, one a record type."""
    return [record_type.example_sheet() for record_type in RECORD_TYPES]


def refused_sheet(plan: Plan) -> Sheet:
    """The refused rows with what to mend in each, to be put right and uploaded anew."""
    refused = plan.of(RowStatus.REFUSED)
    header = list(dict.fromkeys(heading for planned in refused for heading in planned.row.cells))
    rows: dict[int, tuple[Row, list[str]]] = {id(planned.row): (planned.row, []) for planned in refused}
    for planned in refused:
        rows[id(planned.row)][1].extend(planned.reasons)
    return Sheet(
        "Refused",
        [*header, REASON],
        ([*(row.cells.get(heading, "") for heading in header), " ".join(reasons)] for row, reasons in rows.values()),
    )
