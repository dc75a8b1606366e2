"""What every import of a spreadsheet shares: cells read as values, and what would become of each row."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import TextChoices

_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y")


class RowStatus(TextChoices):
    """What an import would do with a row."""

    NEW = "new", "New"
    CHANGED = "changed", "Changed"
    UNCHANGED = "unchanged", "Unchanged"
    REFUSED = "refused", "Refused"


class InvalidCellError(Exception):
    """A cell that cannot be taken; its text says what is wrong with it and how to mend it."""


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


# Cells ----------------------------------------------------------------------------------------------


def parse_date_cell(text: str) -> dt.date | None:
    """A day as 2026-12-03, 12/3/2026 or Dec 3, 2026; None for an empty cell. Raises InvalidCellError."""
    for form in _DAY_FORMATS if text else ():
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    if text:
        raise InvalidCellError(f"“{text}” is no date. Write for example 2026-12-03 or 12/3/2026.")
    return None


def parse_choice_cell(text: str, choices: type[TextChoices]) -> str:
    """The value that is meant by a label or a value, whatever its case. Raises InvalidCellError."""
    wanted = _plain(text)
    for value, label in choices.choices:
        if wanted in (_plain(value), _plain(str(label))):
            return str(value)
    raise InvalidCellError(f"“{text}” is none of: {', '.join(map(str, choices.labels))}.")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def parse_bool(text: str) -> bool:
    """Yes or no. Raises InvalidCellError."""
    word = text.casefold()
    if word in ("yes", "y", "true", "1", "x"):
        return True
    if word in ("no", "n", "false", "0", ""):
        return False
    raise InvalidCellError(f"“{text}” is neither yes nor no.")


def field_parser(model: type[models.Model], name: str) -> Callable[[str], Any]:
    """Reads a text cell as the model's field would take it from a form. What is returned raises Wrong."""
    model_field: Any = model._meta.get_field(name)
    form_field = model_field.formfield()

    def read(text: str) -> Any:
        try:
            value = form_field.clean(text)
            model_field.run_validators(value)
        except ValidationError as error:
            raise InvalidCellError(" ".join(error.messages)) from error
        return value

    return read
