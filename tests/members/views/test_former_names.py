"""Former names: staff add and mend them, and search and the directory find by them."""

import datetime as dt

import pytest
from django.urls import reverse

from members import operations
from members.models import FormerName
from tests.conftest import NOW, TODAY

ADD = "/staff/organizations/dx/former-names/add/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def former(cast) -> FormerName:
    return operations.add_former_name(
        actor=cast.staff, organization=cast.organization, name="Bureau of Samples", until_on=None, today=TODAY
    )


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_staff_add_a_former_name_that_search_finds(cast, client):
    staff = cast.client("staff")
    answer = staff.post(ADD, {"name": " Bureau  of Samples", "until_on": "2019-06-30"}, follow=True)
    assert "Former name added." in words(answer)
    kept = FormerName.objects.get()
    assert (kept.name, kept.until_on, kept.history.get().history_user) == (
        "Bureau of Samples",
        dt.date(2019, 6, 30),
        cast.staff,
    )
    for url, query in (("/organizations/", "bureau samples"), ("/search/", "bureau samples")):
        assert "Department of Examples" in words(client.get(url, {"q": query}))
    for url in ("/staff/", "/staff/organizations/"):
        assert "Department of Examples" in words(staff.get(url, {"q": "bureau of"}))


def test_staff_correct_a_former_name_with_history(cast, former):
    staff = cast.client("staff")
    url = reverse("members:former_name_edit", args=[former.pk])
    assert f'href="{url}"' in words(staff.get("/staff/organizations/dx/"))
    answer = staff.post(url, {"name": "Bureau of Specimens", "until_on": "2018-01-31", "version": 1})
    assert answer["Location"] == "/staff/organizations/dx/"
    text = words(staff.get(reverse("overview:history", args=["former-name", former.pk])))
    assert "Bureau of Samples" in text and "Bureau of Specimens" in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "department of Examples"}, "This is its current name"),
        ({"name": "Bureau of Samples"}, "already listed"),
        ({"name": "Agency", "until_on": "2027-01-01"}, "in the future"),
        ({"name": "Agency", "until_on": "soon"}, "Enter a valid date"),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"name": ""}, "required"),
    ],
)
def test_invalid_former_name_shows_an_error_and_keeps_input(cast, former, values, said):
    text = words(cast.client("staff").post(ADD, values))
    assert said in text and values["name"][:200] in text
    assert FormerName.objects.get() == former


def test_corrected_name_is_not_listed_twice(cast, former):
    other = operations.add_former_name(
        actor=cast.staff, organization=cast.organization, name="Agency", until_on=None, today=TODAY
    )
    url = reverse("members:former_name_edit", args=[other.pk])
    text = words(cast.client("staff").post(url, {"name": "Bureau of Samples", "version": 1}))
    assert "already listed" in text


def test_edit_conflict_shows_both_versions(cast, former):
    url = reverse("members:former_name_edit", args=[former.pk])
    staff = cast.client("staff")
    staff.post(url, {"name": "Bureau of Specimens", "version": 1})
    answer = staff.post(url, {"name": "Bureau of Tokens", "version": 1})
    assert answer.status_code == 409
    assert "Bureau of Specimens" in words(answer) and "Bureau of Tokens" in words(answer)
