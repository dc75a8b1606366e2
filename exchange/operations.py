"""Imports, each started by an upload and confirmed after its preview, and the export of records."""

import datetime as dt
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.operations import record_export
from accounts.permissions import is_staff
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError, require_permission
from exchange.bundle.archive import bundle
from exchange.bundle.scope import Scope
from exchange.models import ImportJob
from exchange.plans import RowStatus, fingerprint
from exchange.rules import BACKGROUND_ROWS, OPEN_IMPORTS, ImportState
from exchange.workbook import RECORD_TYPES, plan_import

# An upload that nobody applies is forgotten after this: its rows hold what people gave us for the record alone.
KEPT = dt.timedelta(days=14)
# How long one may work on an import before another takes it over; nothing of it was written then.
LEASE = dt.timedelta(minutes=5)
# How many rows are checked between two words of progress.
PROGRESS_ROWS = 100
_CHANGED = "The records changed since you looked. Nothing was written: look at the rows again, then apply."


def staff_only_reason() -> str:
    """Why somebody may not import or export, as it is shown to them."""
    return _("Only Workgroup staff can import and export records.")


def start_import(*, actor: Person, file_name: str, tables: list[Any], total: int, now: dt.datetime) -> ImportJob:
    """An import that waits for its preview to be confirmed. Raises PermissionDenied."""
    require_permission(is_staff(actor), staff_only_reason())
    return ImportJob.objects.create(
        started_by=actor, started_at=now, file_name=file_name[:200], tables=tables, total=total
    )


def cancel_import(*, actor: Person, job: ImportJob, now: dt.datetime) -> None:
    """Forget the rows. Raises PermissionDenied, and OperationNotAllowedError once it is under way or over."""
    require_permission(is_staff(actor), staff_only_reason())
    waits = ImportJob.objects.filter(pk=job.pk, state__in=[ImportState.PREVIEW, ImportState.QUEUED])
    if not waits.update(state=ImportState.CANCELLED, tables=[], finished_at=now):
        raise OperationNotAllowedError("This import is under way or over. Look at how it stands.")


def delete_expired_imports(*, now: dt.datetime) -> int:
    """Forget the rows of uploads that nobody has applied in KEPT. Returns how many."""
    old = ImportJob.objects.filter(state=ImportState.PREVIEW, started_at__lt=now - KEPT)
    return old.update(
        state=ImportState.CANCELLED, tables=[], finished_at=now, problem="Nobody applied it within 14 days."
    )


def claim_import(*, pk: int, now: dt.datetime) -> ImportJob | None:
    """The import, for whoever calls to work off; None where another does, or nothing is to be done."""
    free = Q(state=ImportState.QUEUED) | Q(state=ImportState.CHECKING, lease_until__lt=now)
    mine = ImportJob.objects.filter(free, pk=pk)
    if not mine.update(state=ImportState.CHECKING, lease_until=now + LEASE, done=0):
        return None
    return ImportJob.objects.select_related("confirmed_by").get(pk=pk)


def note_progress(*, job: ImportJob, done: int) -> None:
    """Remember how many rows are checked."""
    _claimed(job).update(done=done)


def return_import(*, job: ImportJob, problem: str) -> None:
    """Nothing was written: back to the preview, with the reason."""
    _claimed(job).update(state=ImportState.PREVIEW, problem=problem[:500], lease_until=None)


def fail_import(*, job: ImportJob, problem: str, now: dt.datetime) -> None:
    """Nothing was written, and trying again would not help."""
    _claimed(job).update(state=ImportState.FAILED, problem=problem[:500], tables=[], lease_until=None, finished_at=now)


def finish_import(*, job: ImportJob, counts: dict[str, int], now: dt.datetime) -> None:
    """Applied; belongs in the transaction that writes the rows.

    Raises OperationNotAllowedError where another took the import over.
    """
    done = _claimed(job).update(
        state=ImportState.APPLIED,
        counts=counts,
        done=job.total,
        tables=[],
        lease_until=None,
        finished_at=now,
    )
    if not done:
        raise OperationNotAllowedError("Somebody else works on this import.")


def _claimed(job: ImportJob) -> Any:
    return ImportJob.objects.filter(pk=job.pk, state=ImportState.CHECKING, lease_until=job.lease_until)


def waiting_imports(now: dt.datetime) -> list[int]:
    """The imports that are to be worked off, the oldest first."""
    rows = ImportJob.objects.filter(state__in=OPEN_IMPORTS).exclude(state=ImportState.PREVIEW)
    free = Q(state=ImportState.QUEUED) | Q(lease_until__lt=now)
    return list(rows.filter(free).order_by("pk").values_list("pk", flat=True))


def confirm_import(*, actor: Person, job: ImportJob, shown: str, leave_out: bool, now: dt.datetime) -> bool:
    """Let an import go on as it was shown: a short one at once, a long one in the background.

    Returns whether it goes on in the background. Raises PermissionDenied, and OperationNotAllowedError where it is
    under way or over,
    where rows are refused that are not to be left out, and where it would no longer do what was shown.
    """
    require_permission(is_staff(actor), staff_only_reason())
    if job.state != ImportState.PREVIEW:
        raise OperationNotAllowedError("This import is under way or over. Look at how it stands.")
    plan = plan_import(job.tables, actor, local_today(now))
    refused = plan.counts()[RowStatus.REFUSED]
    if fingerprint(plan.rows) != shown:
        raise OperationNotAllowedError(_CHANGED)
    if refused and not leave_out:
        raise OperationNotAllowedError(
            f"{refused} row{'s are' if refused > 1 else ' is'} refused. Mend them, or leave them out."
        )
    waits = ImportJob.objects.filter(pk=job.pk, state=ImportState.PREVIEW)
    if not waits.update(state=ImportState.QUEUED, confirmed_by=actor, confirmed=shown, done=0, problem=""):
        raise OperationNotAllowedError("This import is under way or over. Look at how it stands.")
    if job.total >= BACKGROUND_ROWS:
        return True
    process_import(pk=job.pk, now=now)
    return False


def process_import(*, pk: int, now: dt.datetime) -> None:
    """Check a confirmed import once more, row by row, then write all of it in one transaction or nothing.

    Only one at a time works on an import; when it dies another begins anew, since nothing was written.
    """
    job = claim_import(pk=pk, now=now)
    if job is None or job.confirmed_by is None:
        return
    try:
        problem = _write_import(job, job.confirmed_by, now)
    except Exception as error:
        structlog.get_logger("exchange").exception("exchange.import_failed", pk=pk)
        problem = f"Nothing was written, because of an error of the portal's own ({type(error).__name__}). Tell staff."
        fail_import(job=job, problem=problem, now=now)
    else:
        if problem:
            return_import(job=job, problem=problem)


def _write_import(job: ImportJob, actor: Person, now: dt.datetime) -> str:
    """Apply the import; what keeps it from being applied, or nothing."""
    today = local_today(now)
    if not is_staff(actor):
        return f"{actor.name} is no longer staff. Somebody else has to apply this."

    def report(done: int) -> None:
        if done % PROGRESS_ROWS == 0 or done == job.total:
            note_progress(job=job, done=done)

    plan = plan_import(job.tables, actor, today, report)
    if fingerprint(plan.rows) != job.confirmed:
        return _CHANGED
    acts = plan.acts()
    try:
        with transaction.atomic():
            finish_import(job=job, counts=plan.counts(), now=now)
            for record_type in RECORD_TYPES:
                record_type.write(actor=actor, acts=acts, now=now, today=today)
    except (EditConflictError, OperationNotAllowedError, ValidationError, IntegrityError) as error:
        return f"{_CHANGED} ({error})"
    return ""


def export_records(
    *, actor: Person | None, scope: Scope, now: dt.datetime, today: dt.date, address: str | None = None
) -> bytes:
    """The records of the scope as a zip; that it was taken is a security event (`actor` None: at the console).

    Raises PermissionDenied.
    """
    require_permission(actor is None or is_staff(actor), staff_only_reason())
    content = bundle(scope, by=actor, now=now, today=today)
    contact = ", with contact data" if scope.with_contact else ""
    what = f"Records: {scope.say(today)}{contact}"
    record_export(actor=actor, what=what, now=now, address=address)
    return content
