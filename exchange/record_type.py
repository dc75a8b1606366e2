"""The base class of the record types that are imported: organizations, people, rosters."""

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
    """A kind of record that is imported from a spreadsheet: its columns, and how its rows are planned and written.

    `sheet` is the name of its sheet. `columns` are the columns that an import reads, in the order of the file.
    A sheet holds this type if it has one of the headings in `identified_by`. `exported` are headings that only the
    export writes.
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
        """The headings that sheets of other record types do not have."""
        return set(self.header) - _SHARED

    def example_sheet(self) -> Sheet:
        """Return the sheet to fill in: the headings and one example row, which an import ignores."""
        return Sheet(
            self.sheet, [column.heading for column in self.columns], [[column.example for column in self.columns]]
        )

    @abstractmethod
    def plan(self, rows: Iterable[Row], context: ImportContext) -> Iterator[PlannedRow | None]:
        """Yield the planned result of each row, or None for a row without data.

        Adds the records of the rows to the context, so that later rows and record types can refer to them.
        """

    def check(self, planned: list[PlannedRow], context: ImportContext) -> None:
        """Reject rows that conflict with each other. Called once, after all rows are planned."""
        return

    @abstractmethod
    def write(self, *, actor: Person, actions: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Perform the actions of this record type by the operations of its app; `actions` may include other types.

        Raise EditConflictError, OperationNotAllowedError, ValidationError or IntegrityError if the records changed
        in the meantime.
        """
