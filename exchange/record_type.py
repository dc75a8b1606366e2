"""What the modules of the record types have in common: organizations, people, rosters."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from accounts.models import Person
from core.sheets import Sheet
from exchange.columns import EMAIL, ORGANIZATION, PERSON, FieldColumn
from exchange.context import ImportContext
from exchange.plans import PlannedRow, Row

# Headings that sheets of several record types have.
_SHARED = {ORGANIZATION, EMAIL, PERSON}


class RecordType(ABC):
    """A kind of record that comes in by a spreadsheet: its columns, how its rows are planned and how they are written.

    `sheet` names its sheet, `columns` are those that an import reads, in the order of the file, and `identified_by`
    the headings of which a sheet about it has one. `exported` are headings that only the export writes.
    """

    sheet: str
    columns: tuple[FieldColumn, ...]
    identified_by: frozenset[str]
    exported: tuple[str, ...] = ()

    @property
    def header(self) -> list[str]:
        """The headings of its exported file."""
        return [*(column.heading for column in self.columns), *self.exported]

    @property
    def own_headings(self) -> set[str]:
        """The headings that sheets about something else do not have."""
        return set(self.header) - _SHARED

    def example_sheet(self) -> Sheet:
        """The sheet to fill in, with its headings and one example row, which no import takes."""
        return Sheet(
            self.sheet, [column.heading for column in self.columns], [[column.example for column in self.columns]]
        )

    @abstractmethod
    def plan(self, rows: Iterable[Row], outlook: ImportContext) -> Iterator[PlannedRow | None]:
        """What becomes of each row; None for one that says nothing. The outlook takes in what earlier rows bring."""

    def check(self, planned: list[PlannedRow], outlook: ImportContext) -> None:
        """Refuse rows that do not go together; most types have none. Called once, when all of them are planned."""
        return

    @abstractmethod
    def write(self, *, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Do what was planned for this type, by the operations of the app that owns it; `acts` may hold others' too.

        Raises EditConflictError, OperationNotAllowedError, ValidationError and IntegrityError where the records
        changed since.
        """
