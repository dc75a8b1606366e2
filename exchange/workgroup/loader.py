"""Write the rows of a file, and keep what staff edited since it was last loaded."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from core import operations
from core.models import LoadedRecord, Versioned

CHANGE_REASON = "Loaded from a file"


@dataclass
class Report:
    """The result of loading one file: the number of added, changed, and unchanged rows, notes, and problems."""

    name: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        counts = {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}
        text = _("%(file)s: %(added)d added, %(changed)d changed, %(unchanged)d unchanged")
        return text % {"file": self.name, **counts}


def to_json_value(value: Any) -> Any:
    """Return a field value as JSON. Equal values give equal results."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


class Loader:
    """Writes the rows of one model, comparing each field with the value that was last loaded.

    `rows` are the existing rows by key. A LoadedRecord keeps the last loaded values of each row: a field that differs
    from them was edited by staff, so the loader keeps it and adds a note. Must run in a transaction.
    """

    def __init__(self, model: type[Versioned], rows: Mapping[str, Versioned], report: Report) -> None:
        self.model = model
        self.rows = dict(rows)
        self.report = report
        self.seen: set[str] = set()
        self.records = {record.key: record for record in LoadedRecord.objects.filter(model=model._meta.label_lower)}

    def upsert(self, key: str, identity: dict[str, Any], values: dict[str, Any]) -> Versioned:
        """Add or update the row with this key, and return it. `identity` is only written when the row is added."""
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
                operations.save_changes(row, actor=None, reason=CHANGE_REASON, **changes)
                self.report.changed += 1
            else:
                self.report.unchanged += 1
        self._save_snapshot(key, loaded, values)
        return row

    def missing_from_file(self) -> list[str]:
        """Return the keys that were loaded before and are not in the file now."""
        return [key for key in self.rows if key in self.records and key not in self.seen]

    def _changes(self, row: Versioned, values: dict[str, Any], last: dict[str, Any]) -> dict[str, Any]:
        changes = {}
        for name, value in values.items():
            current = to_json_value(getattr(row, name))
            if current == to_json_value(value):
                continue
            if name in last and last[name] == current:
                changes[name] = value
            else:
                note = _("kept the edit of staff: %(record)s: %(field)s = %(value)r")
                self.report.notes.append(note % {"record": row, "field": name, "value": str(current)[:80]})
        return changes

    def _save_snapshot(self, key: str, loaded: LoadedRecord | None, values: dict[str, Any]) -> None:
        snapshot = {name: to_json_value(value) for name, value in values.items()}
        if loaded is None:
            loaded = LoadedRecord(model=self.model._meta.label_lower, key=key, values=snapshot)
            loaded.save(force_insert=True)
        elif loaded.values != snapshot:
            loaded.values = snapshot
            loaded.save(update_fields=["values", "loaded_at"])
        self.records[key] = loaded
