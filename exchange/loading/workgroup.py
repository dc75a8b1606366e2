"""Loads the real records: the workgroup, its organizations, its measures and its history, each file whole or not."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from core.models import LoadedRecord
from exchange.loading import files
from exchange.loading.loader import Loader, Report
from exchange.loading.reading import BadFile
from members.models import Organization, Sector
from members.operations import correct_status_period
from members.rules import Basis, OrganizationStatus
from objectives.models import DataPoint, Measure, Objective, Plan
from taskforces.models import Body, HistoryEvent, Workgroup
from taskforces.rules import BodyKind

DATA_DIR = settings.BASE_DIR / "data"
DEFAULT_FILES = {
    "workgroup": DATA_DIR / "workgroup.toml",
    "organizations": DATA_DIR / "organizations.csv",
    "measures": DATA_DIR / "measures.csv",
    "history": DATA_DIR / "history.csv",
}
FILE_MODEL = "file"


@dataclass(frozen=True)
class Source:
    """One file to load, and whether somebody named it (or it is the project's own)."""

    kind: str
    path: Path
    named: bool


def sources(named: dict[str, str]) -> list[Source]:
    """The files that somebody named; when nobody named any, the project's own four."""
    if named:
        return [Source(kind, Path(named[kind]), True) for kind in DEFAULT_FILES if kind in named]
    return [Source(kind, path, False) for kind, path in DEFAULT_FILES.items()]


def load(source: Source) -> Report:
    """Load one file whole, or nothing of it; what is wrong stands in the report's problems."""
    report = Report(source.path.name)
    last = LoadedRecord.objects.filter(model=FILE_MODEL, key=source.kind).first()
    if last and last.values["named"] and not source.named:
        report.notes.append(
            f"left alone: this database was loaded from {last.values['name']}. "
            f"To load this file, say --{source.kind} {source.path.name} with its path."
        )
        return report
    try:
        raw = source.path.read_bytes()
    except OSError as error:
        report.problems.append(f"{source.path}: cannot be read: {error.strerror}")
        return report
    try:
        with transaction.atomic():
            LOADERS[source.kind](raw, report)
            LoadedRecord.objects.update_or_create(
                model=FILE_MODEL,
                key=source.kind,
                defaults={"values": {"name": source.path.name, "named": source.named}},
            )
    except BadFile as error:
        report = Report(source.path.name)
        report.problems = [
            f"{source.path}, line {problem.line}, {problem.field}: {problem.reason}" for problem in error.problems
        ]
    return report


def _load_workgroup(raw: bytes, report: Report) -> None:
    content = files.workgroup_file(raw)
    standing = {row.slug: row for row in Workgroup.objects.all()}
    workgroup = Loader(Workgroup, standing, report).put("workgroup", {"slug": "workgroup"}, content.workgroup)
    _load_plan(workgroup, content, report)
    _load_bodies(workgroup, content, report)


def _load_plan(workgroup: Any, content: files.WorkgroupFile, report: Report) -> None:
    slug = content.plan["slug"]
    for other in Plan.objects.filter(workgroup=workgroup, is_current=True).exclude(slug=slug):
        report.notes.append(f"the plan {other} is the current one; {slug} is loaded beside it")
    is_current = not Plan.objects.filter(workgroup=workgroup, is_current=True).exclude(slug=slug).exists()
    values = {name: value for name, value in content.plan.items() if name != "slug"}
    plan = Loader(Plan, {row.slug: row for row in Plan.objects.all()}, report).put(
        slug, {"slug": slug, "workgroup": workgroup, "is_current": is_current}, values
    )
    standing = {f"{slug}:{row.number}": row for row in Objective.objects.filter(plan_id=plan.pk)}
    loader = Loader(Objective, standing, report)
    for number, values in content.objectives.items():
        loader.put(f"{slug}:{number}", {"plan": plan, "number": number}, values)
    report.notes += [f"no longer in the file, kept: {loader.rows[key]}" for key in loader.gone()]


def _load_bodies(workgroup: Any, content: files.WorkgroupFile, report: Report) -> None:
    loader = Loader(Body, {row.slug: row for row in Body.objects.filter(workgroup=workgroup)}, report)
    full = {"name": content.workgroup["short_name"], "position": 0}
    loader.put(
        files.FULL_BODY_SLUG, {"slug": files.FULL_BODY_SLUG, "workgroup": workgroup, "kind": BodyKind.FULL}, full
    )
    for slug, values in content.bodies.items():
        loader.put(slug, {"slug": slug, "workgroup": workgroup}, values)
    report.notes += [
        f"no longer in the file, kept: {loader.rows[key]}. Staff dissolve a task force on its page."
        for key in loader.gone()
    ]


def _load_organizations(raw: bytes, report: Report) -> None:
    rows = files.organization_rows(raw)
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    standing = {row.key: row for row in Organization.objects.select_related("sector")}
    loader = Loader(Organization, standing, report)
    samples = 0
    for row in rows:
        if row.basis == Basis.SAMPLE and not settings.DEMO:
            samples += 1
            continue
        before = standing.get(row.key)
        if before is not None and before.merged_into_id:
            loader.seen.add(row.key)
            report.notes.append(f"left alone, as it was merged into another: {before}")
            continue
        slug = slugify(row.sector)
        if slug not in sectors:
            sectors[slug] = Sector.objects.create(slug=slug, name=row.sector)
        values = {name: value for name, value in row.values.items() if name != "key"}
        values |= {"sector": sectors[slug], "basis": row.basis} | _standing_of(row.basis)
        written = report.added + report.changed
        organization = loader.put(row.key, {"key": row.key, "status_reason": "Loaded from a file"}, values)
        if report.added + report.changed > written and isinstance(organization, Organization):
            correct_status_period(actor=None, organization=organization)
    if samples:
        report.notes.append(f"{samples} sample organizations are for a demonstration (DEMO=on) and were not loaded")
    listed = {row.key for row in rows}
    report.notes += [f"no longer in the file, kept: {loader.rows[key]}" for key in loader.gone() if key not in listed]


def _standing_of(basis: str) -> dict[str, Any]:
    """What is known of its membership, as status and publicity; what is not known to be so shows only in a demo."""
    if basis == Basis.NAMED_MEMBER:
        return {"status": OrganizationStatus.ACTIVE, "is_public": True}
    if basis == Basis.NAMED_PARTNER:
        return {"status": OrganizationStatus.PROSPECTIVE, "is_public": settings.DEMO}
    return {"status": OrganizationStatus.ACTIVE, "is_public": True}


def _load_measures(raw: bytes, report: Report) -> None:
    workgroup = _workgroup_first()
    numbers = {row.number: row for row in Objective.objects.filter(plan__is_current=True)}
    rows = files.measure_rows(raw, numbers)
    measures = Loader(Measure, {row.key: row for row in Measure.objects.select_related("objective")}, report)
    points = Loader(
        DataPoint,
        {point_key(row.measure.key, row): row for row in DataPoint.objects.select_related("measure")},
        report,
    )
    for row in rows:
        objective = numbers[row.objective] if row.objective is not None else None
        values = row.values | {"objective": objective}
        measure = measures.put(row.key, {"key": row.key, "workgroup": workgroup}, values)
        for values in row.points:
            span = {name: values[name] for name in ("starts_on", "ends_on")}
            rest = {name: value for name, value in values.items() if name not in span}
            points.put(f"{row.key} {span['starts_on']} {span['ends_on']}", {"measure": measure} | span, rest)
    gone = [*measures.gone(), *points.gone()]
    report.notes += [f"no longer in the file, kept: {key}" for key in gone]


def point_key(series: str, point: DataPoint) -> str:
    """The key of a data point: its series and its period."""
    return f"{series} {point.starts_on} {point.ends_on}"


def _load_history(raw: bytes, report: Report) -> None:
    workgroup = _workgroup_first()
    loader = Loader(HistoryEvent, {row.key: row for row in HistoryEvent.objects.all()}, report)
    for values in files.history_rows(raw):
        rest = {name: value for name, value in values.items() if name != "key"}
        loader.put(values["key"], {"key": values["key"], "workgroup": workgroup}, rest)
    report.notes += [f"no longer in the file, kept: {loader.rows[key]}" for key in loader.gone()]


def _workgroup_first() -> Workgroup:
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        raise BadFile([files.Problem(1, "-", "needs a workgroup to belong to. Load that one's file first.")])
    return workgroup


LOADERS: dict[str, Callable[[bytes, Report], None]] = {
    "workgroup": _load_workgroup,
    "organizations": _load_organizations,
    "measures": _load_measures,
    "history": _load_history,
}
