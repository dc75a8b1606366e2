"""Columns of the files that come in and go out.

A field of a record is declared once, as a FieldColumn of its record type. The import reads it, the export writes it,
the example sheet shows it and the records bundle lists it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import models

from exchange.cells import InvalidCellError, field_parser, parse_bool, parse_choice_cell, parse_date_cell
from exchange.plans import Change, Row

# One vocabulary for all sheets, so that one wide sheet may hold everything.
KEY, ORGANIZATION = "Key", "Organization"
EMAIL, PERSON = "E-mail", "Person"


@dataclass(frozen=True)
class FieldColumn:
    """A field of a model as a column: its heading, what else means it, and the cell of the example row.

    `is_contact` marks personal contact data, which the records bundle leaves out unless somebody asks for it.
    """

    model: type[models.Model]
    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    example: str = ""
    is_contact: bool = False

    @cached_property
    def field(self) -> Any:
        return self.model._meta.get_field(self.name)

    @cached_property
    def is_kept(self) -> bool:
        """Whether an empty cell leaves the field as it is; every other field it empties."""
        return not self.field.blank and not isinstance(self.field, models.BooleanField)

    @cached_property
    def read(self) -> Callable[[str], Any]:
        """Reads a cell's text as the field's value. What is returned raises Wrong."""
        if isinstance(self.field, models.BooleanField):
            return parse_bool
        if isinstance(self.field, models.DateField):
            return parse_date_cell
        if self.field.choices:
            return lambda text: parse_choice_cell(text, self.field.flatchoices) if text else ""
        clean = field_parser(self.field)
        return (lambda text: clean(text.lower())) if isinstance(self.field, models.EmailField) else clean

    def say(self, value: Any) -> str:
        """A value as its cell shows it: choices by their label, days as 2026-12-03, yes or no."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        choices = dict(self.field.flatchoices or ())
        return "" if value is None else str(choices.get(value, value) if choices else value)

    def cell(self, row: Any) -> str:
        """The cell of a row of the model."""
        return self.say(getattr(row, self.name))


def field_columns(
    model: type[models.Model], names: Iterable[str], **declared: Mapping[str, Any]
) -> tuple[FieldColumn, ...]:
    """A column for each of the model's fields; `declared` holds what is not plain from the field's name."""
    return tuple(
        FieldColumn(model, name, **{"heading": _heading(name), **declared.get(name, {})})  # type: ignore[arg-type]
        for name in names
    )


def _heading(name: str) -> str:
    """The heading of a field: "Planned end" of planned_end_on, "Public" of is_public."""
    return name.removeprefix("is_").removesuffix("_on").replace("_", " ").capitalize()


def read_row(
    row: Row,
    columns: Sequence[FieldColumn],
    current: models.Model | None,
    readers: Mapping[str, Callable[[str], Any]] | None = None,
) -> tuple[dict[str, Any], list[Change], list[str]]:
    """The values that the row gives and `current` does not hold, what changes by them, and what cannot be taken.

    `readers` replace the reading of single fields.
    """
    values: dict[str, Any] = {}
    changes: list[Change] = []
    reasons: list[str] = []
    for column in columns:
        raw = row.cells.get(column.heading)
        old = column.cell(current) if current else ""
        if raw is None or raw == old or (not raw.strip() and (current is None or column.is_kept)):
            continue
        try:
            value = (readers or {}).get(column.name, column.read)(raw.strip())
        except InvalidCellError as wrong:
            reasons.append(f"{column.heading}: {wrong}")
            continue
        if current is not None and getattr(current, column.name) == value:
            continue
        values[column.name] = value
        changes.append(Change(column.heading, old, column.say(value)))
    return values, changes, reasons


def changes_of_new(columns: Iterable[FieldColumn], values: Mapping[str, Any]) -> list[Change]:
    """What a new record brings, cell by cell."""
    return [
        Change(column.heading, "", column.say(values[column.name])) for column in columns if values.get(column.name)
    ]
