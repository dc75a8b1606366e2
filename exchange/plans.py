"""What an import would do, row by row, and a fingerprint of it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices


class RowStatus(TextChoices):
    """What an import would do with a row."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


@dataclass(frozen=True)
class Row:
    """A row to import: the sheet it stands on, its number there, and its cells by heading."""

    sheet: str
    number: int
    cells: Mapping[str, str]

    def cell(self, heading: str) -> str:
        """The cell without the spaces around it; empty where the sheet has no such heading."""
        return self.cells.get(heading, "").strip()


@dataclass(frozen=True)
class Change:
    """One field: what it is called, what it held and what it would hold."""

    label: str
    old: str
    new: str


@dataclass
class PlannedRow:
    """What would become of a row: the verdict, what changes or why not, and what has to be done (`acts`)."""

    row: Row
    title: str
    verdict: RowStatus = RowStatus.UNCHANGED
    changes: list[Change] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    acts: list[Any] = field(default_factory=list)

    def refuse(self, *reasons: str) -> "PlannedRow":
        """The same row, refused."""
        self.verdict, self.changes, self.acts = RowStatus.REFUSED, [], []
        self.reasons += reasons
        return self


def fingerprint(planned: Iterable[PlannedRow]) -> str:
    """A short word that differs when anything of what was shown differs."""
    shown = [
        (plan.row.sheet, plan.row.number, plan.title, plan.verdict, [*map(_words, plan.changes)], plan.reasons)
        for plan in planned
    ]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:32]


def _words(change: Change) -> tuple[str, str, str]:
    return change.label, change.old, change.new
