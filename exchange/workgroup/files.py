"""Parse and validate each of the four files. A function returns valid rows, or raises InvalidFileError."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.text import get_text_list, slugify
from django.utils.translation import gettext as _

from exchange.cells import InvalidCellError, parse_bool, parse_date_cell
from exchange.workgroup.readers import (
    InvalidFileError,
    Line,
    Problem,
    field_error,
    read_csv,
    read_toml,
    toml_line,
)
from members.models import Organization, Sector
from members.rules import Basis
from objectives.models import DataPoint, Measure, Objective, Plan
from taskforces.models import Body, HistoryEvent, Workgroup

FULL_BODY_SLUG = "workgroup"
# Columns of the file, and the model fields that they are loaded into.
ORGANIZATION_COLUMNS = {
    "key": "key",
    "name": "name",
    "acronym": "acronym",
    "jurisdiction": "jurisdiction",
    "website": "website",
    "role": "work",
    "source": "source",
}
LOADED_BASES = (Basis.NAMED_MEMBER, Basis.NAMED_PARTNER, Basis.SAMPLE)
MEASURE_COLUMNS = {"measure": "name", "unit": "unit", "kind": "kind", "good_direction": "good_direction"}
POINT_COLUMNS = {
    "period": "period",
    "qualifier": "qualifier",
    "value": "value",
    "certainty": "certainty",
    "note": "note",
    "source": "source",
}
HISTORY_COLUMNS = {"key": "key", "when": "when", "event": "event", "source": "source"}


@dataclass(frozen=True)
class WorkgroupFile:
    """The workgroup, its plan, its objectives by number, and its task forces by slug, as field values."""

    workgroup: dict[str, Any]
    plan: dict[str, Any]
    objectives: dict[int, dict[str, Any]]
    bodies: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class OrganizationRow:
    """One organization: its key, the name of its sector, the basis of its membership, and its values."""

    key: str
    sector: str
    basis: str
    values: dict[str, Any]


@dataclass
class MeasureRow:
    """One measure: its values, the number of its objective or None, and the values of its data points."""

    key: str
    objective: int | None
    line: int
    values: dict[str, Any]
    points: list[dict[str, Any]] = field(default_factory=list)


class FileValidator:
    """Collects all problems of a file, so that they are reported together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add_problem(self, line: int, name: str, reason: str) -> None:
        """Add a problem of one field."""
        self.problems.append(Problem(line, name, reason))

    def convert(self, line: Line, name: str, parse: Callable[[str], Any]) -> Any:
        """Return the parsed cell, or add a problem and return None."""
        try:
            return parse(line.cells[name])
        except InvalidCellError as error:
            self.add_problem(line.number, name, str(error))
            return None

    def check_field(self, line: int, name: str, model: type[Model], model_field: str, value: Any) -> bool:
        """Return whether the value is valid for the model field; add a problem if it is not."""
        reason = field_error(model, model_field, value)
        if reason:
            self.add_problem(line, name, reason)
        return reason is None

    def columns(self, line: Line, model: type[Model], columns: dict[str, str]) -> dict[str, Any]:
        """Return the cells of these columns by field name, and check each by its field."""
        for column, model_field in columns.items():
            self.check_field(line.number, column, model, model_field, line.cells[column])
        return {model_field: line.cells[column] for column, model_field in columns.items()}

    def date_range(self, line: Line, first: str, last: str, *, open_end: bool) -> tuple[Any, Any]:
        """Return two dates and check their order. The second one may be empty if `open_end` is set."""
        before = len(self.problems)
        starts, ends = self.convert(line, first, parse_date_cell), self.convert(line, last, parse_date_cell)
        if len(self.problems) == before:
            if starts is None:
                self.add_problem(line.number, first, _("is empty. Enter a date such as 2026-12-03."))
            if ends is None and not open_end:
                self.add_problem(line.number, last, _("is empty. Enter a date such as 2026-12-03."))
            if starts and ends and ends < starts:
                message = _("%(end)s is before %(field)s, %(start)s.")
                self.add_problem(line.number, last, message % {"end": ends, "field": first, "start": starts})
        return starts, ends

    def finish(self) -> None:
        """Raise InvalidFileError if there is a problem."""
        if self.problems:
            raise InvalidFileError(self.problems)


def organization_rows(raw: bytes) -> list[OrganizationRow]:
    """Return the organizations of a CSV file. Their keys are unique. Raise InvalidFileError."""
    validator = FileValidator()
    rows: list[OrganizationRow] = []
    lines: dict[str, int] = {}
    for line in read_csv(raw, [*ORGANIZATION_COLUMNS, "sector", "membership"]):
        key, sector, basis = line.cells["key"], line.cells["sector"], line.cells["membership"]
        values = validator.columns(line, Organization, ORGANIZATION_COLUMNS)
        if key and lines.setdefault(key, line.number) != line.number:
            validator.add_problem(line.number, "key", _repeated_message(key, lines[key]))
        if validator.check_field(line.number, "sector", Sector, "name", sector):
            validator.check_field(line.number, "sector", Sector, "slug", slugify(sector))
        if basis not in LOADED_BASES:
            message = _("%(value)r is not valid. Enter %(allowed)s.")
            values_text = {"value": basis, "allowed": get_text_list([str(known) for known in LOADED_BASES])}
            validator.add_problem(line.number, "membership", message % values_text)
        rows.append(OrganizationRow(key, sector, basis, values))
    validator.finish()
    return rows


def measure_rows(raw: bytes, objectives: Collection[int]) -> list[MeasureRow]:
    """Return the measures of a CSV file with their data points. Raise InvalidFileError.

    `objectives` are the numbers of the existing objectives.
    """
    validator = FileValidator()
    series: dict[str, MeasureRow] = {}
    seen: dict[tuple[str, Any, Any], int] = {}
    dated = ["period_start", "period_end", "circa", "break_before"]
    for line in read_csv(raw, ["series", "objective", *MEASURE_COLUMNS, *POINT_COLUMNS, *dated]):
        key = line.cells["series"]
        validator.check_field(line.number, "series", Measure, "key", key)
        measure = validator.columns(line, Measure, MEASURE_COLUMNS)
        number = _objective_number(validator, line, objectives)
        row = series.setdefault(key, MeasureRow(key, number, line.number, measure))
        for column, name in MEASURE_COLUMNS.items():
            if row.values[name] != measure[name]:
                validator.add_problem(line.number, column, _different_message(row.line))
        if row.objective != number:
            validator.add_problem(line.number, "objective", _different_message(row.line))
        starts, ends = validator.date_range(line, "period_start", "period_end", open_end=False)
        if starts and ends and seen.setdefault((key, starts, ends), line.number) != line.number:
            first = seen[key, starts, ends]
            message = _("is the same period of this series as on line %(line)d. Remove one of them.")
            validator.add_problem(line.number, "period_start", message % {"line": first})
        point = validator.columns(line, DataPoint, POINT_COLUMNS)
        if not field_error(DataPoint, "value", point["value"]):
            point["value"] = DataPoint._meta.get_field("value").clean(point["value"], None)
        point |= {"starts_on": starts, "ends_on": ends}
        point |= {"is_circa": validator.convert(line, "circa", parse_bool)}
        point |= {"break_before": validator.convert(line, "break_before", parse_bool)}
        row.points.append(point)
    validator.finish()
    return list(series.values())


def _objective_number(validator: FileValidator, line: Line, objectives: Collection[int]) -> int | None:
    text = line.cells["objective"]
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text) not in objectives:
        message = _("%(value)r is not the number of an objective. The objectives are: %(numbers)s.")
        numbers = ", ".join(str(number) for number in sorted(objectives)) or "-"
        validator.add_problem(line.number, "objective", message % {"value": text, "numbers": numbers})
        return None
    return int(text)


def _repeated_message(key: str, line: int) -> str:
    return _("%(key)r is already on line %(line)d. Enter another key.") % {"key": key, "line": line}


def _different_message(line: int) -> str:
    return _("is different from line %(line)d of the same series.") % {"line": line}


def history_rows(raw: bytes) -> list[dict[str, Any]]:
    """Return the history events of a CSV file. Their keys are unique. Raise InvalidFileError."""
    validator = FileValidator()
    rows: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for line in read_csv(raw, [*HISTORY_COLUMNS, "starts_on", "ends_on", "circa"]):
        values = validator.columns(line, HistoryEvent, HISTORY_COLUMNS)
        key = values["key"]
        if key and lines.setdefault(key, line.number) != line.number:
            validator.add_problem(line.number, "key", _repeated_message(key, lines[key]))
        starts, ends = validator.date_range(line, "starts_on", "ends_on", open_end=True)
        circa = validator.convert(line, "circa", parse_bool)
        rows[key] = values | {"starts_on": starts, "ends_on": ends, "is_circa": circa}
    validator.finish()
    return list(rows.values())


def workgroup_file(raw: bytes) -> WorkgroupFile:
    """Return the workgroup, its plan, objectives, and task forces from a TOML file. Raise InvalidFileError."""
    tables, text = read_toml(raw)
    validator = FileValidator()
    workgroup = _table(
        validator, tables, text, "workgroup", Workgroup, ("name", "short_name", "convened_by", "overview")
    )
    for name, empty in (("program", ""), ("convened_in", None)):
        workgroup[name] = _value(validator, tables, text, "workgroup", Workgroup, name, empty)
    plan = {
        "slug": _value(validator, tables, text, "plan", Plan, "slug", "current"),
        "name": _value(validator, tables, text, "plan", Plan, "name", "Current plan"),
        "starts_on": _value(validator, tables, text, "plan", Plan, "starts_on", None),
        "ends_on": _value(validator, tables, text, "plan", Plan, "ends_on", None),
    }
    objectives = _objectives(validator, tables, text)
    bodies = _bodies(validator, tables, text)
    validator.finish()
    return WorkgroupFile(workgroup, plan, objectives, bodies)


def _value(
    validator: FileValidator,
    tables: dict,
    text: str,
    table: str,
    model: type[Model],
    name: str,
    empty: Any,
    index: int = 0,
) -> Any:
    """Return a value of a table, with text stripped, or `empty` if it is missing. Check it by its model field."""
    rows = tables.get(table, {})
    row = rows[index] if isinstance(rows, list) else rows
    value = row.get(name, empty)
    value = value.strip() if isinstance(value, str) else value
    line = toml_line(text, table, index, name)
    wanted = int if name in {"number", "convened_in"} else str
    if value is not None and name not in {"starts_on", "ends_on"} and type(value) is not wanted:
        message = _("%(value)r is not a whole number.") if wanted is int else _("%(value)r is not text in quotes.")
        validator.add_problem(line, f"{table}.{name}", message % {"value": value})
        return empty
    validator.check_field(line, f"{table}.{name}", model, name, value)
    return value


def _table(
    validator: FileValidator, tables: dict[str, Any], text: str, table: str, model: type[Model], names: tuple[str, ...]
) -> dict[str, Any]:
    if not isinstance(tables.get(table), dict):
        raise InvalidFileError([Problem(1, table, _("is missing. Add a table [%(table)s].") % {"table": table})])
    return {name: _value(validator, tables, text, table, model, name, "") for name in names}


def _list(tables: dict[str, Any], text: str, table: str) -> list[dict[str, Any]]:
    rows = tables.get(table)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        message = _("is missing. Add a table [[%(table)s]] for each of them.")
        raise InvalidFileError([Problem(toml_line(text, table), table, message % {"table": table})])
    return rows


def _objectives(validator: FileValidator, tables: dict[str, Any], text: str) -> dict[int, dict[str, Any]]:
    objectives: dict[int, dict[str, Any]] = {}
    for index in range(len(_list(tables, text, "objectives"))):
        number = _value(validator, tables, text, "objectives", Objective, "number", None, index)
        if number in objectives:
            line = toml_line(text, "objectives", index, "number")
            validator.add_problem(line, "objectives.number", _("%(number)s appears twice.") % {"number": number})
        objectives[number] = {
            name: _value(validator, tables, text, "objectives", Objective, name, "", index)
            for name in ("title", "description")
        }
    return objectives


def _bodies(validator: FileValidator, tables: dict[str, Any], text: str) -> dict[str, dict[str, Any]]:
    bodies: dict[str, dict[str, Any]] = {}
    for index in range(len(_list(tables, text, "task_forces"))):
        values = {
            name: _value(validator, tables, text, "task_forces", Body, name, "", index)
            for name in ("name", "focus", "charter")
        }
        slug = slugify(values["name"])
        line = toml_line(text, "task_forces", index, "name")
        if values["name"]:
            validator.check_field(line, "task_forces.name", Body, "slug", slug)
        if slug in bodies or slug == FULL_BODY_SLUG:
            validator.add_problem(
                line, "task_forces.name", _("the address %(slug)r is used by another body.") % {"slug": slug}
            )
        bodies[slug] = values | {"position": index + 1}
    return bodies
