"""Parse the cells of an imported spreadsheet."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

_DATE_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%m/%d/%y", "%b %d, %Y", "%B %d, %Y")


class InvalidCellError(Exception):
    """A cell value is not valid. The message is shown to the user and says how to fix it."""


def parse_date_cell(text: str) -> dt.date | None:
    """Parse a date such as 2026-12-03, 12/3/2026, or Dec 3, 2026. Return None for an empty cell.

    Raise InvalidCellError.
    """
    for form in _DATE_FORMATS if text else ():
        try:
            return dt.datetime.strptime(text, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    if text:
        message = _("“%(value)s” is not a valid date. Use a format like 12/3/2026.")
        raise InvalidCellError(message % {"value": text})
    return None


def parse_choice_cell(text: str, choices: Iterable[tuple[str, Any]]) -> str:
    """Return the choice with this label or value, ignoring case and punctuation. Raise InvalidCellError."""
    wanted = _normalize(text)
    labels = [(value, str(label)) for value, label in choices]
    for value, label in labels:
        if wanted in (_normalize(value), _normalize(label)):
            return str(value)
    raise invalid_choice(text, [label for _value, label in labels])


def invalid_choice(text: str, labels: Iterable[str]) -> InvalidCellError:
    """Return the error for a cell that has none of these values."""
    message = _("“%(value)s” is not a valid choice. Enter %(allowed)s.")
    return InvalidCellError(message % {"value": text, "allowed": get_text_list(list(labels))})


def future_date_message() -> str:
    """Return the error for a date that must not be in the future."""
    return _("The date is in the future. Enter today or an earlier date.")


def with_heading(heading: str, problem: object) -> str:
    """Return the problem of one cell with the heading of its column in front of it."""
    return _("%(heading)s: %(problem)s") % {"heading": heading, "problem": problem}


def _normalize(text: str) -> str:
    return re.sub(r"[\W_]+", " ", text).strip().casefold()


def parse_bool(text: str) -> bool:
    """Parse yes or no; an empty cell is no. Raise InvalidCellError."""
    answer = text.casefold()
    if answer in ("yes", "y", "true", "1", "x"):
        return True
    if answer in ("no", "n", "false", "0", ""):
        return False
    raise InvalidCellError(_("“%(value)s” is not a valid answer. Enter yes or no.") % {"value": text})


def field_parser(model_field: Any) -> Callable[[str], Any]:
    """Return a function that validates a text cell as the form field of this model field does.

    The returned function raises InvalidCellError.
    """
    form_field = model_field.formfield()

    def parse(text: str) -> Any:
        try:
            value = form_field.clean(text)
            model_field.run_validators(value)
        except ValidationError as error:
            raise InvalidCellError(" ".join(error.messages)) from error
        return value

    return parse
