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


def test_staff_add_one_and_everybody_finds_the_organization_by_it(cast, client):
    staff = cast.client("staff")
    answer = staff.post(ADD, {"name": " Bureau  of Samples", "until_on": "2019-06-30"}, follow=True)
    assert "DX is now found as Bureau of Samples too." in words(answer)
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


def test_staff_mend_one_and_its_history_tells(cast, former):
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
        ({"name": "department of Examples"}, "This is its present name"),
        ({"name": "Bureau of Samples"}, "kept already"),
        ({"name": "Agency", "until_on": "2027-01-01"}, "lies ahead"),
        ({"name": "Agency", "until_on": "soon"}, "Enter a valid date"),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"name": ""}, "required"),
    ],
)
def test_what_cannot_be_a_former_name_says_why_and_keeps_what_was_typed(cast, former, values, said):
    text = words(cast.client("staff").post(ADD, values))
    assert said in text and values["name"][:200] in text
    assert FormerName.objects.get() == former


def test_a_mended_name_is_not_kept_twice(cast, former):
    other = operations.add_former_name(
        actor=cast.staff, organization=cast.organization, name="Agency", until_on=None, today=TODAY
    )
    url = reverse("members:former_name_edit", args=[other.pk])
    text = words(cast.client("staff").post(url, {"name": "Bureau of Samples", "version": 1}))
    assert "kept already" in text


def test_an_edit_of_two_at_once_shows_both_sides(cast, former):
    url = reverse("members:former_name_edit", args=[former.pk])
    staff = cast.client("staff")
    staff.post(url, {"name": "Bureau of Specimens", "version": 1})
    answer = staff.post(url, {"name": "Bureau of Tokens", "version": 1})
    assert answer.status_code == 409
    assert "Bureau of Specimens" in words(answer) and "Bureau of Tokens" in words(answer)
