"""Columns of the spreadsheets that are imported and exported.

A field of a record is declared once, as a FieldColumn of its record type. The import reads it, the export writes it,
the example sheet shows it, and the records bundle lists it. Headings are part of the file format: an export must
import again whatever the language of the reader is, so they are not translated.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from accounts.models import CONTACT_FIELDS, Person
from exchange.cells import InvalidCellError, field_parser, parse_bool, parse_choice_cell, parse_date_cell, with_heading
from exchange.plans import Change, Row

# Headings that several record types share, so that one wide sheet can hold all of them.
KEY, ORGANIZATION = "Key", "Organization"
EMAIL, PERSON = "Email", "Person"


@dataclass(frozen=True)
class FieldColumn:
    """A model field as a column: its heading, other accepted headings, and the cell of the example row."""

    model: type[models.Model]
    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    example: str = ""

    @cached_property
    def field(self) -> Any:
        """The field of the model."""
        return self.model._meta.get_field(self.name)

    @property
    def is_contact(self) -> bool:
        """Whether this is personal contact data, which the records bundle leaves out unless it is asked for."""
        return self.model is Person and self.name in CONTACT_FIELDS

    @cached_property
    def keeps_value_if_empty(self) -> bool:
        """Whether an empty cell leaves the field unchanged. In all other columns it clears the field."""
        return not self.field.blank and not isinstance(self.field, models.BooleanField)

    @cached_property
    def parse(self) -> Callable[[str], Any]:
        """The function that parses a cell as a value of the field. It raises InvalidCellError."""
        if isinstance(self.field, models.BooleanField):
            return parse_bool
        if isinstance(self.field, models.DateField):
            return parse_date_cell
        if self.field.choices:
            return lambda text: parse_choice_cell(text, self.field.flatchoices) if text else ""
        clean = field_parser(self.field)
        return (lambda text: clean(text.lower())) if isinstance(self.field, models.EmailField) else clean

    def format(self, value: Any) -> str:
        """Format a value for a cell: choices by their label, dates as 2026-12-03, booleans as yes or no."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        choices = dict(self.field.flatchoices or ())
        return "" if value is None else str(choices.get(value, value) if choices else value)

    def cell(self, row: Any) -> str:
        """Return the cell for an instance of the model."""
        return self.format(getattr(row, self.name))


def field_columns(
    model: type[models.Model], names: Iterable[str], **options: Mapping[str, Any]
) -> tuple[FieldColumn, ...]:
    """Return a column for each of these fields; `options` holds arguments that differ from the defaults, by field."""
    return tuple(FieldColumn(model, name, **{"heading": _heading(name), **options.get(name, {})}) for name in names)


def _heading(name: str) -> str:
    """Return the heading of a field, such as "Planned end" for planned_end_on and "Public" for is_public."""
    return name.removeprefix("is_").removesuffix("_on").replace("_", " ").capitalize()


def parse_row(
    row: Row,
    columns: Sequence[FieldColumn],
    current: models.Model | None,
    parsers: Mapping[str, Callable[[str], Any]] | None = None,
) -> tuple[dict[str, Any], list[Change], list[str]]:
    """Compare a row with the `current` record.

    Return the values of the row that differ from the record, the same as changes to show, and the reasons why cells
    are not valid. A column that the sheet does not have is left as it is. `parsers` replace the parsers of single
    fields.
    """
    values: dict[str, Any] = {}
    changes: list[Change] = []
    reasons: list[str] = []
    for column in columns:
        raw = row.cells.get(column.heading)
        old = column.cell(current) if current else ""
        if raw is None or raw == old or (not raw.strip() and (current is None or column.keeps_value_if_empty)):
            continue
        try:
            value = (parsers or {}).get(column.name, column.parse)(raw.strip())
        except InvalidCellError as error:
            reasons.append(with_heading(column.heading, error))
            continue
        if current is not None and getattr(current, column.name) == value:
            continue
        values[column.name] = value
        changes.append(Change(column.heading, old, column.format(value)))
    return values, changes, reasons


def changes_of_new(columns: Iterable[FieldColumn], values: Mapping[str, Any]) -> list[Change]:
    """Return the values of a new record as changes to show."""
    return [
        Change(column.heading, "", column.format(values[column.name])) for column in columns if values.get(column.name)
    ]
