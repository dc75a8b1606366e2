"""Imports worked off: all of a file or nothing, once, and by staff alone."""

import datetime as dt
import io
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import accounts.operations as accounts_operations
from accounts.models import Person
from core.operations import OperationNotAllowedError
from core.sheets import Sheet, as_xlsx, read
from exchange import operations
from exchange.plans import fingerprint
from exchange.rules import ImportState
from exchange.tasks import process_imports
from exchange.workbook import stored
from members.models import Invitation, Organization, Representation
from tests.conftest import NOW
from tests.exchange.workbooks import ORGANIZATIONS, PEOPLE, SEATS, apply, plan_of, table

pytestmark = pytest.mark.django_db


def test_refused_rows_stay_out_only_when_somebody_says_so(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""], ["bad", "B", "", "", "", ""])
    with pytest.raises(OperationNotAllowedError, match="1 row is refused"):
        apply(cast, sheet)
    assert not Person.objects.filter(email="n@example.org").exists()
    job = apply(cast, sheet, leave_out=True)
    assert (job.state, job.counts["new"], job.counts["refused"]) == (ImportState.APPLIED, 1, 1)
    assert Person.objects.filter(email="n@example.org").exists()


def test_a_record_that_changed_after_the_preview_stops_all_of_it(cast):
    sheets = [
        table(PEOPLE, ["n@example.org", "N", "", "", "", ""]),
        table(["E-mail", "Phone"], ["seated@example.org", "555"]),
    ]
    job = operations.start_import(actor=cast.staff, file_name="x", tables=sheets, total=2, now=NOW)
    shown = fingerprint(plan_of(cast, *sheets).rows)
    accounts_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="444")
    with pytest.raises(OperationNotAllowedError, match="changed since you looked"):
        operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    # And between the press and the writing.
    job.total = 500
    job.save(update_fields=["total"])
    shown = fingerprint(plan_of(cast, *sheets).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    accounts_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="333")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEW
    assert "changed since you looked" in job.problem
    assert not Person.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize("step", ["taskforces.operations.fill_seat", "members.operations.add_representations"])
def test_a_fault_in_the_middle_leaves_nothing_behind(cast, monkeypatch, step):
    def fail(**kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(step, fail)
    job = apply(
        cast,
        table(ORGANIZATIONS, ["County of Example", "COE", "State agency", ""]),
        table(PEOPLE, ["new@example.org", "New person", "", "COE", "", ""]),
        table(SEATS, ["Data", "Member", "COE", "new@example.org", "", ""]),
    )
    assert job.state == ImportState.FAILED
    assert "Nothing was written" in job.problem
    assert not Organization.objects.filter(key="coe").exists()
    assert not Organization.history.filter(key="coe").exists()
    assert not Person.objects.filter(email="new@example.org").exists()


def test_an_import_whose_worker_died_is_taken_up_again(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    shown = fingerprint(plan_of(cast, sheet).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    assert operations.claim_import(pk=job.pk, now=NOW)
    assert operations.waiting_imports(NOW) == []
    later = NOW + dt.timedelta(minutes=6)
    assert operations.waiting_imports(later) == [job.pk]
    operations.process_import(pk=job.pk, now=NOW)
    assert not Person.objects.filter(email="n@example.org").exists()
    operations.process_import(pk=job.pk, now=later)
    assert Person.objects.filter(email="n@example.org").count() == 1
    operations.process_import(pk=job.pk, now=later + dt.timedelta(hours=1))
    assert Person.objects.filter(email="n@example.org").count() == 1


def test_who_is_no_longer_staff_applies_nothing(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    shown = fingerprint(plan_of(cast, sheet).rows)
    operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    Person.objects.filter(pk=cast.staff.pk).update(portal_role="none")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert "no longer staff" in job.problem
    assert not Person.objects.filter(email="n@example.org").exists()


def test_an_upload_that_nobody_applies_is_forgotten_after_two_weeks(cast, time_machine):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=1, now=NOW)
    time_machine.move_to(NOW + dt.timedelta(days=14))
    process_imports()
    job.refresh_from_db()
    assert (job.state, job.tables) == (ImportState.PREVIEW, [sheet])
    time_machine.move_to(NOW + dt.timedelta(days=14, minutes=1))
    process_imports()
    job.refresh_from_db()
    assert (job.state, job.tables) == (ImportState.CANCELLED, [])


def test_5000_new_people_stay_within_bounds_of_memory_and_questions(cast):
    rows = [[f"p{n}@example.org", f"Person {n}", "Analyst", "dx", "Representative", ""] for n in range(5000)]
    tables = stored(read(io.BytesIO(as_xlsx([Sheet("People", PEOPLE, rows)]))))
    job = operations.start_import(actor=cast.staff, file_name="x", tables=tables, total=5000, now=NOW)
    tracemalloc.start()
    shown = fingerprint(plan_of(cast, *tables).rows)
    preview = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert preview < 64 * 1024**2
    assert operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        operations.process_import(pk=job.pk, now=NOW)
    # 50 words of progress; people, representations and the history of both in portions.
    assert len(queries) < 400
    assert Representation.objects.filter(person__email__regex=r"^p\d+@").count() == 5000
    assert Person.history.filter(history_user=cast.staff).count() == 5000


def test_nobody_is_invited_by_an_import(cast):
    apply(cast, table(PEOPLE, ["n@example.org", "N", "", "dx", "", ""]))
    assert not Invitation.objects.exists()
