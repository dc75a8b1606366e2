"""The pages that say what a body needs: for staff to keep, for its chair to see, for nobody else."""

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


def test_staff_require_a_region_change_it_and_take_it_away(cast):
    client = cast.client("staff")
    assert "Nothing is required yet" in words(client.get(PAGE))
    answer = client.post(PAGE, {"region": "northern", "sector": "", "minimum": 2}, follow=True)
    text = words(answer)
    assert "Data task force now needs Northern counties: at least 2." in text
    assert "Northern counties: 0 of at least 2" in text and text.count("one missing since") == 2
    requirement = Requirement.objects.get()
    edit = reverse("taskforces:requirement_edit", args=[requirement.pk])
    assert client.post(edit, {"minimum": 1, "version": 1})["Location"] == PAGE
    assert client.post(edit, {"minimum": 3, "version": 1}).status_code == 409
    end = reverse("taskforces:requirement_end", args=[requirement.pk])
    assert "no longer required" in words(client.post(end, follow=True))
    assert "taken away already" in words(client.post(end, follow=True))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"minimum": 1}, "one of the two"),
        ({"minimum": 0, "region": "northern"}, "greater than or equal to 1"),
        ({"minimum": 51, "region": "northern"}, "less than or equal to 50"),
        ({"minimum": "many", "region": "northern"}, "whole number"),
        ({"minimum": 1, "region": "mars"}, "Select a valid choice"),
        ({"minimum": 1, "region": "southern"}, "required already"),
    ],
)
def test_what_cannot_be_required_says_why(cast, values, said):
    Requirement.objects.create(body=cast.body, region="southern", since_on=dt.date(2026, 1, 1))
    assert said in words(cast.client("staff").post(PAGE, values))
    assert Requirement.objects.count() == 1


def test_a_sector_and_a_region_at_once_is_asked_again(cast):
    sector = factories.SectorFactory()
    text = words(cast.client("staff").post(PAGE, {"sector": sector.pk, "region": "northern", "minimum": 1}))
    assert "one of the two" in text and not Requirement.objects.exists()


def test_the_chair_and_staff_see_what_is_missing_on_the_bodys_page_and_others_do_not(cast):
    Requirement.objects.create(body=cast.body, region="northern", since_on=dt.date(2026, 9, 1))
    Requirement.objects.create(body=cast.full, region="northern", since_on=dt.date(2026, 9, 1))
    for role in ("chair", "staff"):
        text = words(cast.client(role).get("/task-forces/data/"))
        assert "Northern counties: 0 of at least 1" in text and "one missing since" in text
        assert ("Change what is needed" in text) == (role == "staff")
    for role in ("seated", "other_primary", "visitor"):
        assert "Northern counties: 0" not in words(cast.client(role).get("/task-forces/data/"))
    assert "Northern counties: 0" in words(cast.client("staff").get("/workgroup/"))
    assert "Northern counties: 0" not in words(cast.client("primary").get("/workgroup/"))


def test_the_rosters_show_needs_and_the_age_of_each_vacancy(cast):
    Requirement.objects.create(body=cast.body, region="northern", since_on=dt.date(2026, 9, 1))
    Term.objects.filter(person=cast.seated).update(ended_on=dt.date(2026, 11, 12))
    text = words(cast.client("staff").get("/staff/rosters/"))
    assert "Northern counties: 0 of at least 1" in text
    assert "vacant since" in text and "10 days ago" in text
    Seat.objects.filter(body=cast.body).update(created_at=NOW - dt.timedelta(days=5))
    factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    assert "today" in words(cast.client("staff").get("/task-forces/data/roster/"))


def test_the_region_is_staffs_to_say_and_everybodys_to_read(cast, client):
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
