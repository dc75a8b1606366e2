"""Shared parts of spreadsheet imports: parsing cells, and the planned result of each row."""

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
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y")


class RowStatus(TextChoices):
    """What an import will do with a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    UNCHANGED = "unchanged", _("Unchanged")
    REFUSED = "refused", _("Rejected")


class InvalidCellError(Exception):
    """A cell value is not valid. The message is shown to the user and says how to fix it."""


@dataclass(frozen=True)
class Row:
    """A row to import: the name of its sheet, its row number and its cells by heading."""

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
    """The planned result of a row: its status, the changes or the reasons against them, and the steps (`acts`)."""

    row: Row
    title: str
    verdict: RowStatus = RowStatus.UNCHANGED
    changes: list[Change] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    acts: list[Any] = field(default_factory=list)

    def refuse(self, *reasons: str) -> "PlannedRow":
        """Mark the row as rejected for these reasons, and return it."""
        self.verdict, self.changes, self.acts = RowStatus.REFUSED, [], []
        self.reasons += reasons
        return self


def fingerprint(planned: Iterable[PlannedRow]) -> str:
    """Return a hash of everything that the preview shows, to detect changes before the rows are applied."""
    shown = [
        (plan.row.sheet, plan.row.number, plan.title, plan.verdict, [*map(_change_values, plan.changes)], plan.reasons)
        for plan in planned
    ]
    return hashlib.sha256(json.dumps(shown, default=str).encode()).hexdigest()[:32]


def _change_values(change: Change) -> tuple[str, str, str]:
    return change.label, change.old, change.new


# Cells


def parse_date_cell(text: str) -> dt.date | None:
    """Parse a date such as 2026-12-03, 12/3/2026 or Dec 3, 2026. Return None for an empty cell. Raise InvalidCellError."""
    for form in _DAY_FORMATS if text else ():
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    if text:
        message = gettext("“%(value)s” is not a valid date. Use a format like 12/3/2026.")
        raise InvalidCellError(message % {"value": text})
    return None


def parse_choice_cell(text: str, choices: type[TextChoices]) -> str:
    """Return the choice with this label or value, ignoring case and punctuation. Raise InvalidCellError."""
    wanted = _normalize(text)
    for value, label in choices.choices:
        if wanted in (_normalize(value), _normalize(label)):
            return str(value)
    allowed = get_text_list([str(label) for label in choices.labels])
    message = gettext("“%(value)s” is not a valid choice. Enter %(allowed)s.")
    raise InvalidCellError(message % {"value": text, "allowed": allowed})


def _normalize(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def parse_bool(text: str) -> bool:
    """Parse yes or no. An empty cell is no. Raise InvalidCellError."""
    answer = text.casefold()
    if answer in ("yes", "y", "true", "1", "x"):
        return True
    if answer in ("no", "n", "false", "0", ""):
        return False
    raise InvalidCellError(gettext("“%(value)s” is not a valid answer. Enter yes or no.") % {"value": text})


def field_parser(model: type[models.Model], name: str) -> Callable[[str], Any]:
    """Return a function that parses a cell with the form field of a model field. The function raises Wrong."""
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
