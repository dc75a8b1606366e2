"""What the cells of a row say against the record as it stands."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models

from exchange.cells import InvalidCellError
from exchange.columns import said
from exchange.plans import Change, Row

# An empty cell leaves these as they are; every other field it empties.
_KEPT = {"name", "sector", "participation", "status", "kind", "starts_on"}


def read_row(
    row: Row, fields: Mapping[str, str], current: models.Model | None, readers: Mapping[str, Callable[[str], Any]]
) -> tuple[dict[str, Any], list[Change], list[str]]:
    """The values that the row gives and `current` does not hold, what changes by them, and what cannot be taken."""
    values: dict[str, Any] = {}
    changes: list[Change] = []
    reasons: list[str] = []
    for heading, field in fields.items():
        raw = row.cells.get(heading)
        old = said(current, field) if current else ""
        if raw is None or raw == old or (not raw.strip() and (current is None or field in _KEPT)):
            continue
        try:
            value = readers[field](raw.strip())
        except InvalidCellError as wrong:
            reasons.append(f"{heading}: {wrong}")
            continue
        if current is not None and getattr(current, field) == value:
            continue
        values[field] = value
        changes.append(Change(heading, old, format_value(type(current) if current else None, field, value)))
    if current is None:
        changes = [Change(change.label, "", change.new) for change in changes]
    return values, changes, reasons


def changes_of_new(model: type[models.Model], fields: Mapping[str, str], values: Mapping[str, Any]) -> list[Change]:
    """What a new record brings, cell by cell."""
    return [
        Change(heading, "", format_value(model, field, values[field]))
        for heading, field in fields.items()
        if values.get(field)
    ]


def format_value(model: type[models.Model] | None, field: str, value: Any) -> str:
    """A value as its cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    found: Any = model._meta.get_field(field) if model else None
    choices = dict(found.choices or ()) if found is not None else {}
    return "" if value is None else str(choices.get(value, value))
