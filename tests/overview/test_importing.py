"""Spreadsheets in: what each row would do, all or nothing, and back out to the same."""

import datetime as dt
import io
import tracemalloc

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.importing import RowStatus, fingerprint
from core.operations import OperationNotAllowedError
from core.sheets import Sheet, as_csv, as_xlsx, read
from members import operations as members_operations
from members.models import ImportJob, Invitation, Organization, Person, Representation
from members.queries import organization_rows, people_search
from members.rules import ImportState, OrganizationStatus
from members.sheets import ORGANIZATION_HEADER, PEOPLE_HEADER, organization_rows_of, people_rows_of
from overview import operations
from overview.importing import example_sheets, plan_import, stored
from overview.tasks import process_imports
from taskforces.models import Seat, Term
from taskforces.sheets import SEATS_HEADER, seat_rows_of
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db


def table(header: list[str], *rows: list[object], name: str = "Sheet") -> list:
    """One sheet as it is stored in a job."""
    return [name, header, [[number, *row] for number, row in enumerate(rows, 2)]]


def planned(cast, *tables, actor=None) -> list[tuple[str, str]]:
    return [(plan.verdict.value, " ".join(plan.reasons)) for plan in plan_of(cast, *tables, actor=actor).rows]


def plan_of(cast, *tables, actor=None):
    return plan_import(list(tables), actor or cast.staff, TODAY)


def apply(cast, *tables, leave_out: bool = False) -> ImportJob:
    """The job after it was confirmed as it is shown and worked off."""
    job = members_operations.start_import(
        actor=cast.staff, file_name="list.xlsx", tables=list(tables), total=len(tables), now=NOW
    )
    shown = fingerprint(plan_of(cast, *tables).rows)
    operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=leave_out, now=NOW)
    job.refresh_from_db()
    return job


ORGANIZATIONS = ["Name", "Acronym", "Sector", "Website"]
PEOPLE = ["E-mail", "Name", "Position", "Organization", "Represents as", "Starts"]
SEATS = ["Task force", "Role", "Organization", "E-mail", "Term starts", "Planned term end"]


def test_one_workbook_brings_organizations_people_and_seats(cast):
    job = apply(
        cast,
        table(ORGANIZATIONS, ["County of Example", "COE", "State agency", "coe.example.org"]),
        table(PEOPLE, ["New@Example.org", "New person", "Chief", "COE", "Primary representative", "1/15/2026"]),
        table(SEATS, ["Data", "Co-chair", "County of Example", "new@example.org", "2026-02-01", "2027-02-01"]),
    )
    assert (job.state, job.counts["new"], job.tables, job.confirmed_by) == (ImportState.APPLIED, 3, [], cast.staff)
    organization = Organization.objects.get(key="coe")
    assert (organization.name, organization.website, organization.status, organization.status_since_on) == (
        "County of Example",
        "https://coe.example.org",
        OrganizationStatus.ACTIVE,
        TODAY,
    )
    person = Person.objects.get(email="new@example.org")
    assert (person.name, person.position, person.can_sign_in, person.has_usable_password()) == (
        "New person",
        "Chief",
        False,
        False,
    )
    row = Representation.objects.get(person=person)
    assert (row.organization, row.kind, row.starts_on) == (organization, "primary", dt.date(2026, 1, 15))
    term = Term.objects.get(person=person)
    assert (term.seat.body, term.seat.role, term.seat.organization, term.planned_end_on) == (
        cast.body,
        "co_chair",
        organization,
        dt.date(2027, 2, 1),
    )
    for record in (organization, person, row, term):
        assert record.history.get().history_user == cast.staff


def test_one_wide_sheet_does_the_same(cast):
    header = ["Organization", "Acronym", "Sector", "Name", "E-mail", "Represents as", "Task force", "Role"]
    apply(
        cast,
        table(
            header,
            [
                "County of Example",
                "COE",
                "state agency",
                "First",
                "first@example.org",
                "Primary representative",
                "",
                "",
            ],
            ["County of Example", "", "", "Second", "second@example.org", "Alternate", "Data", "Member"],
        ),
    )
    rows = Representation.objects.filter(organization__key="coe")
    assert set(rows.values_list("person__name", "kind")) == {("First", "primary"), ("Second", "alternate")}
    assert Term.objects.get(person__email="second@example.org").seat.organization.key == "coe"


PAYLOADS = [f"{start}1+1" for start in ("=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "＋", "－", "＠")]


@pytest.fixture
def awkward(cast):
    """Records whose texts a spreadsheet would run, beside what the cast has."""
    for number, payload in enumerate(PAYLOADS):
        organization = factories.OrganizationFactory(
            name=f"{payload} {number}", acronym="", jurisdiction=payload, work=payload, source="'=quoted"
        )
        person = factories.PersonFactory(
            name=payload, position="'tis", phone=payload, assistant_name=payload, assistant_email="a@example.org"
        )
        factories.RepresentationFactory(organization=organization, person=person, kind="alternate")
        seat = factories.SeatFactory(body=cast.body, organization=organization)
        factories.TermFactory(seat=seat, person=person)
    factories.SeatFactory(body=cast.body, organization=cast.organization)
    factories.PersonFactory(can_sign_in=False)
    factories.OrganizationFactory(name="Department of Examples", key="same-name")
    return cast


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize(
    ("name", "header", "rows"),
    [
        ("Organizations", ORGANIZATION_HEADER, lambda: organization_rows_of(organization_rows())),
        ("People", PEOPLE_HEADER, lambda: people_rows_of(people_search(""))),
        ("Rosters", SEATS_HEADER, lambda: seat_rows_of(TODAY)),
    ],
)
def test_what_was_exported_imports_back_to_no_change(awkward, kind, name, header, rows):
    content = as_csv(header, rows()) if kind == "csv" else as_xlsx([Sheet(name, header, rows())])
    tables = stored(read(io.BytesIO(content)))
    verdicts = planned(awkward, *tables)
    assert len(verdicts) >= 12
    assert set(verdicts) == {("unchanged", "")}


def test_a_preview_says_field_by_field_what_changes(cast):
    [plan] = plan_of(
        cast,
        table(["Key", "Name", "Jurisdiction", "Public", "Status"], ["dx", "Department X", "", "no", "On leave"]),
    ).rows
    assert plan.verdict == RowStatus.CHANGED
    assert [(change.label, change.old, change.new) for change in plan.changes] == [
        ("Organization", "Department of Examples", "Department X"),
        ("Jurisdiction", "California", ""),
        ("Public", "yes", "no"),
        ("Status", "Active", "On leave"),
    ]


def test_what_changes_is_written_with_who_and_keeps_the_former_name(cast):
    apply(
        cast,
        table(
            ["Key", "Name", "Jurisdiction", "Status", "Status reason"], ["dx", "Department X", "", "On leave", "Budget"]
        ),
        table(["E-mail", "Phone", "Organization", "Represents as"], ["seated@example.org", "555", "dx", "Alternate"]),
        table(SEATS, ["Data", "Member", "dx", "seated@example.org", "", "2027-06-30"]),
    )
    organization = Organization.objects.get(key="dx")
    assert (organization.name, organization.jurisdiction) == ("Department X", "")
    assert (organization.status, organization.status_since_on, organization.status_reason) == (
        "on_leave",
        TODAY,
        "Budget",
    )
    assert organization.former_names.get().name == "Department of Examples"
    assert organization.history.first().history_user == cast.staff
    assert Person.objects.get(email="seated@example.org").phone == "555"
    assert Representation.objects.get(person=cast.seated).kind == "alternate"
    assert Term.objects.get(person=cast.seated).planned_end_on == dt.date(2027, 6, 30)


def test_the_primarys_place_changes_hands_within_one_file(cast):
    apply(
        cast,
        table(
            ["E-mail", "Organization", "Represents as"],
            ["alternate@example.org", "dx", "Primary representative"],
            ["primary@example.org", "dx", "Representative"],
        ),
    )
    kinds = dict(cast.organization.representations.values_list("person__email", "kind"))
    assert kinds["alternate@example.org"] == "primary"
    assert kinds["primary@example.org"] == "representative"


def test_a_seat_changes_hands(cast):
    apply(cast, table(SEATS, ["data", "Member", "Department of Examples", "alternate@example.org", "2026-11-01", ""]))
    seat = Seat.objects.get(body=cast.body, role="member")
    ended, current = seat.terms.order_by("starts_on")
    assert (ended.person, ended.ended_on) == (cast.seated, dt.date(2026, 11, 1))
    assert (current.person, current.starts_on, current.ended_on) == (cast.alternate, dt.date(2026, 11, 1), None)


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (ORGANIZATIONS, ["", "X", "state agency", ""], "write the organization's name"),
        (ORGANIZATIONS, ["New one", "X", "", ""], "Sector: a new organization needs one"),
        (ORGANIZATIONS, ["New one", "X", "tribe", ""], "“tribe” is none of: state agency."),
        (ORGANIZATIONS, ["New one", "X", "state agency", "not an address"], "Website: Enter a valid URL."),
        (ORGANIZATIONS, ["Two\nlines", "X", "state agency", ""], "Write this on one line."),
        (ORGANIZATIONS, ["N" * 201, "X", "state agency", ""], "at most 200 characters"),
        (["Key", "Name", "Sector"], ["Not A Slug", "New", "state agency"], "Key: Enter a valid “slug”"),
        (
            ["Key", "Name", "Sector"],
            ["new-key", "Other Department", "state agency"],
            "listed already under the key “other”",
        ),
        (["Key", "Status"], ["dx", "Prospective"], "what is active cannot become prospective"),
        (["Key", "Status"], ["dx", "Dormant"], "Status: “Dormant” is not a valid choice"),
        (["Key", "Status since"], ["dx", "1/1/2030"], "the day lies ahead"),
        (["Key", "Status since"], ["dx", "soon"], "“soon” is not a valid date"),
        (["Key", "Public"], ["dx", "maybe"], "Enter yes or no"),
        (PEOPLE, ["", "N", "", "", "", ""], "a person needs one"),
        (PEOPLE, ["not-an-address", "N", "", "", "", ""], "is no address"),
        (PEOPLE, ["n@example.org", "", "", "", "", ""], "Write the person's name too"),
        (PEOPLE, ["n@example.org", "N", "", "nowhere", "", ""], "no “nowhere” here"),
        (PEOPLE, ["n@example.org", "N", "", "", "Alternate", ""], "write the one that the person represents"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "Boss", ""], "Represents as: “Boss” is not a valid choice"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "", "2030-01-01"], "Starts: the day lies ahead"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "Primary representative", ""], "two primary representatives"),
        (PEOPLE, ["deactivated@example.org", "", "", "other", "", ""], "account of deactivated@example.org is closed"),
        (PEOPLE, ["administrator@example.org", "Renamed", "", "", "", ""], "Only an administrator"),
        (["E-mail", "Assistant's e-mail"], ["seated@example.org", "seated@example.org"], "the person's own address"),
        (SEATS, ["Nothing", "", "", "", "", ""], "Body: “Nothing” is none of"),
        (SEATS, ["Data", "King", "", "", "", ""], "Role: “King” is not a valid choice"),
        (SEATS, ["Data", "Chair", "other", "", "", ""], "has a chair's seat"),
        (SEATS, ["Data", "Member", "dx", "", "", ""], "The seated sits in this seat"),
        (SEATS, ["Data", "Member", "other", "nobody@example.org", "", ""], "nobody has the address"),
        (
            SEATS,
            ["Data", "Member", "other", "representative@example.org", "", ""],
            "does not represent Other Department",
        ),
        (SEATS, ["Data", "Member", "", "chair@example.org", "", ""], "sits on Data task force already"),
        (SEATS, ["Data", "Member", "other", "other_primary@example.org", "2030-01-01", ""], "the day lies ahead"),
        (
            SEATS,
            ["Data", "Member", "other", "other_primary@example.org", "2026-02-01", "2026-01-01"],
            "not after the start",
        ),
        (SEATS, ["Data", "Member", "dx", "seated@example.org", "2026-01-02", ""], "the term began 2026-01-01"),
        (SEATS, ["Data", "Member", "dx", "alternate@example.org", "2025-01-01", ""], "somebody sat in this seat until"),
    ],
)
def test_a_refused_row_says_how_to_mend_it_and_writes_nothing(cast, header, row, says):
    sheet = table(header, row)
    [(verdict, reason)] = planned(cast, sheet)
    assert verdict == "refused"
    assert says in reason
    with pytest.raises(OperationNotAllowedError, match="Mend"):
        apply(cast, sheet)


def test_rows_of_one_file_that_clash_are_refused(cast):
    verdicts = planned(
        cast,
        table(
            ["Name", "Sector", "Acronym"],
            ["New one", "state agency", "N1"],
            ["New one", "state agency", "N1"],
            ["New one", "state agency", "N2"],
        ),
        table(PEOPLE, ["n@example.org", "N", "", "", "", ""], ["n@example.org", "Other name", "", "", "", ""]),
    )
    assert [verdict for verdict, _ in verdicts] == ["new", "refused", "new", "refused"]
    assert "Row 2 says otherwise" in verdicts[1][1] and "Row 2 says otherwise" in verdicts[3][1]


def test_what_hangs_on_a_refused_row_is_refused_too(cast):
    verdicts = planned(
        cast,
        table(ORGANIZATIONS, ["New one", "N1", "", ""]),
        table(
            PEOPLE,
            ["n@example.org", "N", "", "New one", "", ""],
            ["p@example.org", "P", "", "dx", "Primary representative", ""],
            ["p@example.org", "P", "", "other", "Alternate", ""],
        ),
        table(SEATS, ["Data", "Member", "other", "p@example.org", "", ""]),
    )
    assert [verdict for verdict, _ in verdicts] == ["refused"] * 5
    assert "row that adds this person is refused" in verdicts[3][1]


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
    job = members_operations.start_import(actor=cast.staff, file_name="x", tables=sheets, total=2, now=NOW)
    shown = fingerprint(plan_of(cast, *sheets).rows)
    members_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="444")
    with pytest.raises(OperationNotAllowedError, match="changed since you looked"):
        operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    # And between the press and the writing.
    job.total = 500
    job.save(update_fields=["total"])
    shown = fingerprint(plan_of(cast, *sheets).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    members_operations.edit_person(actor=cast.staff, person=cast.seated, version=None, now=NOW, phone="333")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert job.state == ImportState.PREVIEW
    assert "changed since you looked" in job.problem
    assert not Person.objects.filter(email="n@example.org").exists()


@pytest.mark.parametrize("step", ["import_seats", "add_representations"])
def test_a_fault_in_the_middle_leaves_nothing_behind(cast, monkeypatch, step):
    where = "overview.operations.taskforces_operations" if step == "import_seats" else "members.operations.importing"

    def fail(**kwargs):
        raise RuntimeError("power cut")

    monkeypatch.setattr(f"{where}.{step}", fail)
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
    job = members_operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    shown = fingerprint(plan_of(cast, sheet).rows)
    assert operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    assert members_operations.claim_import(pk=job.pk, now=NOW)
    assert members_operations.waiting_imports(NOW) == []
    later = NOW + dt.timedelta(minutes=6)
    assert members_operations.waiting_imports(later) == [job.pk]
    operations.process_import(pk=job.pk, now=NOW)
    assert not Person.objects.filter(email="n@example.org").exists()
    operations.process_import(pk=job.pk, now=later)
    assert Person.objects.filter(email="n@example.org").count() == 1
    operations.process_import(pk=job.pk, now=later + dt.timedelta(hours=1))
    assert Person.objects.filter(email="n@example.org").count() == 1


def test_who_is_no_longer_staff_applies_nothing(cast):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = members_operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=300, now=NOW)
    shown = fingerprint(plan_of(cast, sheet).rows)
    operations.confirm_import(actor=cast.staff, job=job, shown=shown, leave_out=False, now=NOW)
    Person.objects.filter(pk=cast.staff.pk).update(portal_role="none")
    operations.process_import(pk=job.pk, now=NOW)
    job.refresh_from_db()
    assert "no longer staff" in job.problem
    assert not Person.objects.filter(email="n@example.org").exists()


def test_the_sheets_to_fill_in_are_understood_and_their_examples_not_imported(cast):
    tables = stored(read(io.BytesIO(as_xlsx(example_sheets()))))
    plan = plan_of(cast, *tables)
    assert (plan.rows, plan.unknown) == ([], [])


def test_a_preview_asks_the_same_number_of_questions_for_1_and_40_rows(cast):
    def count(rows: int) -> int:
        people = [[f"p{n}@example.org", f"P {n}", "", "dx", "Representative", ""] for n in range(rows)]
        seats = [["Data", "Member", "dx", f"p{n}@example.org", "", ""] for n in range(rows)]
        organizations = [[f"New {n}", f"N{n}", "state agency", ""] for n in range(rows)]
        with CaptureQueriesContext(connection) as queries:
            plan = plan_of(cast, table(ORGANIZATIONS, *organizations), table(PEOPLE, *people), table(SEATS, *seats))
        assert {row.verdict for row in plan.rows} <= {RowStatus.NEW, RowStatus.CHANGED}
        return len(queries)

    assert count(1) == count(40) == 9


def test_an_upload_that_nobody_applies_is_forgotten_after_two_weeks(cast, time_machine):
    sheet = table(PEOPLE, ["n@example.org", "N", "", "", "", ""])
    job = members_operations.start_import(actor=cast.staff, file_name="x", tables=[sheet], total=1, now=NOW)
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
    job = members_operations.start_import(actor=cast.staff, file_name="x", tables=tables, total=5000, now=NOW)
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
