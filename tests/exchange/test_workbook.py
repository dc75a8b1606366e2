"""Imports of spreadsheets: the planned result of each row, and round trips of exports."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from core.operations import OperationNotAllowedError
from core.sheets import Sheet, as_csv, as_xlsx, read
from exchange.organizations import ORGANIZATIONS as ORGANIZATION_RECORDS
from exchange.people import PEOPLE as PERSON_RECORDS
from exchange.plans import RowStatus
from exchange.rosters import ROSTERS
from exchange.rules import ImportState
from exchange.workbook import example_sheets, serialize_tables
from members.models import Organization, Representation
from members.queries import organization_rows, people_search
from members.rules import OrganizationStatus
from taskforces.models import Seat, Term
from tests import factories
from tests.conftest import TODAY
from tests.exchange.workbooks import ORGANIZATIONS, PEOPLE, SEATS, apply, plan_of, planned, table

pytestmark = pytest.mark.django_db


def test_one_workbook_imports_organizations_people_and_seats(cast):
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
    header = ["Organization", "Acronym", "Sector", "Name", "Email", "Represents as", "Task force", "Role"]
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
    """Records whose text a spreadsheet would run as a formula, besides those of the cast."""
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
    ("records", "rows"),
    [
        (ORGANIZATION_RECORDS, lambda: ORGANIZATION_RECORDS.rows(organization_rows())),
        (PERSON_RECORDS, lambda: PERSON_RECORDS.rows(people_search(""))),
        (ROSTERS, lambda: ROSTERS.rows(TODAY)),
    ],
    ids=["organizations", "people", "rosters"],
)
def test_importing_an_unchanged_export_changes_nothing(awkward, kind, records, rows):
    name, header = records.sheet, records.header
    content = as_csv(header, rows()) if kind == "csv" else as_xlsx([Sheet(name, header, rows())])
    tables = serialize_tables(read(io.BytesIO(content)))
    statuses = planned(awkward, *tables)
    assert len(statuses) >= 12
    assert set(statuses) == {("unchanged", "")}


def test_a_preview_shows_each_changed_field(cast):
    [plan] = plan_of(
        cast,
        table(["Key", "Name", "Jurisdiction", "Public", "Status"], ["dx", "Department X", "", "no", "On leave"]),
    ).rows
    assert plan.status == RowStatus.CHANGED
    assert [(change.label, change.old, change.new) for change in plan.changes] == [
        ("Organization", "Department of Examples", "Department X"),
        ("Jurisdiction", "California", ""),
        ("Public", "yes", "no"),
        ("Status", "Active", "On leave"),
    ]


def test_a_region_is_imported_and_cleared(cast):
    header = ["Key", "Region"]
    apply(cast, table(header, ["dx", "Northern counties"]))
    assert Organization.objects.get(key="dx").region == "northern"
    apply(cast, table(header, ["dx", ""]))
    assert Organization.objects.get(key="dx").region == ""
    [(status, reason)] = planned(cast, table(header, ["dx", "Atlantis"]))
    assert (status, reason.split(":")[0]) == ("rejected", "Region")


def test_changes_are_saved_with_their_actor_and_former_name(cast):
    apply(
        cast,
        table(
            ["Key", "Name", "Jurisdiction", "Status", "Status reason"], ["dx", "Department X", "", "On leave", "Budget"]
        ),
        table(["Email", "Phone", "Organization", "Represents as"], ["seated@example.org", "555", "dx", "Alternate"]),
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


def test_one_file_can_replace_the_primary_representative(cast):
    apply(
        cast,
        table(
            ["Email", "Organization", "Represents as"],
            ["alternate@example.org", "dx", "Primary representative"],
            ["primary@example.org", "dx", "Representative"],
        ),
    )
    kinds = dict(cast.organization.representations.values_list("person__email", "kind"))
    assert kinds["alternate@example.org"] == "primary"
    assert kinds["primary@example.org"] == "representative"


def test_a_seat_is_filled_by_another_person(cast):
    apply(cast, table(SEATS, ["data", "Member", "Department of Examples", "alternate@example.org", "2026-11-01", ""]))
    seat = Seat.objects.get(body=cast.body, role="member")
    ended, current = seat.terms.order_by("starts_on")
    assert (ended.person, ended.ended_on) == (cast.seated, dt.date(2026, 11, 1))
    assert (current.person, current.starts_on, current.ended_on) == (cast.alternate, dt.date(2026, 11, 1), None)


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (ORGANIZATIONS, ["", "X", "state agency", ""], "Enter the name of the organization."),
        (ORGANIZATIONS, ["New one", "X", "", ""], "Sector: This is required for a new organization."),
        (ORGANIZATIONS, ["New one", "X", "tribe", ""], "“tribe” is not a valid choice. Enter state agency."),
        (ORGANIZATIONS, ["New one", "X", "state agency", "not an address"], "Website: Enter a valid URL."),
        (ORGANIZATIONS, ["Two\nlines", "X", "state agency", ""], "Write this on one line."),
        (ORGANIZATIONS, ["N" * 201, "X", "state agency", ""], "at most 200 characters"),
        (["Key", "Name", "Sector"], ["Not A Slug", "New", "state agency"], "Key: Enter a valid “slug”"),
        (
            ["Key", "Name", "Sector"],
            ["new-key", "Other Department", "state agency"],
            "already has the key “other”",
        ),
        (["Key", "Status"], ["dx", "Prospective"], "can't change from Active to Prospective"),
        (["Key", "Status"], ["dx", "Dormant"], "Status: “Dormant” is not a valid choice"),
        (["Key", "Status since"], ["dx", "1/1/2030"], "The date is in the future"),
        (["Key", "Status since"], ["dx", "soon"], "“soon” is not a valid date"),
        (["Key", "Public"], ["dx", "maybe"], "Enter yes or no"),
        (PEOPLE, ["", "N", "", "", "", ""], "Email: Enter an email address"),
        (PEOPLE, ["not-an-address", "N", "", "", "", ""], "Email: Enter an email address"),
        (PEOPLE, ["n@example.org", "", "", "", "", ""], "Enter the person's name too"),
        (PEOPLE, ["n@example.org", "N", "", "nowhere", "", ""], "There is no organization “nowhere”"),
        (PEOPLE, ["n@example.org", "N", "", "", "Alternate", ""], "Enter the organization that this person represents"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "Boss", ""], "Represents as: “Boss” is not a valid choice"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "", "2030-01-01"], "Starts: The date is in the future"),
        (PEOPLE, ["n@example.org", "N", "", "dx", "Primary representative", ""], "two primary representatives"),
        (PEOPLE, ["deactivated@example.org", "", "", "other", "", ""], "account of deactivated@example.org is closed"),
        (PEOPLE, ["administrator@example.org", "Renamed", "", "", "", ""], "Only an administrator"),
        (
            ["Email", "Assistant's email"],
            ["seated@example.org", "seated@example.org"],
            "the person's own email address",
        ),
        (SEATS, ["Nothing", "", "", "", "", ""], "Body: “Nothing” is not a valid choice"),
        (SEATS, ["Data", "King", "", "", "", ""], "Role: “King” is not a valid choice"),
        (SEATS, ["Data", "Chair", "other", "", "", ""], "already has a chair's seat"),
        (SEATS, ["Data", "Member", "dx", "", "", ""], "The seated has this seat"),
        (SEATS, ["Data", "Member", "other", "unknown@example.org", "", ""], "isn't in the portal yet"),
        (
            SEATS,
            ["Data", "Member", "other", "representative@example.org", "", ""],
            "doesn't represent Other Department",
        ),
        (SEATS, ["Data", "Member", "", "chair@example.org", "", ""], "already has a seat on Data task force"),
        (
            SEATS,
            ["Data", "Member", "other", "other_primary@example.org", "2030-01-01", ""],
            "The date is in the future",
        ),
        (
            SEATS,
            ["Data", "Member", "other", "other_primary@example.org", "2026-02-01", "2026-01-01"],
            "The date isn't after the start",
        ),
        (SEATS, ["Data", "Member", "dx", "seated@example.org", "2026-01-02", ""], "The term started on Jan 1, 2026"),
        (
            SEATS,
            ["Data", "Member", "dx", "alternate@example.org", "2025-01-01", ""],
            "Someone else had this seat until",
        ),
    ],
)
def test_a_rejected_row_has_a_reason_and_saves_nothing(cast, header, row, says):
    sheet = table(header, row)
    [(status, reason)] = planned(cast, sheet)
    assert status == "rejected"
    assert says in reason
    with pytest.raises(OperationNotAllowedError):
        apply(cast, sheet)


def test_conflicting_rows_of_one_file_are_rejected(cast):
    statuses = planned(
        cast,
        table(
            ["Name", "Sector", "Acronym"],
            ["New one", "state agency", "N1"],
            ["New one", "state agency", "N1"],
            ["New one", "state agency", "N2"],
        ),
        table(PEOPLE, ["n@example.org", "N", "", "", "", ""], ["n@example.org", "Other name", "", "", "", ""]),
    )
    assert [status for status, _ in statuses] == ["new", "rejected", "new", "rejected"]
    assert "Row 2 has different data" in statuses[1][1] and "Row 2 has different data" in statuses[3][1]


def test_rows_that_depend_on_a_rejected_row_are_rejected(cast):
    statuses = planned(
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
    assert [status for status, _ in statuses] == ["rejected"] * 5
    assert "row that adds this person was rejected" in statuses[3][1]


def test_the_example_rows_are_read_but_not_imported(cast):
    tables = serialize_tables(read(io.BytesIO(as_xlsx(example_sheets()))))
    plan = plan_of(cast, *tables)
    assert (plan.rows, plan.unknown) == ([], [])


def test_a_preview_makes_as_many_queries_for_1_as_for_40_rows(cast):
    def count(rows: int) -> int:
        people = [[f"p{n}@example.org", f"P {n}", "", "dx", "Representative", ""] for n in range(rows)]
        seats = [["Data", "Member", "dx", f"p{n}@example.org", "", ""] for n in range(rows)]
        organizations = [[f"New {n}", f"N{n}", "state agency", ""] for n in range(rows)]
        with CaptureQueriesContext(connection) as queries:
            plan = plan_of(cast, table(ORGANIZATIONS, *organizations), table(PEOPLE, *people), table(SEATS, *seats))
        assert {row.status for row in plan.rows} <= {RowStatus.NEW, RowStatus.CHANGED}
        return len(queries)

    assert count(1) == count(40) == 9
