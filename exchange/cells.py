"""Cells of an imported spreadsheet read as values."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError

_DAY_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y")


class InvalidCellError(Exception):
    """A cell that cannot be taken; its text says what is wrong with it and how to mend it."""


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


def parse_choice_cell(text: str, choices: Iterable[tuple[str, Any]]) -> str:
    """The value that is meant by a label or a value, whatever its case. Raises InvalidCellError."""
    wanted = _plain(text)
    labels = [(value, str(label)) for value, label in choices]
    for value, label in labels:
        if wanted in (_plain(value), _plain(label)):
            return str(value)
    raise InvalidCellError(f"“{text}” is none of: {', '.join(label for _, label in labels)}.")


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


def field_parser(model_field: Any) -> Callable[[str], Any]:
    """Reads a text cell as the field of a model would take it from a form. What is returned raises Wrong."""
    form_field = model_field.formfield()

    def read(text: str) -> Any:
        try:
            value = form_field.clean(text)
            model_field.run_validators(value)
        except ValidationError as error:
            raise InvalidCellError(" ".join(error.messages)) from error
        return value

    return read
