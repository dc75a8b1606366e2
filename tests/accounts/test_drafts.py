"""What is typed into a long form is kept while it is typed: for its writer, on its page, and as no record."""

import datetime as dt

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import drafts
from tests.conftest import NOW
from tests.factories import PASSWORD
from tests.world import World, build, fingerprints

pytestmark = pytest.mark.django_db
TYPED = "The counties agreed on the first three measures."
DISCARD = "Discard draft"


@pytest.fixture
def world(cast, time_machine) -> World:
    time_machine.move_to(NOW)
    return build(cast)


def page(name: str, world: World) -> str:
    """The address of one of the long forms."""
    if name == "add":
        return reverse("reminders:announcement_add")
    if name == "edit":
        return reverse("reminders:announcement_edit", args=[world.announcement.pk])
    return reverse(f"meetings:{name}", args=[world.meeting.pk])


def form(name: str, world: World, **values: str) -> dict[str, str]:
    """What the form of the page posts, with a sentence typed into its long text."""
    item = str(world.agenda_item.pk)
    if name == "minutes":
        return {f"seen_{item}": "", f"new_{item}": TYPED, "seen_meeting": "", "new_meeting": "", **values}
    if name == "agenda":
        rows = {"form-TOTAL_FORMS": "4", "form-INITIAL_FORMS": "1", "form-MIN_NUM_FORMS": "0"}
        first = {"id": item, "version": "1", "position": "1", "title": "Review the measures", "detail": TYPED}
        second = {"id": "", "version": "", "position": "2", "title": "A new item", "detail": ""}
        for number, row in enumerate((first, second)):
            rows |= {f"form-{number}-{key}": value for key, value in row.items()}
        return rows | values
    return {"subject": "New address", "text": TYPED, "version": "1" if name == "edit" else "", **values}


def keep(client: Client, address: str, typed: dict[str, str]):
    return client.post(address, typed, headers={drafts.HEADER: "1"})


@pytest.mark.parametrize("name", ["minutes", "agenda", "add", "edit"])
def test_draft_is_restored_after_sign_in_without_saving(world, name):
    client, address, before = world.cast.client("staff"), page(name, world), fingerprints()
    assert b"data-draft" in client.get(address).content
    answer = keep(client, address, form(name, world))
    assert answer.json() == {"message": "Draft saved, visible only to you, at 10:00 a.m. PT."}
    assert fingerprints() == before
    client.post("/accounts/logout/")
    again = world.cast.client("staff").get(address).content.decode()
    assert TYPED in again
    assert "We restored what you entered here until 10:00 a.m. PT" in again and DISCARD in again
    assert TYPED in world.cast.client("staff").get(address).content.decode(), "looking once more lost it"


def test_new_agenda_items_are_restored(world):
    client, address = world.cast.client("chair"), page("agenda", world)
    keep(client, address, form("agenda", world))
    text = client.get(address).content.decode()
    assert "A new item" in text


def test_draft_of_one_agenda_item_is_not_shown_in_another(world):
    client, address = world.cast.client("chair"), page("agenda", world)
    keep(client, address, form("agenda", world, **{"form-0-id": "999", "form-0-title": "Of another"}))
    assert "Of another" not in client.get(address).content.decode()


@pytest.mark.parametrize("end", ["save", "discard", "a day"])
def test_draft_is_deleted_when_saved_discarded_or_a_day_old(world, end, time_machine):
    client, address = world.cast.client("staff"), page("edit", world)
    keep(client, address, form("edit", world))
    if end == "save":
        assert client.post(address, form("edit", world, text="Other words.", bodies="data")).status_code == 302
    elif end == "discard":
        response = client.post(address, form("edit", world, discard="1"))
        assert (response.status_code, response["Location"]) == (302, address)
    else:
        time_machine.move_to(NOW + drafts.MAX_AGE + dt.timedelta(minutes=1))
        client = world.cast.client("staff")
    text = client.get(address).content.decode()
    assert TYPED not in text and DISCARD not in text


def test_invalid_form_keeps_the_draft(world):
    client, address = world.cast.client("staff"), page("edit", world)
    keep(client, address, form("edit", world))
    assert client.post(address, form("edit", world, subject="")).status_code == 200
    assert TYPED in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["minutes", "edit"])
def test_draft_is_only_for_its_author_and_page(world, name):
    keep(world.cast.client("staff"), page(name, world), form(name, world))
    assert TYPED not in world.cast.client("administrator").get(page(name, world)).content.decode()
    assert TYPED not in world.cast.client("staff").get(page("add", world)).content.decode()


def test_staff_viewing_as_a_member_do_not_see_the_draft(world):
    address = page("minutes", world)
    keep(world.cast.client("secretary"), address, form("minutes", world))
    client = world.cast.client("staff")
    client.post(reverse("accounts:view_as", args=[world.cast.secretary.pk]))
    assert TYPED not in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("name", "who", "status"),
    [("minutes", "seated", 403), ("agenda", "secretary", 403), ("add", "chair", 404), ("edit", "chair", 404)],
)
def test_draft_needs_the_right_to_use_the_form(world, name, who, status):
    assert keep(world.cast.client(who), page(name, world), form(name, world)).status_code == status


def test_draft_for_an_unknown_meeting_is_not_found(world):
    address = reverse("meetings:minutes", args=[999_999])
    assert keep(world.cast.client("staff"), address, form("minutes", world)).status_code == 404


def test_too_long_draft_is_rejected_with_413(world):
    client, address = world.cast.client("staff"), page("edit", world)
    assert keep(client, address, form("edit", world, text="x" * drafts.MAX_LENGTH)).status_code == 413
    assert DISCARD not in client.get(address).content.decode()


def test_draft_and_a_newer_saved_version_are_both_shown(world):
    client, address = world.cast.client("secretary"), page("minutes", world)
    keep(client, address, form("minutes", world))
    type(world.agenda_item).objects.filter(pk=world.agenda_item.pk).update(notes="Someone else's words.")
    type(world.meeting).objects.filter(pk=world.meeting.pk).update(
        status="closed", starts_at=NOW - dt.timedelta(hours=2), ends_at=NOW - dt.timedelta(minutes=30)
    )
    back = client.get(address)
    item = str(world.agenda_item.pk)
    fields = {key: back.context["form"][key].value() or "" for key in form("minutes", world)}
    assert fields[f"new_{item}"] == TYPED and fields[f"seen_{item}"] == ""
    response = client.post(address, fields)
    assert response.status_code == 409
    assert "Someone else&#x27;s words." in response.content.decode() and TYPED in response.content.decode()


def post_without_session(world: World, address: str, typed: dict[str, str], **headers: str) -> Client:
    """A browser whose session ended before it posted, signed in again."""
    client = world.cast.client("staff")
    client.get(address)
    del client.cookies[settings.SESSION_COOKIE_NAME]
    client.cookies[settings.CSRF_COOKIE_NAME] = "kept"
    assert client.post(headers.pop("to", address), typed, headers=headers).status_code == 302
    client.post("/accounts/login/", {"login": world.cast.staff.email, "password": PASSWORD})
    return client


def test_form_of_an_ended_session_becomes_the_pages_draft(world):
    address = page("edit", world)
    keep(world.cast.client("staff"), address, form("edit", world, text="Older words."))
    client = post_without_session(world, address, form("edit", world))
    for _ in range(2):
        text = client.get(address).content.decode()
        assert TYPED in text and DISCARD in text and "Older words." not in text


def test_form_of_another_page_leaves_the_draft_unchanged(world):
    address = page("edit", world)
    keep(world.cast.client("staff"), address, form("edit", world))
    button = reverse("reminders:announcement_test", args=[world.announcement.pk])
    client = post_without_session(world, address, {"x": "1"}, to=button, referer=f"http://testserver{address}")
    client.get(address)
    assert TYPED in client.get(address).content.decode()
