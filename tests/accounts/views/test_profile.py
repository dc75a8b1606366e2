"""One's own record."""

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db
PROFILE = reverse("accounts:profile")


def save(cast, **values):
    cast.primary.refresh_from_db()
    typed = {"version": cast.primary.version, "name": "The primary", "assistant_name": "", "assistant_email": ""}
    return cast.client("primary").post(PROFILE, {**typed, **values})


def test_page_explains_how_the_assistants_data_are_used(cast):
    page = cast.client("primary").get(PROFILE).content.decode()
    assert "Assistant&#x27;s email" in page
    assert "no link in it signs in" in page
    assert "Tell your assistant before you name them" in page


def test_assistant_is_added_and_removed(cast):
    assert save(cast, assistant_name="Front office", assistant_email="Front@example.org").status_code == 302
    cast.primary.refresh_from_db()
    assert cast.primary.assistant_email == "front@example.org"
    assert save(cast).status_code == 302
    cast.primary.refresh_from_db()
    assert (cast.primary.assistant_name, cast.primary.assistant_email) == ("", "")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"assistant_email": "primary@example.org"}, "Enter the assistant&#x27;s"),
        ({"assistant_name": "Front office"}, "Enter the assistant&#x27;s email, or remove the name"),
        ({"assistant_email": "not an address"}, "Enter a valid email address"),
    ],
)
def test_invalid_assistant_shows_an_error_and_keeps_the_input(cast, values, says):
    page = save(cast, position="Chief of staff", **values)
    assert page.status_code == 200
    assert says in page.content.decode()
    assert "Chief of staff" in page.content.decode()
    cast.primary.refresh_from_db()
    assert cast.primary.assistant_email == ""


def test_staff_see_and_edit_the_assistant(cast):
    edit = reverse("members:person_edit", args=[cast.primary.pk])
    typed = {"version": 1, "name": "The primary", "email": "primary@example.org"}
    client = cast.client("staff")
    client.post(edit, {**typed, "assistant_name": "Front office", "assistant_email": "front@example.org"})
    page = client.get(reverse("members:person", args=[cast.primary.pk])).content.decode()
    assert "Front office" in page and "front@example.org" in page and "gets copies of notices" in page
    assert client.post(edit, {**typed, "version": 2, "assistant_email": "primary@example.org"}).status_code == 200
