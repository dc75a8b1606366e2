"""The row that an import is: started by an upload, confirmed after its preview, claimed by whoever works it off."""

import datetime as dt
from typing import Any

from django.db.models import Q

from accounts.models import Person
from core.operations import OperationNotAllowedError
from members.models import ImportJob
from members.rules import OPEN_IMPORTS, ImportState

# An upload that nobody applies is forgotten after this: its rows hold what people gave us for the record alone.
KEPT = dt.timedelta(days=14)
# How long one may work on an import before another takes it over; nothing of it was written then.
LEASE = dt.timedelta(minutes=5)


def start_import(*, actor: Person, file_name: str, tables: list[Any], total: int, now: dt.datetime) -> ImportJob:
    """An import that waits for its preview to be confirmed."""
    return ImportJob.objects.create(
        started_by=actor, started_at=now, file_name=file_name[:200], tables=tables, total=total
    )


def confirm_import(*, actor: Person, job: ImportJob, shown: str) -> None:
    """Let the import go on, as it was shown. Raises OperationNotAllowedError unless it waits for that."""
    waits = ImportJob.objects.filter(pk=job.pk, state=ImportState.PREVIEW)
    if not waits.update(state=ImportState.QUEUED, confirmed_by=actor, confirmed=shown, done=0, problem=""):
        raise OperationNotAllowedError("This import is under way or over. Look at how it stands.")


def cancel_import(*, job: ImportJob, now: dt.datetime) -> None:
    """Forget the rows. Raises OperationNotAllowedError once it is under way or over."""
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
