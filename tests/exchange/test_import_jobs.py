"""Processing of imports: all of a file or nothing, once, and only by staff."""

import datetime as dt
import io
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

import accounts.operations as accounts_operations
from accounts.models import Person
from core.operations import OperationNotAllowedError
from core.sheets import Sheet, as_xlsx, read
from exchange import operations
from exchange.plans import plan_fingerprint
from exchange.rules import ImportState
from exchange.tasks import process_imports
from exchange.workbook import serialize_tables
from members.models import Invitation, Organization, Representation
from tests.conftest import NOW
from tests.exchange.workbooks import ORGANIZATIONS, PEOPLE, SEATS, apply, plan_of, table

pytestmark = pytest.mark.django_db


def test_rejected_rows_must_be_left_out_explicitly(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""], ["bad", "B", "", "", "", ""])
    with pytest.raises(OperationNotAllowedError, match="1 row is rejected"):
        apply(cast, sheet)
    assert not Person.objects.filter(email="n@example.org").exists()
    job = apply(cast, sheet, leave_out=True)
    assert (job.state, job.counts["new"], job.counts["rejected"]) == (ImportState.APPLIED, 1, 1)
    assert Person.objects.filter(email="n@example.org").exists()


def test_a_record_changed_after_the_preview_stops_the_import(cast):
    sheets = [
        table(PEOPLE, ["n@example.org", "N", "", "", "", ""]),
        table(["Email", "Phone"], ["seated@example.org", "555"]),
    ]
    job = operations.start_import(actor=cast.staff, file_name="x", tables=sheets, total=2, now=NOW)
    fingerprint = plan_fingerprint(plan_of(cast, *sheets).rows)
    accounts_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="444")
    with pytest.raises(OperationNotAllowedError):
        operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=False, now=NOW)
    # A change between confirming and writing stops it too.
    job.total = 500
    job.save(update_fields=["total"])
    fingerprint = plan_fingerprint(plan_of(cast, *sheets).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=False, now=NOW)
    accounts_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="333")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEW
    assert job.problem
    assert not Person.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize("step", ["taskforces.operations.fill_seat", "members.operations.add_representations"])
def test_an_error_while_writing_saves_nothing(cast, monkeypatch, step):
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
    assert "RuntimeError" in job.problem
    assert not Organization.objects.filter(key="coe").exists()
    assert not Organization.history.filter(key="coe").exists()
    assert not Person.objects.filter(email="new@example.org").exists()


def test_an_import_whose_worker_died_is_taken_up_again(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    fingerprint = plan_fingerprint(plan_of(cast, sheet).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=False, now=NOW)
    assert operations.claim_import(pk=job.pk, now=NOW)
    assert operations.pending_imports(NOW) == []
    later = NOW + dt.timedelta(minutes=6)
    assert operations.pending_imports(later) == [job.pk]
    operations.process_import(pk=job.pk, now=NOW)
    assert not Person.objects.filter(email="n@example.org").exists()
    operations.process_import(pk=job.pk, now=later)
    assert Person.objects.filter(email="n@example.org").count() == 1
    operations.process_import(pk=job.pk, now=later + dt.timedelta(hours=1))
    assert Person.objects.filter(email="n@example.org").count() == 1


def test_an_import_of_a_former_staff_member_is_not_applied(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    fingerprint = plan_fingerprint(plan_of(cast, sheet).rows)
    operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=False, now=NOW)
    Person.objects.filter(pk=cast.staff.pk).update(portal_role="none")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert (job.state, bool(job.problem)) == (ImportState.PREVIEW, True)
    assert not Person.objects.filter(email="n@example.org").exists()


def test_an_import_not_applied_is_deleted_after_14_days(cast, time_machine):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=1, now=NOW)
    time_machine.move_to(NOW + dt.timedelta(days=14))
    process_imports()
    job.refresh_from_db()
    assert (job.state, job.tables) == (ImportState.PREVIEW, [sheet])
    time_machine.move_to(NOW + dt.timedelta(days=14, minutes=1))
    process_imports()
    job.refresh_from_db()
    assert (job.state, job.tables) == (ImportState.CANCELED, [])


@pytest.mark.slow
def test_5000_new_people_stay_within_memory_and_query_limits(cast):
    rows = [[f"p{n}@example.org", f"Person {n}", "Analyst", "dx", "Representative", ""] for n in range(5000)]
    tables = serialize_tables(read(io.BytesIO(as_xlsx([Sheet("People", PEOPLE, rows)]))))
    job = operations.start_import(actor=cast.staff, file_name="x", tables=tables, total=5000, now=NOW)
    tracemalloc.start()
    fingerprint = plan_fingerprint(plan_of(cast, *tables).rows)
    preview = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert preview < 64 * 1024**2
    assert operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=False, now=NOW)
    with CaptureQueriesContext(connection) as queries:
        operations.process_import(pk=job.pk, now=NOW)
    # 50 updates of the progress; people, representations, and the history of both in batches.
    assert len(queries) < 400
    assert Representation.objects.filter(person__email__regex=r"^p\d+@").count() == 5000
    assert Person.history.filter(history_user=cast.staff).count() == 5000


def test_an_import_invites_no_one(cast):
    apply(cast, table(PEOPLE, ["n@example.org", "N", "", "dx", "", ""]))
    assert not Invitation.objects.exists()


def test_a_preview_in_another_language_is_applied(cast):
    people = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    invalid = table(ORGANIZATIONS, ["New one", "X", "state agency", "not an address"])
    job = operations.start_import(actor=cast.staff, file_name="x", tables=[people, invalid], total=300, now=NOW)
    with override("es"):
        fingerprint = plan_fingerprint(plan_of(cast, people, invalid).rows)
        operations.confirm_import(actor=cast.staff, job=job, fingerprint=fingerprint, leave_out=True, now=NOW)
    assert plan_fingerprint(plan_of(cast, people, invalid).rows) != fingerprint
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert job.state == ImportState.APPLIED


def test_every_import_state_has_a_tone():
    assert all(state.tone for state in ImportState)
