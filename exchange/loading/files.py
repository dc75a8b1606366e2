"""What each of the four files may say. A reader returns rows ready to apply, or raises BadFile with every problem."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.text import slugify

from exchange.cells import InvalidCellError, parse_bool, parse_date_cell
from exchange.loading.reading import (
    BadFile,
    Line,
    Problem,
    field_reason,
    read_csv,
    read_toml,
    toml_line,
)
from members.models import Organization, Sector
from members.rules import Basis
from objectives.models import DataPoint, Measure, Objective, Plan
from taskforces.models import Body, HistoryEvent, Workgroup

FULL_BODY_SLUG = "workgroup"
# File column -> field of the row.
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
    """The workgroup, its plan, its objectives by number and its task forces by slug, as field values."""

    workgroup: dict[str, Any]
    plan: dict[str, Any]
    objectives: dict[int, dict[str, Any]]
    bodies: dict[str, dict[str, Any]]


@dataclass(frozen=True)
class OrganizationRow:
    key: str
    sector: str
    basis: str
    values: dict[str, Any]


@dataclass
class MeasureRow:
    """One series: its own values, the number of its objective or None, and its points by (start, end)."""

    key: str
    objective: int | None
    line: int
    values: dict[str, Any]
    points: list[dict[str, Any]] = field(default_factory=list)


class Checker:
    """Gathers what is wrong, so that one reading shows every problem of a file."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def refuse(self, line: int, name: str, reason: str) -> None:
        self.problems.append(Problem(line, name, reason))

    def convert(self, line: Line, name: str, how: Callable[[str], Any]) -> Any:
        """The cell converted, or None and a problem."""
        try:
            return how(line.cells[name])
        except InvalidCellError as error:
            self.refuse(line.number, name, str(error))
            return None

    def field(self, line: int, name: str, model: type[Model], model_field: str, value: Any) -> bool:
        """Whether the model's field takes the value; notes the problem where it does not."""
        reason = field_reason(model, model_field, value)
        if reason:
            self.refuse(line, name, reason)
        return reason is None

    def columns(self, line: Line, model: type[Model], columns: dict[str, str]) -> dict[str, Any]:
        """The cells of `columns` by field name, each checked by its field."""
        for column, model_field in columns.items():
            self.field(line.number, column, model, model_field, line.cells[column])
        return {model_field: line.cells[column] for column, model_field in columns.items()}

    def span(self, line: Line, first: str, last: str, *, open_end: bool) -> tuple[Any, Any]:
        """Two dates in order; `open_end` lets the last one be empty."""
        before = len(self.problems)
        starts, ends = self.convert(line, first, parse_date_cell), self.convert(line, last, parse_date_cell)
        if len(self.problems) == before:
            if starts is None:
                self.refuse(line.number, first, "is empty. Write a date such as 2026-12-03.")
            if ends is None and not open_end:
                self.refuse(line.number, last, "is empty. Write a date such as 2026-12-03.")
            if starts and ends and ends < starts:
                self.refuse(line.number, last, f"{ends} lies before {first}, {starts}.")
        return starts, ends

    def finish(self) -> None:
        """Raises BadFile when anything was refused."""
        if self.problems:
            raise BadFile(self.problems)


def organization_rows(raw: bytes) -> list[OrganizationRow]:
    """The organizations of a CSV file, by a key that stands once. Raises BadFile."""
    check = Checker()
    rows: list[OrganizationRow] = []
    lines: dict[str, int] = {}
    for line in read_csv(raw, [*ORGANIZATION_COLUMNS, "sector", "membership"]):
        key, sector, basis = line.cells["key"], line.cells["sector"], line.cells["membership"]
        values = check.columns(line, Organization, ORGANIZATION_COLUMNS)
        if key and lines.setdefault(key, line.number) != line.number:
            check.refuse(line.number, "key", f"{key!r} stands on line {lines[key]} already.")
        if check.field(line.number, "sector", Sector, "name", sector):
            check.field(line.number, "sector", Sector, "slug", slugify(sector))
        if basis not in LOADED_BASES:
            known = ", ".join(LOADED_BASES)
            check.refuse(line.number, "membership", f"{basis!r} is unknown. Write one of: {known}.")
        rows.append(OrganizationRow(key, sector, basis, values))
    check.finish()
    return rows


def measure_rows(raw: bytes, objectives: Collection[int]) -> list[MeasureRow]:
    """The series of a CSV file with their points; `objectives` are the numbers that exist. Raises BadFile."""
    check = Checker()
    series: dict[str, MeasureRow] = {}
    seen: dict[tuple[str, Any, Any], int] = {}
    dated = ["period_start", "period_end", "circa", "break_before"]
    for line in read_csv(raw, ["series", "objective", *MEASURE_COLUMNS, *POINT_COLUMNS, *dated]):
        key = line.cells["series"]
        check.field(line.number, "series", Measure, "key", key)
        measure = check.columns(line, Measure, MEASURE_COLUMNS)
        number = _objective_number(check, line, objectives)
        row = series.setdefault(key, MeasureRow(key, number, line.number, measure))
        for column, name in MEASURE_COLUMNS.items():
            if row.values[name] != measure[name]:
                check.refuse(line.number, column, f"differs from line {row.line} of the same series.")
        if row.objective != number:
            check.refuse(line.number, "objective", f"differs from line {row.line} of the same series.")
        starts, ends = check.span(line, "period_start", "period_end", open_end=False)
        if starts and ends and seen.setdefault((key, starts, ends), line.number) != line.number:
            first = seen[key, starts, ends]
            check.refuse(line.number, "period_start", f"the same period of this series stands on line {first} already.")
        point = check.columns(line, DataPoint, POINT_COLUMNS)
        if not field_reason(DataPoint, "value", point["value"]):
            point["value"] = DataPoint._meta.get_field("value").clean(point["value"], None)
        point |= {"starts_on": starts, "ends_on": ends}
        point |= {"is_circa": check.convert(line, "circa", parse_bool)}
        point |= {"break_before": check.convert(line, "break_before", parse_bool)}
        row.points.append(point)
    check.finish()
    return list(series.values())


def _objective_number(check: Checker, line: Line, objectives: Collection[int]) -> int | None:
    word = line.cells["objective"]
    if not word:
        return None
    if not word.isascii() or not word.isdigit() or int(word) not in objectives:
        known = ", ".join(str(number) for number in sorted(objectives)) or "none is loaded"
        check.refuse(line.number, "objective", f"{word!r} is not the number of an objective ({known}).")
        return None
    return int(word)


def history_rows(raw: bytes) -> list[dict[str, Any]]:
    """The dated events of a CSV file, by a key that stands once. Raises BadFile."""
    check = Checker()
    rows: dict[str, dict[str, Any]] = {}
    lines: dict[str, int] = {}
    for line in read_csv(raw, [*HISTORY_COLUMNS, "starts_on", "ends_on", "circa"]):
        values = check.columns(line, HistoryEvent, HISTORY_COLUMNS)
        key = values["key"]
        if key and lines.setdefault(key, line.number) != line.number:
            check.refuse(line.number, "key", f"{key!r} stands on line {lines[key]} already.")
        starts, ends = check.span(line, "starts_on", "ends_on", open_end=True)
        circa = check.convert(line, "circa", parse_bool)
        rows[key] = values | {"starts_on": starts, "ends_on": ends, "is_circa": circa}
    check.finish()
    return list(rows.values())


def workgroup_file(raw: bytes) -> WorkgroupFile:
    """The workgroup, its objectives and its task forces from a TOML file. Raises BadFile."""
    tables, text = read_toml(raw)
    check = Checker()
    workgroup = _table(check, tables, text, "workgroup", Workgroup, ("name", "short_name", "convened_by", "overview"))
    for name, empty in (("program", ""), ("convened_in", None)):
        workgroup[name] = _value(check, tables, text, "workgroup", Workgroup, name, empty)
    plan = {
        "slug": _value(check, tables, text, "plan", Plan, "slug", "current"),
        "name": _value(check, tables, text, "plan", Plan, "name", "Current plan"),
        "starts_on": _value(check, tables, text, "plan", Plan, "starts_on", None),
        "ends_on": _value(check, tables, text, "plan", Plan, "ends_on", None),
    }
    objectives = _objectives(check, tables, text)
    bodies = _bodies(check, tables, text)
    check.finish()
    return WorkgroupFile(workgroup, plan, objectives, bodies)


def _value(
    check: Checker, tables: dict, text: str, table: str, model: type[Model], name: str, empty: Any, index: int = 0
) -> Any:
    """A value of a table, text stripped; `empty` where it is not there."""
    rows = tables.get(table, {})
    row = rows[index] if isinstance(rows, list) else rows
    value = row.get(name, empty)
    value = value.strip() if isinstance(value, str) else value
    line = toml_line(text, table, index, name)
    wanted = int if name in {"number", "convened_in"} else str
    if value is not None and name not in {"starts_on", "ends_on"} and type(value) is not wanted:
        check.refuse(line, f"{table}.{name}", f"{value!r} is not {'a whole number' if wanted is int else 'text'}.")
        return empty
    check.field(line, f"{table}.{name}", model, name, value)
    return value


def _table(
    check: Checker, tables: dict, text: str, table: str, model: type[Model], names: tuple[str, ...]
) -> dict[str, Any]:
    if not isinstance(tables.get(table), dict):
        raise BadFile([Problem(1, table, f"is missing. Write a table [{table}].")])
    return {name: _value(check, tables, text, table, model, name, "") for name in names}


def _list(tables: dict, text: str, table: str) -> list[dict[str, Any]]:
    rows = tables.get(table)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise BadFile([Problem(toml_line(text, table), table, f"is missing. Write one [[{table}]] for each.")])
    return rows


def _objectives(check: Checker, tables: dict, text: str) -> dict[int, dict[str, Any]]:
    objectives: dict[int, dict[str, Any]] = {}
    for index in range(len(_list(tables, text, "objectives"))):
        number = _value(check, tables, text, "objectives", Objective, "number", None, index)
        if number in objectives:
            line = toml_line(text, "objectives", index, "number")
            check.refuse(line, "objectives.number", f"{number} stands twice.")
        objectives[number] = {
            name: _value(check, tables, text, "objectives", Objective, name, "", index)
            for name in ("title", "description")
        }
    return objectives


def _bodies(check: Checker, tables: dict, text: str) -> dict[str, dict[str, Any]]:
    bodies: dict[str, dict[str, Any]] = {}
    for index in range(len(_list(tables, text, "task_forces"))):
        values = {
            name: _value(check, tables, text, "task_forces", Body, name, "", index)
            for name in ("name", "focus", "charter")
        }
        slug = slugify(values["name"])
        line = toml_line(text, "task_forces", index, "name")
        if values["name"]:
            check.field(line, "task_forces.name", Body, "slug", slug)
        if slug in bodies or slug == FULL_BODY_SLUG:
            check.refuse(line, "task_forces.name", f"the address {slug!r} is taken by another body.")
        bodies[slug] = values | {"position": index + 1}
    return bodies
