"""What an export holds, table by table, as texts that are ready to be written."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone

from core.dates import timezone_abbreviation
from core.history import changes_of_all
from exchange.bundle.scope import Scope
from exchange.bundle.sources import SOURCES, Source
from records.rules import Retention


@dataclass(frozen=True)
class Table:
    """A table that is ready to be written."""

    name: str
    title: str
    retention: Retention
    header: list[str]
    rows: list[list[str]]


def tables(scope: Scope, today: dt.date) -> list[Table]:
    """Every table of the scope, empty ones too, and last the history of the records in them."""
    made, changes = [], []
    for source in SOURCES:
        rows = list(source.rows(scope))
        columns = [column for column in source.columns if scope.with_contact or not column.is_contact]
        said = [[_say(column.read(row)) for column in columns] for row in rows]
        made.append(Table(source.name, source.title, source.retention, [column.label for column in columns], said))
        changes += _changes(source, rows, scope, today)
    header = ["Record", "When", "By", "What", "Field", "From", "To", "Why"]
    made.append(Table("history", "History of these records", Retention.GOVERNANCE, header, changes))
    return made


def _changes(source: Source, rows: list[Model], scope: Scope, today: dt.date) -> list[list[str]]:
    """The history of these rows, a line a field; what is contact data in it stays out with the rest of it."""
    if not rows or not hasattr(rows[0], "history"):
        return []
    left_out = frozenset() if scope.with_contact else source.contact_fields
    lines = []
    for pk, changes in changes_of_all(type(rows[0]), [row.pk for row in rows], today, left_out).items():
        for change in changes:
            lines += [
                [
                    f"{source.title}, number {pk}",
                    _say(change.at),
                    change.by,
                    change.verb,
                    field.label,
                    field.before,
                    field.after,
                    change.reason,
                ]
                for field in change.fields
            ]
    return lines


def _say(value: object) -> str:
    """A value for a file: dates in ISO 8601, moments in their own zone or the site's with its name."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        local = value if value.tzinfo not in (None, dt.UTC) else timezone.localtime(value)
        return f"{local:%Y-%m-%d %H:%M} {timezone_abbreviation(local)}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
