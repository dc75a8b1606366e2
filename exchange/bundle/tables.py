"""The tables of a records export, with all values as text."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from core.dates import timezone_abbreviation
from core.history import changes_of_all
from exchange.bundle.scope import Scope
from exchange.bundle.sources import SOURCES, Source
from records.rules import Retention


@dataclass(frozen=True)
class Table:
    """A table with all values as text."""

    name: str
    title: str
    retention: Retention
    header: list[str]
    rows: list[list[str]]


def tables(scope: Scope, today: dt.date) -> list[Table]:
    """Return every table of the scope, empty ones too, and the history of their records as the last one."""
    found, changes = [], []
    for source in SOURCES:
        rows = list(source.rows(scope))
        columns = [column for column in source.columns if scope.with_contact or not column.is_contact]
        cells = [[_format_value(column.read(row)) for column in columns] for row in rows]
        found.append(
            Table(source.name, str(source.title), source.retention, [str(column.label) for column in columns], cells)
        )
        changes += _changes(source, rows, scope, today)
    header = [_("Record"), _("Date"), _("Changed by"), _("Change"), _("Field"), _("From"), _("To"), _("Reason")]
    found.append(Table("history", _("History of these records"), Retention.GOVERNANCE, header, changes))
    return found


def _changes(source: Source, rows: list[Model], scope: Scope, today: dt.date) -> list[list[str]]:
    """Return the history of these rows, one line a changed field; contact data only if the scope includes it."""
    if not rows or not hasattr(rows[0], "history"):
        return []
    excluded = frozenset() if scope.with_contact else source.contact_fields
    lines = []
    for pk, changes in changes_of_all(type(rows[0]), [row.pk for row in rows], today, excluded).items():
        for change in changes:
            lines += [
                [
                    _("%(table)s, number %(number)d") % {"table": source.title, "number": pk},
                    _format_value(change.at),
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


def _format_value(value: object) -> str:
    """Format a value: dates in ISO 8601, datetimes in their own time zone or the site's, with its abbreviation."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        local = value if value.tzinfo not in (None, dt.UTC) else timezone.localtime(value)
        return f"{local:%Y-%m-%d %H:%M} {timezone_abbreviation(local)}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
