"""Pages of membership requirements: staff edit them, the chair sees them, others do not."""

import datetime as dt

import pytest
from django.urls import reverse

from taskforces.models import Requirement, Seat, Term
from tests import factories
from tests.conftest import NOW

PAGE = "/staff/task-forces/data/composition/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_staff_add_edit_and_remove_a_requirement(cast):
    client = cast.client("staff")
    assert client.get(PAGE).context["needs"] == []
    answer = client.post(PAGE, {"region": "northern", "sector": "", "minimum": 2}, follow=True)
    text = words(answer)
    assert "Northern counties: 0 of at least 2" in text and text.count("1 missing since") == 2
    requirement = Requirement.objects.get()
    edit = reverse("taskforces:requirement_edit", args=[requirement.pk])
    assert client.post(edit, {"minimum": 1, "version": 1})["Location"] == PAGE
    assert client.post(edit, {"minimum": 3, "version": 1}).status_code == 409
    end = reverse("taskforces:requirement_end", args=[requirement.pk])
    assert [message.level_tag for message in client.post(end, follow=True).context["messages"]] == ["success"]
    assert [message.level_tag for message in client.post(end, follow=True).context["messages"]] == ["error"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"minimum": 1}, "sector"),
        ({"minimum": 0, "region": "northern"}, "minimum"),
        ({"minimum": 51, "region": "northern"}, "minimum"),
        ({"minimum": "many", "region": "northern"}, "minimum"),
        ({"minimum": 1, "region": "mars"}, "region"),
        ({"minimum": 1, "region": "southern"}, "region"),
    ],
)
def test_an_invalid_requirement_is_rejected(cast, values, field):
    Requirement.objects.create(body=cast.body, region="southern", since_on=dt.date(2026, 1, 1))
    assert list(cast.client("staff").post(PAGE, values).context["form"].errors) == [field]
    assert Requirement.objects.count() == 1


def test_a_sector_and_a_region_together_are_rejected(cast):
    sector = factories.SectorFactory()
    answer = cast.client("staff").post(PAGE, {"sector": sector.pk, "region": "northern", "minimum": 1})
    assert list(answer.context["form"].errors) == ["sector"]
    assert not Requirement.objects.exists()


def test_only_the_chair_and_staff_see_requirements(cast):
    Requirement.objects.create(body=cast.body, region="northern", since_on=dt.date(2026, 9, 1))
    Requirement.objects.create(body=cast.full, region="northern", since_on=dt.date(2026, 9, 1))
    for role in ("chair", "staff"):
        text = words(cast.client(role).get("/task-forces/data/members/"))
        assert "Northern counties: 0 of at least 1" in text and "1 missing since" in text
        assert (PAGE in text) == (role == "staff")
    for role in ("seated", "other_primary", "visitor"):
        assert "Northern counties: 0" not in words(cast.client(role).get("/task-forces/data/members/"))
    assert "Northern counties: 0" in words(cast.client("staff").get("/workgroup/"))
    assert "Northern counties: 0" not in words(cast.client("primary").get("/workgroup/"))


def test_rosters_show_requirements_and_the_age_of_vacancies(cast):
    Requirement.objects.create(body=cast.body, region="northern", since_on=dt.date(2026, 9, 1))
    Term.objects.filter(person=cast.seated).update(ended_on=dt.date(2026, 11, 12))
    text = words(cast.client("staff").get("/staff/rosters/"))
    assert "Northern counties: 0 of at least 1" in text
    assert "vacant since" in text and "10 days ago" in text
    Seat.objects.filter(body=cast.body).update(created_at=NOW - dt.timedelta(days=5))
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    assert "today" in words(cast.client("staff").get("/task-forces/data/roster/"))


def test_only_staff_set_the_region_of_an_organization(cast, client):
    staff = cast.client("staff")
    page = staff.get("/staff/organizations/dx/edit/")
    values = {name: value or "" for name, value in page.context["form"].initial.items()}
    staff.post("/staff/organizations/dx/edit/", {**values, "region": "bay_area", "version": 1})
    assert "Bay Area" in words(client.get("/organizations/dx/"))
    refused = staff.post("/staff/organizations/dx/edit/", {**values, "region": "mars", "version": 2})
    assert "Select a valid choice" in words(refused)
    cast.client("primary").post("/organizations/dx/propose/", {**values, "region": "southern", "version": 2})
    cast.organization.refresh_from_db()
    assert cast.organization.region == "bay_area"
