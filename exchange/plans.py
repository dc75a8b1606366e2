"""The planned result of each row of an import, and a fingerprint of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RowStatus(TextChoices):
    """What an import will do with a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")


@dataclass(frozen=True)
class Row:
    """A row to import: the name of its sheet, its row number, and its cells by heading."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def cell(self, heading: str) -> str:
        """Return the cell under a heading without surrounding spaces, or "" if the sheet has no such heading."""
        return self.cells.get(heading, "").strip()


@dataclass(frozen=True)
class Change:
    """A change of one field: its label, the old and the new value."""

    label: str
    old: str
    new: str


@dataclass
class PlannedRow:
    """The planned result of a row: its status, its changes or the reasons against it, and the `actions` to write it."""

    row: Row
    title: str
    status: RowStatus = RowStatus.UNCHANGED
    changes: list[Change] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    actions: list[Any] = field(default_factory=list)

    def reject(self, *reasons: str) -> "PlannedRow":
        """Mark the row as rejected for these reasons, and return it."""
        self.status, self.changes, self.actions = RowStatus.REJECTED, [], []
        self.reasons += reasons
        return self


def plan_fingerprint(planned: Iterable[PlannedRow]) -> str:
    """Return a hash of everything that the preview shows, to detect changes before the rows are applied.

    It includes translated text, so it must be compared in the language in which the preview was shown.
    """
    values = [
        (plan.row.sheet, plan.row.number, plan.title, plan.status, [*map(_change_values, plan.changes)], plan.reasons)
        for plan in planned
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def _change_values(change: Change) -> tuple[str, str, str]:
    return change.label, change.old, change.new
