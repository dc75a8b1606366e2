"""Operations on imports, and the export of records.

An upload starts an import, staff confirm its preview, and `process_import` writes it: at once if it is short, else in
the background worker.
"""

import datetime as dt
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.operations import record_export
from accounts.permissions import is_staff
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError, require_permission
from exchange.bundle.archive import build_archive
from exchange.bundle.scope import Scope
from exchange.models import ImportJob
from exchange.plans import RowStatus, plan_fingerprint
from exchange.rules import BACKGROUND_ROWS, OPEN_IMPORTS, ImportState
from exchange.workbook import RECORD_TYPES, plan_import

# An upload that no one applies is deleted after this time, because its rows contain personal data.
PREVIEW_RETENTION = dt.timedelta(days=14)
# A worker holds an import for this long. After that another worker takes it over; nothing was written then.
LEASE_DURATION = dt.timedelta(minutes=5)
# The number of rows between two updates of the progress.
PROGRESS_INTERVAL = 100


def staff_only_reason() -> str:
    """Return the reason why a person may not import or export."""
    return _("Only Workgroup staff can import and export records.")


def _changed_message() -> str:
    return _(
        "The records changed after you opened the preview. Nothing was saved. Check the rows and apply them again."
    )


def _ended_message() -> str:
    return _("This import is already in progress or has ended. Its status is shown below.")


def start_import(*, actor: Person, file_name: str, tables: list[Any], total: int, now: dt.datetime) -> ImportJob:
    """Create an import that waits for its preview to be confirmed. Raise PermissionDenied."""
    require_permission(is_staff(actor), staff_only_reason())
    return ImportJob.objects.create(
        started_by=actor, started_at=now, file_name=file_name[:200], tables=tables, total=total
    )


def cancel_import(*, actor: Person, job: ImportJob, now: dt.datetime) -> None:
    """Cancel an import and delete its rows.

    Raise PermissionDenied, and OperationNotAllowedError if it is in progress or has ended.
    """
    require_permission(is_staff(actor), staff_only_reason())
    waiting = ImportJob.objects.filter(pk=job.pk, state__in=[ImportState.PREVIEW, ImportState.QUEUED])
    if not waiting.update(state=ImportState.CANCELED, tables=[], finished_at=now):
        raise OperationNotAllowedError(_ended_message())


def delete_expired_imports(*, now: dt.datetime) -> int:
    """Cancel the imports that no one applied within PREVIEW_RETENTION and delete their rows. Return how many."""
    expired = ImportJob.objects.filter(state=ImportState.PREVIEW, started_at__lt=now - PREVIEW_RETENTION)
    problem = ngettext(
        "No one applied this file within %(count)d day.",
        "No one applied this file within %(count)d days.",
        PREVIEW_RETENTION.days,
    ) % {"count": PREVIEW_RETENTION.days}
    return expired.update(state=ImportState.CANCELED, tables=[], finished_at=now, problem=problem)


def claim_import(*, pk: int, now: dt.datetime) -> ImportJob | None:
    """Claim a confirmed import for this worker. Return None if another worker has it or nothing is to be done."""
    free = Q(state=ImportState.QUEUED) | Q(state=ImportState.CHECKING, lease_until__lt=now)
    claimed = ImportJob.objects.filter(free, pk=pk)
    if not claimed.update(state=ImportState.CHECKING, lease_until=now + LEASE_DURATION, done=0):
        return None
    return ImportJob.objects.select_related("confirmed_by").get(pk=pk)


def record_progress(*, job: ImportJob, done: int) -> None:
    """Save how many rows are checked."""
    _claimed(job).update(done=done)


def return_to_preview(*, job: ImportJob, problem: str) -> None:
    """Return the import to its preview and save the problem. Nothing was written."""
    _claimed(job).update(state=ImportState.PREVIEW, problem=problem[:500], lease_until=None)


def fail_import(*, job: ImportJob, problem: str, now: dt.datetime) -> None:
    """End the import as failed and delete its rows. Nothing was written, and trying again would not help."""
    _claimed(job).update(state=ImportState.FAILED, problem=problem[:500], tables=[], lease_until=None, finished_at=now)


def finish_import(*, job: ImportJob, counts: dict[str, int], now: dt.datetime) -> None:
    """Mark the import as applied. Must run in the transaction that writes the rows.

    Raise OperationNotAllowedError if another worker took the import over.
    """
    updated = _claimed(job).update(
        state=ImportState.APPLIED,
        counts=counts,
        done=job.total,
        tables=[],
        lease_until=None,
        finished_at=now,
    )
    if not updated:
        raise OperationNotAllowedError(_("Another worker is processing this import."))


def _claimed(job: ImportJob) -> QuerySet[ImportJob]:
    """Return the import as a queryset that is empty if this worker no longer holds the claim."""
    return ImportJob.objects.filter(pk=job.pk, state=ImportState.CHECKING, lease_until=job.lease_until)


def pending_imports(now: dt.datetime) -> list[int]:
    """Return the primary keys of the imports to process, the oldest first."""
    confirmed = ImportJob.objects.filter(state__in=OPEN_IMPORTS).exclude(state=ImportState.PREVIEW)
    free = Q(state=ImportState.QUEUED) | Q(lease_until__lt=now)
    return list(confirmed.filter(free).order_by("pk").values_list("pk", flat=True))


def confirm_import(*, actor: Person, job: ImportJob, fingerprint: str, leave_out: bool, now: dt.datetime) -> bool:
    """Confirm an import by the fingerprint of its preview, and process it at once if it is short.

    Return True if it will run in the background. Raise PermissionDenied. Raise OperationNotAllowedError if the import
    is in progress or has ended, if rows are rejected and `leave_out` is false, and if it would no longer do what the
    preview showed.
    """
    require_permission(is_staff(actor), staff_only_reason())
    if job.state != ImportState.PREVIEW:
        raise OperationNotAllowedError(_ended_message())
    plan = plan_import(job.tables, actor, local_today(now))
    rejected = plan.counts()[RowStatus.REJECTED]
    if plan_fingerprint(plan.rows) != fingerprint:
        raise OperationNotAllowedError(_changed_message())
    if rejected and not leave_out:
        message = ngettext(
            "%(count)d row is rejected. Correct it, or leave it out.",
            "%(count)d rows are rejected. Correct them, or leave them out.",
            rejected,
        )
        raise OperationNotAllowedError(message % {"count": rejected})
    updated = ImportJob.objects.filter(pk=job.pk, state=ImportState.PREVIEW).update(
        state=ImportState.QUEUED,
        confirmed_by=actor,
        confirmed=fingerprint,
        language=get_language() or "",
        done=0,
        problem="",
    )
    if not updated:
        raise OperationNotAllowedError(_ended_message())
    if job.total >= BACKGROUND_ROWS:
        return True
    process_import(pk=job.pk, now=now)
    return False


def process_import(*, pk: int, now: dt.datetime) -> None:
    """Check a confirmed import again row by row, then write all of it in one transaction, or nothing.

    Called by the worker, by the management command, and by `confirm_import` for a short import. Skips an import that
    another worker has claimed. If a worker dies, another one starts over after the lease, because nothing was written.
    The check compares translated text, so it runs in the language of the preview.
    """
    job = claim_import(pk=pk, now=now)
    if job is None or job.confirmed_by is None:
        return
    with override(job.language or settings.LANGUAGE_CODE):
        try:
            problem = _write_import(job, job.confirmed_by, now)
        except Exception as error:
            structlog.get_logger("exchange").exception("exchange.import_failed", pk=pk)
            message = _("Nothing was saved because of an error in the portal (%(error)s). Tell the portal's operators.")
            fail_import(job=job, problem=message % {"error": type(error).__name__}, now=now)
        else:
            if problem:
                return_to_preview(job=job, problem=problem)


def _write_import(job: ImportJob, actor: Person, now: dt.datetime) -> str:
    """Write the import. Return the problem that prevented it, or ""."""
    today = local_today(now)
    if not is_staff(actor):
        return _("%(person)s is no longer staff. Someone else has to apply this file.") % {"person": actor.name}

    def report(done: int) -> None:
        if done % PROGRESS_INTERVAL == 0 or done == job.total:
            record_progress(job=job, done=done)

    plan = plan_import(job.tables, actor, today, report)
    if plan_fingerprint(plan.rows) != job.confirmed:
        return _changed_message()
    actions = plan.actions()
    try:
        with transaction.atomic():
            finish_import(job=job, counts=plan.counts(), now=now)
            for record_type in RECORD_TYPES:
                record_type.write(actor=actor, actions=actions, now=now, today=today)
    except (EditConflictError, OperationNotAllowedError, ValidationError, IntegrityError) as error:
        return f"{_changed_message()} ({error})"
    return ""


def export_records(
    *, actor: Person | None, scope: Scope, now: dt.datetime, today: dt.date, address: str | None = None
) -> bytes:
    """Return the records of the scope as a zip file, and record the export as a security event.

    `actor` is None for the management command. Raise PermissionDenied.
    """
    require_permission(actor is None or is_staff(actor), staff_only_reason())
    content = build_archive(scope, by=actor, now=now, today=today)
    contact = ", with contact information" if scope.with_contact else ""
    record_export(actor=actor, what=f"Records: {scope.describe()}{contact}", now=now, address=address)
    return content
