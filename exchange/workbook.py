"""One uploaded workbook read as organizations, people and seats, and what importing it would do."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from core.sheets import InvalidSpreadsheetError, Sheet, Table
from exchange.columns import (
    ACCOUNT,
    EMAIL,
    KEY,
    ORGANIZATION,
    ORGANIZATION_EXAMPLE,
    ORGANIZATION_FIELDS,
    ORGANIZATION_HEADER,
    PEOPLE_EXAMPLE,
    PEOPLE_HEADER,
    PERSON,
    PERSON_FIELDS,
    REPRESENTATION_FIELDS,
)
from exchange.context import ImportContext
from exchange.organizations import plan_organizations
from exchange.people import plan_people, refuse_second_primaries
from exchange.plans import PlannedRow, Row, RowStatus
from exchange.rosters import BODY, PLANNED_END, ROLE, SEATS_EXAMPLE, SEATS_HEADER, STARTS, plan_seats
from members.models import Person

REASON = "What to mend"
_OWN_TO_ORGANIZATIONS = {KEY, *ORGANIZATION_FIELDS} - {ORGANIZATION}
_OWN_TO_PEOPLE = ({*PERSON_FIELDS} - {PERSON}) | {*REPRESENTATION_FIELDS, ACCOUNT}
_KNOWN = {*ORGANIZATION_HEADER, *PEOPLE_HEADER, *SEATS_HEADER, REASON}
# What staff's own spreadsheets call things.
_ALSO = {
    ORGANIZATION: ["organization name", "agency", "agency name", "member organization", "department"],
    KEY: ["organization key"],
    "Acronym": ["abbreviation", "short name"],
    "Website": ["web site", "url", "web address"],
    "What it does": ["description", "role in the field"],
    "Participation": ["membership", "membership type"],
    EMAIL: ["email address", "e-mail address", "mail"],
    PERSON: ["full name", "contact", "contact name", "representative", "person name"],
    "Position": ["title", "job title"],
    "Phone": ["telephone", "phone number"],
    "Represents as": ["representation", "kind", "representative type"],
    "Assistant's e-mail": ["assistant email", "assistant's email"],
    BODY: ["task force", "committee"],
    ROLE: ["seat", "seat role", "task force role"],
    STARTS: ["term start"],
    PLANNED_END: ["term ends", "term end"],
}


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9]", "", words.casefold())


_MEANT = {_plain(word): heading for heading in _KNOWN for word in (heading, *_ALSO.get(heading, []))}


@dataclass
class Upload:
    """The rows of a file by what they are about, and the headings that no import knows."""

    organizations: list[Row] = field(default_factory=list)
    people: list[Row] = field(default_factory=list)
    seats: list[Row] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.organizations) + len(self.people) + len(self.seats)


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
        parts = _parts(upload, {heading for heading in meant if heading})
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


def _parts(upload: Upload, headings: set[str]) -> list[list[Row]]:
    """What a sheet with these headings is about: one thing, or on one wide sheet several."""
    is_seats = BODY in headings
    is_people = EMAIL in headings and bool(headings & _OWN_TO_PEOPLE or not is_seats)
    names_one = bool(headings & {KEY, ORGANIZATION})
    is_organizations = names_one and bool(headings & _OWN_TO_ORGANIZATIONS or not (is_people or is_seats))
    parts = ((is_organizations, upload.organizations), (is_people, upload.people), (is_seats, upload.seats))
    return [rows for is_one, rows in parts if is_one]


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

    organizations = list(each(plan_organizations(upload.organizations, outlook)))
    people = list(each(plan_people(upload.people, outlook)))
    refuse_second_primaries(people, outlook)
    seats = list(each(plan_seats(upload.seats, outlook))) if upload.seats else []
    return Plan([*organizations, *people, *seats], upload.unknown)


def example_sheets() -> list[Sheet]:
    """The three sheets to fill in, each with its headings and one example row, which no import takes."""
    return [
        Sheet(name, header, [[example.get(heading, "") for heading in header]])
        for name, header, example in (
            ("Organizations", ORGANIZATION_HEADER, ORGANIZATION_EXAMPLE),
            ("People", [heading for heading in PEOPLE_HEADER if heading != ACCOUNT], PEOPLE_EXAMPLE),
            ("Rosters", SEATS_HEADER, SEATS_EXAMPLE),
        )
    ]


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
