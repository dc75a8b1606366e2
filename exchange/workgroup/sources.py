"""Load the workgroup, its organizations, measures, and history. Each file is loaded completely or not at all."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.models import LoadedRecord
from exchange.workgroup import files
from exchange.workgroup.loader import CHANGE_REASON, Loader, Report
from exchange.workgroup.readers import InvalidFileError, Problem
from members.models import Organization, Sector
from members.operations.status_periods import correct_status_period
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
    """One file to load. `named` is false for the project's own file."""

    kind: str
    path: Path
    named: bool


def select_sources(named: dict[str, str]) -> list[Source]:
    """Return the files named on the command line, or the project's own four files if none is named."""
    if named:
        return [Source(kind, Path(named[kind]), True) for kind in DEFAULT_FILES if kind in named]
    return [Source(kind, path, False) for kind, path in DEFAULT_FILES.items()]


def load(source: Source) -> Report:
    """Load one file completely, or nothing of it. Problems are in the report.

    The project's own file is skipped if another file of this kind was loaded before.
    """
    report = Report(source.path.name)
    last = LoadedRecord.objects.filter(model=FILE_MODEL, key=source.kind).first()
    if last and last.values["named"] and not source.named:
        note = _(
            "skipped, because the database was loaded from %(file)s. To load this file, use --%(option)s with its path."
        )
        report.notes.append(note % {"file": last.values["name"], "option": source.kind})
        return report
    try:
        raw = source.path.read_bytes()
    except OSError as error:
        message = _("%(path)s cannot be read: %(error)s.")
        report.problems.append(message % {"path": source.path, "error": error.strerror})
        return report
    try:
        with transaction.atomic():
            LOADERS[source.kind](raw, report)
            LoadedRecord.objects.update_or_create(
                model=FILE_MODEL,
                key=source.kind,
                defaults={"values": {"name": source.path.name, "named": source.named}},
            )
    except InvalidFileError as error:
        report = Report(source.path.name)
        message = _("%(path)s, line %(line)d, %(field)s: %(reason)s")
        report.problems = [message % {"path": source.path, **vars(problem)} for problem in error.problems]
    return report


def _load_workgroup(raw: bytes, report: Report) -> None:
    content = files.workgroup_file(raw)
    existing = {row.slug: row for row in Workgroup.objects.all()}
    workgroup = Loader(Workgroup, existing, report).upsert("workgroup", {"slug": "workgroup"}, content.workgroup)
    _load_plan(workgroup, content, report)
    _load_bodies(workgroup, content, report)


def _load_plan(workgroup: Any, content: files.WorkgroupFile, report: Report) -> None:
    slug = content.plan["slug"]
    for other in Plan.objects.filter(workgroup=workgroup, is_current=True).exclude(slug=slug):
        note = _("%(plan)s is the current plan; %(slug)s is loaded as another plan.")
        report.notes.append(note % {"plan": other, "slug": slug})
    is_current = not Plan.objects.filter(workgroup=workgroup, is_current=True).exclude(slug=slug).exists()
    values = {name: value for name, value in content.plan.items() if name != "slug"}
    plan = Loader(Plan, {row.slug: row for row in Plan.objects.all()}, report).upsert(
        slug, {"slug": slug, "workgroup": workgroup, "is_current": is_current}, values
    )
    existing = {f"{slug}:{row.number}": row for row in Objective.objects.filter(plan_id=plan.pk)}
    loader = Loader(Objective, existing, report)
    for number, values in content.objectives.items():
        loader.upsert(f"{slug}:{number}", {"plan": plan, "number": number}, values)
    report.notes += [_missing_note(loader.rows[key]) for key in loader.missing_from_file()]


def _missing_note(record: object) -> str:
    return _("kept, although it is not in the file any more: %(record)s") % {"record": record}


def _load_bodies(workgroup: Any, content: files.WorkgroupFile, report: Report) -> None:
    loader = Loader(Body, {row.slug: row for row in Body.objects.filter(workgroup=workgroup)}, report)
    full = {"name": content.workgroup["short_name"], "position": 0}
    loader.upsert(
        files.FULL_BODY_SLUG, {"slug": files.FULL_BODY_SLUG, "workgroup": workgroup, "kind": BodyKind.FULL}, full
    )
    for slug, values in content.bodies.items():
        loader.upsert(slug, {"slug": slug, "workgroup": workgroup}, values)
    report.notes += [
        _("kept, although it is not in the file any more: %(body)s. To dissolve a task force, use its page.")
        % {"body": loader.rows[key]}
        for key in loader.missing_from_file()
    ]


def _load_organizations(raw: bytes, report: Report) -> None:
    rows = files.organization_rows(raw)
    sectors = {sector.slug: sector for sector in Sector.objects.all()}
    existing = {row.key: row for row in Organization.objects.select_related("sector")}
    loader = Loader(Organization, existing, report)
    samples = 0
    for row in rows:
        if row.basis == Basis.SAMPLE and not settings.DEMO:
            samples += 1
            continue
        before = existing.get(row.key)
        if before is not None and before.merged_into_id:
            loader.seen.add(row.key)
            report.notes.append(_("skipped, because it was merged into another: %(record)s") % {"record": before})
            continue
        slug = slugify(row.sector)
        if slug not in sectors:
            sectors[slug] = Sector.objects.create(slug=slug, name=row.sector)
        values = {name: value for name, value in row.values.items() if name != "key"}
        values |= {"sector": sectors[slug], "basis": row.basis} | _status_values(row.basis)
        written = report.added + report.changed
        organization = loader.upsert(row.key, {"key": row.key, "status_reason": CHANGE_REASON}, values)
        if report.added + report.changed > written and isinstance(organization, Organization):
            correct_status_period(actor=None, organization=organization)
    if samples:
        note = ngettext(
            "skipped %(count)d sample organization, which is only for a demonstration (DEMO=on).",
            "skipped %(count)d sample organizations, which are only for a demonstration (DEMO=on).",
            samples,
        )
        report.notes.append(note % {"count": samples})
    listed = {row.key for row in rows}
    report.notes += [_missing_note(loader.rows[key]) for key in loader.missing_from_file() if key not in listed]


def _status_values(basis: str) -> dict[str, Any]:
    """Return the status and visibility of an organization. A partner is public only on a demonstration site."""
    if basis == Basis.NAMED_MEMBER:
        return {"status": OrganizationStatus.ACTIVE, "is_public": True}
    if basis == Basis.NAMED_PARTNER:
        return {"status": OrganizationStatus.PROSPECTIVE, "is_public": settings.DEMO}
    return {"status": OrganizationStatus.ACTIVE, "is_public": True}


def _load_measures(raw: bytes, report: Report) -> None:
    workgroup = _get_workgroup()
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
        measure = measures.upsert(row.key, {"key": row.key, "workgroup": workgroup}, values)
        for values in row.points:
            period = {name: values[name] for name in ("starts_on", "ends_on")}
            rest = {name: value for name, value in values.items() if name not in period}
            points.upsert(f"{row.key} {period['starts_on']} {period['ends_on']}", {"measure": measure} | period, rest)
    missing = [*measures.missing_from_file(), *points.missing_from_file()]
    report.notes += [_missing_note(key) for key in missing]


def point_key(series: str, point: DataPoint) -> str:
    """Return the key of a data point: its series and its period."""
    return f"{series} {point.starts_on} {point.ends_on}"


def _load_history(raw: bytes, report: Report) -> None:
    workgroup = _get_workgroup()
    loader = Loader(HistoryEvent, {row.key: row for row in HistoryEvent.objects.all()}, report)
    for values in files.history_rows(raw):
        rest = {name: value for name, value in values.items() if name != "key"}
        loader.upsert(values["key"], {"key": values["key"], "workgroup": workgroup}, rest)
    report.notes += [_missing_note(loader.rows[key]) for key in loader.missing_from_file()]


def _get_workgroup() -> Workgroup:
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        raise InvalidFileError([Problem(1, "-", _("needs a workgroup. Load the workgroup's file first."))])
    return workgroup


LOADERS: dict[str, Callable[[bytes, Report], None]] = {
    "workgroup": _load_workgroup,
    "organizations": _load_organizations,
    "measures": _load_measures,
    "history": _load_history,
}
