"""Read text, CSV, and TOML files, and report each problem with its line."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from core import sheets


@dataclass(frozen=True)
class Problem:
    """One problem in a file: its line, field, and reason."""

    line: int
    field: str
    reason: str


class InvalidFileError(Exception):
    """A file is not valid and nothing of it is loaded. `problems` are all reasons, in the order of their lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


@dataclass(frozen=True)
class Line:
    """One record of a CSV file: its cells by column, and the number of its first line."""

    number: int
    cells: dict[str, str]


def decode(raw: bytes) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark. Raise InvalidFileError."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise InvalidFileError([Problem(line, "-", _("is not UTF-8 text. Save the file as UTF-8."))]) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InvalidFileError([Problem(line, "-", _("contains a NUL character. Remove it."))])
    return text


def read_csv(raw: bytes, columns: Sequence[str]) -> list[Line]:
    """Return the records of a CSV file with at least these columns, all cells stripped. Raise InvalidFileError."""
    lines: list[Line] = []
    problems: list[Problem] = []
    header: list[str] | None = None
    try:
        for number, cells in sheets.read_csv(decode(raw)):
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                _check_header(number, header, columns)
            elif len(cells) != len(header):
                message = _("has %(count)d cells, but the header has %(expected)d.")
                problems.append(Problem(number, "-", message % {"count": len(cells), "expected": len(header)}))
            else:
                lines.append(Line(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
    except sheets.InvalidSpreadsheetError as error:
        problems.append(Problem(error.line, "-", str(error)))
    if header is None and not problems:
        message = _("is empty. Enter the column names on the first line: %(columns)s.")
        problems.append(Problem(1, "-", message % {"columns": ", ".join(columns)}))
    if problems:
        raise InvalidFileError(problems)
    return lines


def _check_header(number: int, header: list[str], columns: Sequence[str]) -> None:
    problems = [Problem(number, name, _("is missing from the header.")) for name in columns if name not in header]
    problems += [
        Problem(number, name, _("appears twice in the header."))
        for name in dict.fromkeys(header)
        if name and header.count(name) > 1
    ]
    if problems:
        raise InvalidFileError(problems)


def read_toml(raw: bytes) -> tuple[dict[str, Any], str]:
    """Return the tables of a TOML file and its text. Raise InvalidFileError with the line that the parser reports."""
    text = decode(raw)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise InvalidFileError([Problem(line, "-", _("is not valid TOML: %(error)s.") % {"error": error})]) from error


def toml_line(text: str, table: str, index: int = 0, key: str = "") -> int:
    """Return the line of `key` in the table with this name and index, else of the table's header, else 1."""
    header = re.compile(rf"\s*\[\[?\s*{re.escape(table)}\s*\]\]?")
    seen, found = -1, 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header.match(line):
            seen += 1
            if seen == index:
                found = number
        elif line.lstrip().startswith("["):
            if seen == index:
                return found
        elif seen == index and key and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return found


def field_error(model: type[Model], name: str, value: Any) -> str | None:
    """Return why a value is not valid for a model field, or None if it is valid."""
    field: Any = model._meta.get_field(name)
    try:
        field.clean(value, None)
    except ValidationError as error:
        return " ".join(error.messages)
    return None
