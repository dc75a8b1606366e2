"""Writing rows that a file brought: what staff edited since the last load is kept."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model

from core import operations
from core.models import LoadedRecord, Versioned

REASON = "Loaded from a file"


@dataclass
class Report:
    """What one file did: how many rows were added, changed and left, and one line for each thing to know."""

    name: str
    added: int = 0
    changed: int = 0
    same: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.name}: {self.added} added, {self.changed} changed, {self.same} as they were"


def plain(value: Any) -> Any:
    """A field's value as JSON keeps it, equal for equal values."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


class Loader:
    """Writes the rows of one model by their keys, comparing each field with what the last load brought.

    `rows` are the rows that stand, by key. Must run in a transaction.
    """

    def __init__(self, model: type[Versioned], rows: Mapping[str, Versioned], report: Report) -> None:
        self.model = model
        self.rows = dict(rows)
        self.report = report
        self.seen: set[str] = set()
        self.records = {record.key: record for record in LoadedRecord.objects.filter(model=model._meta.label_lower)}

    def put(self, key: str, identity: dict[str, Any], values: dict[str, Any]) -> Versioned:
        """The row of that key, made or brought up to date. `identity` is only written when it is made."""
        self.seen.add(key)
        row = self.rows.get(key)
        loaded = self.records.get(key)
        if row is None:
            row = self.rows[key] = operations.create(self.model, actor=None, **identity, **values)
            self.report.added += 1
        else:
            changes = self._changes(row, values, loaded.values if loaded else {})
            if changes:
                row = self.rows[key] = operations.lock(row)
                operations.save_changes(row, actor=None, reason=REASON, **changes)
                self.report.changed += 1
            else:
                self.report.same += 1
        self._remember(key, loaded, values)
        return row

    def gone(self) -> list[str]:
        """The keys that a file brought before and that stand no longer in what was put now."""
        return [key for key in self.rows if key in self.records and key not in self.seen]

    def _changes(self, row: Versioned, values: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
        changes = {}
        for name, value in values.items():
            stands = plain(getattr(row, name))
            if stands == plain(value):
                continue
            if name in last and last[name] == stands:
                changes[name] = value
            else:
                self.report.notes.append(f"kept what staff wrote: {row}: {name} = {str(stands)[:80]!r}")
        return changes

    def _remember(self, key: str, loaded: LoadedRecord | None, values: dict[str, Any]) -> None:
        kept = {name: plain(value) for name, value in values.items()}
        if loaded is None:
            loaded = LoadedRecord(model=self.model._meta.label_lower, key=key, values=kept)
            loaded.save(force_insert=True)
        elif loaded.values != kept:
            loaded.values = kept
            loaded.save(update_fields=["values", "loaded_at"])
        self.records[key] = loaded
