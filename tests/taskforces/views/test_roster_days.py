"""The roster of any day, for reading and for taking along."""

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
    """The seat of OD: the first person left on March 31, the second came on that day, planned to November 1."""
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
    ("on", "sits", "does_not"),
    [
        ("2026-03-30", "First holder", "Second holder"),
        ("2026-03-31", "Second holder", "First holder"),
        ("2025-04-01", "First holder", "Second holder"),
        ("2026-11-21", "Second holder", "First holder"),
    ],
)
def test_the_roster_of_a_day_names_who_sat_on_it(cast, handed_over, on, sits, does_not):
    text = words(cast.client("other_primary").get(ROSTER, {"on": on}))
    assert sits in text and does_not not in text
    assert "Name a person" not in text and "Renew" not in text


def test_before_a_seats_first_term_and_after_it_was_closed_it_is_not_there(cast, handed_over):
    text = words(cast.client("staff").get(ROSTER, {"on": "2025-03-31"}))
    assert "No seat of this body stood on this day" in text
    Term.objects.filter(seat=handed_over, ended_on=None).update(ended_on=dt.date(2026, 10, 1))
    Seat.objects.filter(pk=handed_over.pk).update(closed_on=dt.date(2026, 10, 5))
    assert "Second holder" not in words(cast.client("staff").get(ROSTER, {"on": "2026-10-03"}))
    assert ">OD<" in words(cast.client("staff").get(ROSTER, {"on": "2026-10-03"}))
    assert ">OD<" not in words(cast.client("staff").get(ROSTER, {"on": "2026-10-06"}))


def test_what_carried_over_on_a_day_is_judged_by_that_day(cast, handed_over):
    client = cast.client("staff")
    assert "Carries over" not in words(client.get(ROSTER, {"on": "2026-06-01"}))
    assert "Ends soon" in words(client.get(ROSTER, {"on": "2026-10-15"}))
    assert "Carries over" in words(client.get(ROSTER, {"on": "2026-11-02"}))


@pytest.mark.parametrize("on", ["tomorrow", "2026-02-30", "01/03/20266", "2027-01-01", "9" * 10_000])
def test_a_wrong_day_gives_a_message_and_the_roster_of_today(cast, handed_over, on):
    answer = cast.client("chair").get(ROSTER, {"on": on})
    text = words(answer)
    assert answer.status_code == 200
    assert ("This day lies ahead" if on == "2027-01-01" else "This is no date") in text
    assert "You see today" in text and "Second holder" in text and "Add a seat" in text
    back = cast.client("chair").post(EXPORT, {"on": on})
    assert back.status_code == 302 and back["Location"].startswith(ROSTER + "?on=")


def test_today_as_a_day_is_the_roster_with_its_acts(cast, handed_over):
    assert "Add a seat" in words(cast.client("chair").get(ROSTER, {"on": TODAY.isoformat()}))


def test_the_full_workgroup_of_a_day_has_those_who_represented_an_active_member(cast):
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


def test_a_spreadsheet_holds_what_the_page_shows(cast, handed_over):
    client = cast.client("staff")
    rows = {}
    for form in ("csv", "xlsx"):
        answer = client.post(EXPORT, {"on": MARCH, "format": form})
        assert answer["Content-Disposition"] == f'attachment; filename="roster-of-data-task-force-2026-03-01.{form}"'
        rows[form] = [line.cells for line in read(io.BytesIO(answer.content))[0].lines]
    assert rows["csv"] == rows["xlsx"]
    assert rows["csv"][0]["Role"] == "Chair" and rows["csv"][0]["E-mail"] == "chair@example.org"
    assert len(rows["csv"]) == 4
    row = next(row for row in rows["csv"] if row["Person"] == "First holder")
    assert (row["Acronym"], row["Starts"], row["Last day"]) == ("OD", "2025-04-01", "2026-03-31")
    event = SecurityEvent.objects.filter(kind="exported").first()
    assert event.actor == cast.staff
    assert event.detail == "Roster of Data task force as of 2026-03-01, 4 rows, xlsx"


def test_a_spreadsheet_runs_no_formula(cast, handed_over):
    handed_over.terms.get(ended_on=None).person.__class__.objects.filter(name="Second holder").update(
        name='=HYPERLINK("x")'
    )
    assert b"\"'=HYPERLINK" in cast.client("staff").post(EXPORT).content


def test_whoever_does_not_sit_with_them_gets_no_address(cast, handed_over):
    factories.OrganizationFactory()
    outsider = factories.RepresentationFactory(
        organization=factories.OrganizationFactory(participation="task_force")
    ).person
    cast.people["outsider"] = outsider
    client = cast.client("outsider")
    page, sheet = client.get(ROSTER), client.post(EXPORT)
    for answer in (page, sheet):
        assert "The chair" in answer.content.decode() and "chair@example.org" not in answer.content.decode()
    assert "Addresses to copy" not in words(page)


# Addresses ----------------------------------------------------------------------------------------


def test_addresses_are_copied_and_mailed_without_scripts_and_without_those_who_left(cast, handed_over):
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


def test_too_many_addresses_for_a_link_are_copied_instead(cast):
    for _ in range(80):
        seat = factories.SeatFactory(body=cast.body, organization=cast.other_organization)
        term = factories.TermFactory(seat=seat)
        factories.RepresentationFactory(organization=cast.other_organization, person=term.person)
    text = words(cast.client("chair").get(ROSTER))
    assert "mailto:?bcc" not in text and "too many for a mail link" in text and "Write to 83 people" in text


@pytest.mark.parametrize("query", [{}, {"on": MARCH}])
@pytest.mark.parametrize("slug", ["data", "workgroup"])
def test_one_row_and_three_cost_the_same(cast, query, slug):
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


def test_an_organizations_people_of_a_day(cast):
    Representation.objects.filter(person=cast.alternate).update(ended_on=dt.date(2026, 5, 1))
    client = cast.client("primary")
    text = words(client.get(PEOPLE, {"on": MARCH}))
    assert "The alternate" in text
    assert "The alternate" not in words(client.get(PEOPLE, {"on": "2026-05-02"}))
    assert "Nobody represented it" in words(client.get(PEOPLE, {"on": "2025-12-31"}))
    assert "This is no date" in words(client.get(PEOPLE, {"on": "x"}))
    assert "Data task force" in text and "The chair" in text


def test_an_organizations_addresses_leave_out_closed_accounts(cast):
    text = words(cast.client("staff").get(PEOPLE))
    area = text.split("readonly>")[1].split("</textarea>")[0]
    assert "primary@example.org" in area and "deactivated@example.org" not in area


def test_an_organizations_people_as_a_spreadsheet(cast):
    answer = cast.client("primary").post("/organizations/dx/people/export/", {"on": MARCH})
    lines = [line.cells for line in read(io.BytesIO(answer.content))[0].lines]
    assert {(line["Body"], line["Role"], line["Person"]) for line in lines} >= {
        ("", "Primary representative", "The primary"),
        ("Data task force", "Chair", "The chair"),
    }
    assert SecurityEvent.objects.filter(kind="exported", actor=cast.primary).exists()
    wrong = cast.client("primary").post("/organizations/dx/people/export/", {"on": "x"})
    assert wrong["Location"] == PEOPLE + "?on=x"


def test_an_organizations_page_costs_the_same_for_one_and_three(cast):
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


def test_a_bodys_usual_term_fills_in_the_planned_end(cast):
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


def test_a_body_without_a_usual_term_fills_in_nothing(cast):
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization)
    form = cast.client("chair").get(reverse("taskforces:term_start", args=[seat.pk])).context["form"]
    assert form["planned_end_on"].value() is None
