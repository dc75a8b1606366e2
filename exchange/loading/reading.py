"""Reading a file without believing it: text, CSV and TOML, with the line of everything that is wrong."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Model

from core import sheets


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a file: where it stands and why it is refused."""

    line: int
    field: str
    reason: str


class BadFile(Exception):
    """A file of which nothing is loaded; `problems` says why, each with its line and field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = sorted(problems, key=lambda problem: problem.line)


@dataclass(frozen=True)
class Line:
    """One record of a CSV file by column, with the line on which it begins."""

    number: int
    cells: dict[str, str]


def decode(raw: bytes) -> str:
    """The text of a UTF-8 file, with or without a byte order mark. Raises BadFile on other bytes."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise BadFile([Problem(line, "-", "is not UTF-8 text. Save the file as UTF-8.")]) from error
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise BadFile([Problem(line, "-", "holds a NUL character.")])
    return text


def read_csv(raw: bytes, columns: Sequence[str]) -> list[Line]:
    """The records of a CSV file that has at least `columns`, every cell stripped. Raises BadFile."""
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
                problems.append(Problem(number, "-", f"has {len(cells)} cells; the header has {len(header)}."))
            else:
                lines.append(Line(number, {name: cell.strip() for name, cell in zip(header, cells, strict=True)}))
    except sheets.InvalidSpreadsheetError as error:
        problems.append(Problem(error.line, "-", str(error)))
    if header is None and not problems:
        problems.append(Problem(1, "-", f"is empty. Its first line names the columns: {', '.join(columns)}."))
    if problems:
        raise BadFile(problems)
    return lines


def _check_header(number: int, header: list[str], columns: Sequence[str]) -> None:
    problems = [Problem(number, name, "is missing from the header.") for name in columns if name not in header]
    problems += [
        Problem(number, name, "stands twice in the header.")
        for name in dict.fromkeys(header)
        if name and header.count(name) > 1
    ]
    if problems:
        raise BadFile(problems)


def read_toml(raw: bytes) -> tuple[dict[str, Any], str]:
    """The tables of a TOML file and its text. Raises BadFile with the line that the parser names."""
    text = decode(raw)
    try:
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found.group(1)) if found else text.count("\n") + 1
        raise BadFile([Problem(line, "-", f"is not TOML: {error}.")]) from error


def toml_line(text: str, table: str, index: int = 0, key: str = "") -> int:
    """The line of `key` in the `index`-th table of that name, or of the table's header; 1 where there is none."""
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


def field_reason(model: type[Model], name: str, value: Any) -> str | None:
    """Why a model's field refuses a value (too long, empty, no address…), or None where it takes it."""
    field: Field = model._meta.get_field(name)  # type: ignore[assignment]
    try:
        field.clean(value, None)
    except ValidationError as error:
        return " ".join(error.messages)
    return None
