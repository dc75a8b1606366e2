"""Rosters of any date, on pages and as spreadsheets."""

import datetime as dt
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import SecurityEvent
from core.sheets import read
from members.models import Representation
from members.operations import change_status
from taskforces.models import Seat, Term
from taskforces.rules import SeatRole
from tests import factories
from tests.conftest import NOW, TODAY

ROSTER = "/task-forces/data/roster/"
EXPORT = "/task-forces/data/roster/export/"
MARCH = "2026-03-01"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def handed_over(cast):
    """A seat of OD: the first term ended on March 31, the second started then, with planned end November 1."""
    seat = factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    first, second = factories.PersonFactory(name="First holder"), factories.PersonFactory(name="Second holder")
    factories.TermFactory(
        seat=seat, person=first, starts_on=dt.date(2025, 4, 1), ended_on=dt.date(2026, 3, 31), end_reason="Retired"
    )
    factories.TermFactory(seat=seat, person=second, starts_on=dt.date(2026, 3, 31), planned_end_on=dt.date(2026, 11, 1))
    for person in (first, second):
        factories.RepresentationFactory(organization=cast.other_organization, person=person)
    return seat


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("on", "listed", "missing"),
    [
        ("2026-03-30", "First holder", "Second holder"),
        ("2026-03-31", "Second holder", "First holder"),
        ("2025-04-01", "First holder", "Second holder"),
        ("2026-11-21", "Second holder", "First holder"),
    ],
)
def test_the_roster_of_a_date_lists_who_served_then(cast, handed_over, on, listed, missing):
    text = words(cast.client("other_primary").get(ROSTER, {"on": on}))
    assert listed in text and missing not in text
    assert "/fill/" not in text and "/renew/" not in text


def test_a_seat_is_listed_from_its_first_term_until_closed(cast, handed_over):
    text = words(cast.client("staff").get(ROSTER, {"on": "2025-03-31"}))
    assert "First holder" not in text and ">Chair<" not in text
    Term.objects.filter(seat=handed_over, ended_on=None).update(ended_on=dt.date(2026, 10, 1))
    Seat.objects.filter(pk=handed_over.pk).update(closed_on=dt.date(2026, 10, 5))
    assert "Second holder" not in words(cast.client("staff").get(ROSTER, {"on": "2026-10-03"}))
    assert ">OD<" in words(cast.client("staff").get(ROSTER, {"on": "2026-10-03"}))
    assert ">OD<" not in words(cast.client("staff").get(ROSTER, {"on": "2026-10-06"}))


def test_seat_status_is_that_of_the_date(cast, handed_over):
    client = cast.client("staff")
    statuses = {
        day: {row.status for row in client.get(ROSTER, {"on": day}).context["roster"].seats if row.seat == handed_over}
        for day in ("2026-06-01", "2026-10-15", "2026-11-02")
    }
    assert statuses == {"2026-06-01": {"filled"}, "2026-10-15": {"ending_soon"}, "2026-11-02": {"holdover"}}


@pytest.mark.parametrize("on", ["tomorrow", "2026-02-30", "01/03/20266", "2027-01-01", "9" * 10_000])
def test_an_invalid_date_shows_an_error_and_todays_roster(cast, handed_over, on):
    answer = cast.client("chair").get(ROSTER, {"on": on})
    text = words(answer)
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["on"] and 'id="on-error"' in text
    assert "Second holder" in text and "Add a seat" in text
    back = cast.client("chair").post(EXPORT, {"on": on})
    assert back.status_code == 302 and back["Location"].startswith(ROSTER + "?on=")


def test_today_as_the_date_shows_the_actions(cast, handed_over):
    assert "Add a seat" in words(cast.client("chair").get(ROSTER, {"on": TODAY.isoformat()}))


def test_the_full_workgroup_of_a_date_lists_representatives(cast):
    url = "/task-forces/workgroup/roster/"
    Representation.objects.filter(person=cast.primary).update(ended_on=dt.date(2026, 5, 1))
    change_status(
        actor=cast.staff,
        organization=cast.other_organization,
        version=None,
        status="former",
        since_on=dt.date(2026, 7, 1),
        reason="Dissolved",
        now=NOW,
        today=TODAY,
    )
    client = cast.client("staff")
    on_may_day = words(client.get(url, {"on": "2026-05-01"}))
    assert "The primary" in on_may_day and "The other_primary" in on_may_day and "The executive" not in on_may_day
    in_june = words(client.get(url, {"on": "2026-06-30"}))
    assert "The primary" not in in_june and "The other_primary" in in_june
    assert "The other_primary" not in words(client.get(url, {"on": "2026-07-01"}))
    now = words(client.get(url))
    assert "The alternate" in now and "The other_primary" not in now and "The deactivated" not in now


def test_the_spreadsheet_has_the_rows_of_the_page(cast, handed_over):
    client = cast.client("staff")
    rows = {}
    for form in ("csv", "xlsx"):
        answer = client.post(EXPORT, {"on": MARCH, "format": form})
        assert answer["Content-Disposition"] == f'attachment; filename="roster-of-data-task-force-2026-03-01.{form}"'
        rows[form] = [line.cells for line in read(io.BytesIO(answer.content))[0].lines]
    assert rows["csv"] == rows["xlsx"]
    assert rows["csv"][0]["Role"] == "Chair" and rows["csv"][0]["Email"] == "chair@example.org"
    assert len(rows["csv"]) == 4
    row = next(row for row in rows["csv"] if row["Person"] == "First holder")
    assert (row["Acronym"], row["Starts"], row["Last day"]) == ("OD", "2025-04-01", "2026-03-31")
    event = SecurityEvent.objects.filter(kind="exported").first()
    assert event.actor == cast.staff
    assert event.detail == "Roster of Data task force as of 2026-03-01, 4 rows, xlsx"


def test_the_spreadsheet_has_no_formulas(cast, handed_over):
    handed_over.terms.get(ended_on=None).person.__class__.objects.filter(name="Second holder").update(
        name='=HYPERLINK("x")'
    )
    assert b"\"'=HYPERLINK" in cast.client("staff").post(EXPORT).content


def test_members_of_other_bodies_get_no_addresses(cast, handed_over):
    factories.OrganizationFactory()
    outsider = factories.RepresentationFactory(
        organization=factories.OrganizationFactory(participation="task_force")
    ).person
    cast.people["outsider"] = outsider
    client = cast.client("outsider")
    page, sheet = client.get(ROSTER), client.post(EXPORT)
    for answer in (page, sheet):
        assert "The chair" in answer.content.decode() and "chair@example.org" not in answer.content.decode()
    assert page.context["roster"].addresses == []


# Email addresses ----------------------------------------------------------------------------------------


def test_addresses_leave_out_closed_accounts(cast, handed_over):
    cast.secretary.is_active = False
    cast.secretary.save(update_fields=["is_active"])
    text = words(cast.client("chair").get(ROSTER))
    second = Term.objects.get(seat=handed_over, ended_on=None).person.email
    for listed in ("chair@example.org", "seated@example.org", second):
        assert listed in text
    assert "secretary@example.org" not in text
    assert f"readonly>chair@example.org; seated@example.org; {second}</textarea>" in text
    assert f'href="mailto:?bcc=chair@example.org%3Bseated@example.org%3B{second}"' in text
    assert f'href="mailto:?bcc=chair@example.org%2Cseated@example.org%2C{second}"' in text
    assert 'data-copy="addresses" hidden' in text


def test_too_many_addresses_give_no_email_link(cast):
    for _ in range(80):
        seat = factories.SeatFactory(body=cast.body, organization=cast.other_organization)
        term = factories.TermFactory(seat=seat)
        factories.RepresentationFactory(organization=cast.other_organization, person=term.person)
    text = words(cast.client("chair").get(ROSTER))
    assert "mailto:?bcc" not in text and "83 people" in text


@pytest.mark.parametrize("query", [{}, {"on": MARCH}])
@pytest.mark.parametrize("slug", ["data", "workgroup"])
def test_query_count_is_the_same_for_one_and_three_rows(cast, query, slug):
    def more():
        seat = factories.SeatFactory(body=cast.body, organization=factories.OrganizationFactory())
        term = factories.TermFactory(seat=seat)
        factories.RepresentationFactory(organization=seat.organization, person=term.person)

    def count():
        client = cast.client("chair")
        client.get(f"/task-forces/{slug}/roster/", query)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(f"/task-forces/{slug}/roster/", query)
        return len(queries)

    more()
    one = count()
    more()
    more()
    assert count() == one


# An organization's people -------------------------------------------------------------------------

PEOPLE = "/organizations/dx/people/"


def test_people_of_an_organization_on_a_date(cast):
    Representation.objects.filter(person=cast.alternate).update(ended_on=dt.date(2026, 5, 1))
    client = cast.client("primary")
    text = words(client.get(PEOPLE, {"on": MARCH}))
    assert "The alternate" in text
    assert "The alternate" not in words(client.get(PEOPLE, {"on": "2026-05-02"}))
    assert client.get(PEOPLE, {"on": "2025-12-31"}).context["people"].representations == []
    assert list(client.get(PEOPLE, {"on": "x"}).context["form"].errors) == ["on"]
    assert "Data task force" in text and "The chair" in text


def test_addresses_of_an_organization_leave_out_closed_accounts(cast):
    text = words(cast.client("staff").get(PEOPLE))
    area = text.split("readonly>")[1].split("</textarea>")[0]
    assert "primary@example.org" in area and "deactivated@example.org" not in area


def test_people_of_an_organization_as_a_spreadsheet(cast):
    answer = cast.client("primary").post("/organizations/dx/people/export/", {"on": MARCH})
    lines = [line.cells for line in read(io.BytesIO(answer.content))[0].lines]
    assert {(line["Body"], line["Role"], line["Person"]) for line in lines} >= {
        ("", "Primary representative", "The primary"),
        ("Data task force", "Chair", "The chair"),
    }
    assert SecurityEvent.objects.filter(kind="exported", actor=cast.primary).exists()
    wrong = cast.client("primary").post("/organizations/dx/people/export/", {"on": "x"})
    assert wrong["Location"] == PEOPLE + "?on=x"


def test_the_page_of_people_has_a_fixed_query_count(cast):
    def count():
        client = cast.client("staff")
        client.get(PEOPLE)
        with CaptureQueriesContext(connection) as queries:
            client.get(PEOPLE)
        return len(queries)

    one = count()
    for _ in range(2):
        factories.RepresentationFactory(organization=cast.organization)
        factories.SeatFactory(body=cast.body, organization=cast.organization)
    assert count() == one


# Terms --------------------------------------------------------------------------------------------


def test_the_usual_term_suggests_the_planned_end(cast):
    cast.body.term_months = 24
    cast.body.save(update_fields=["term_months"])
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization, role=SeatRole.MEMBER)
    client = cast.client("chair")
    start = client.get(reverse("taskforces:term_start", args=[seat.pk])).content.decode()
    assert 'name="planned_end_on" value="2028-11-21"' in start
    term = Term.objects.get(person=cast.seated)
    Term.objects.filter(pk=term.pk).update(planned_end_on=dt.date(2026, 12, 31))
    renew = client.get(reverse("taskforces:term_renew", args=[term.pk])).content.decode()
    assert 'name="planned_end_on" value="2028-12-31"' in renew


def test_without_a_usual_term_no_planned_end_is_suggested(cast):
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization)
    form = cast.client("chair").get(reverse("taskforces:term_start", args=[seat.pk])).context["form"]
    assert form["planned_end_on"].value() is None
