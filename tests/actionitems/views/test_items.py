import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from actionitems.models import ActionItem
from tests import factories

pytestmark = pytest.mark.usefixtures("clock")
MEMBERS = ("representative", "alternate", "primary", "seated", "chair", "other_primary", "staff")


@pytest.fixture
def item(cast):
    return factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative, text="Send the list"
    )


def form(cast, **values):
    return {"text": "Write the letter", "owner_person": cast.seated.pk, "due_on": "2026-12-10", **values}


def test_members_see_items_and_visitors_do_not(cast, item):
    for role in MEMBERS:
        assert "Send the list" in cast.client(role).get("/action-items/").content.decode()
        assert cast.client(role).get(f"/action-items/{item.pk}/").status_code == 200
    visitor = cast.client("visitor")
    for path in ("/action-items/", f"/action-items/{item.pk}/", "/action-items/add/"):
        assert visitor.get(path).status_code == 302
    executive = cast.client("executive")
    assert executive.get("/action-items/").status_code == 403
    assert executive.get(f"/action-items/{item.pk}/").status_code == 404


def test_public_pages_show_visitor_no_item(cast, item):
    meeting = factories.MeetingFactory(body=cast.body)
    item.origin_meeting = meeting
    item.save(update_fields=["origin_meeting"])
    for path in (f"/meetings/{meeting.pk}/", "/task-forces/data/action-items/"):
        assert "Send the list" not in cast.client("visitor").get(path).content.decode()
        assert "Send the list" in cast.client("seated").get(path).content.decode()


def test_button_marks_item_done_and_redirects_to_next(cast, item):
    client, path = cast.client("representative"), f"/action-items/{item.pk}/done/"
    assert f'action="{path}"' in client.get("/action-items/").content.decode()
    assert client.post(path, {"next": "/home/"})["Location"] == "/home/"
    item.refresh_from_db()
    assert item.status == "done"
    page = client.post(path, {"next": "https://evil.example.org"}, follow=True)
    assert page.redirect_chain == [(f"/action-items/{item.pk}/", 302)]
    item.refresh_from_db()
    assert (item.status, item.version) == ("done", 2)


@pytest.mark.parametrize(("role", "status"), [("seated", 403), ("other_primary", 403), ("executive", 404)])
def test_others_cannot_change_status(cast, item, role, status):
    client = cast.client(role)
    assert client.post(f"/action-items/{item.pk}/done/").status_code == status
    assert client.get(f"/action-items/{item.pk}/move/").status_code == status
    item.refresh_from_db()
    assert item.status == "open"


def test_owner_blocks_with_note_and_is_not_offered_to_cancel(cast, item):
    client, path = cast.client("representative"), f"/action-items/{item.pk}/move/"
    assert "Canceled" not in client.get(path).content.decode()
    assert client.post(path, {"status": "blocked", "version": 1}).context["form"].errors["note"]
    assert client.post(path, {"status": "canceled", "note": "No time", "version": 1}).status_code == 200
    assert client.post(path, {"status": "blocked", "note": "Counsel", "version": 1}).status_code == 302
    assert client.post(path, {"status": "open", "version": 1}).status_code == 409
    item.refresh_from_db()
    assert (item.status, item.status_note) == ("blocked", "Counsel")
    page = client.get(f"/action-items/{item.pk}/").content.decode()
    assert "Changed the status from Open to Blocked: Counsel" in page


def test_chair_cancels_with_note(cast, item):
    cast.client("chair").post(f"/action-items/{item.pk}/move/", {"status": "canceled", "note": "Not needed"})
    item.refresh_from_db()
    assert item.status == "canceled"


def test_item_is_added_from_a_meeting(cast):
    meeting = factories.MeetingFactory(body=cast.body)
    client, path = cast.client("seated"), f"/action-items/add/?meeting={meeting.pk}"
    assert path in client.get(f"/meetings/{meeting.pk}/").content.decode()
    page = client.get(path)
    assert page.context["form"]["body"].value() == cast.body.pk
    response = client.post(path, form(cast, body=cast.body.pk, origin_meeting=meeting.pk))
    assert response["Location"] == f"/meetings/{meeting.pk}/"
    item = ActionItem.objects.get()
    assert (item.origin_meeting, item.body, item.owner_organization) == (meeting, cast.body, cast.organization)
    assert item.created_by == cast.seated


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"text": ""}, "This field is required."),
        ({"owner_person": ""}, "Select an owner"),
        ({"due_on": "2026-11-01"}, "The due date has passed."),
        ({"due_on": "soon"}, "Enter a valid date."),
        ({"text": "x" * 301}, "at most 300 characters"),
    ],
)
def test_errors_are_shown_and_input_is_kept(cast, change, error):
    data = form(cast, body=cast.body.pk, detail="Keep this", **change)
    page = cast.client("seated").post("/action-items/add/?body=data", data).content.decode()
    assert error in page and "Keep this" in page
    assert not ActionItem.objects.exists()


def test_items_are_added_to_own_bodies_only(cast):
    assert cast.client("representative").get("/action-items/add/").status_code == 403
    assert cast.client("seated").get("/action-items/add/?body=workgroup").status_code == 403
    assert cast.client("seated").get("/action-items/add/?meeting=99999").status_code == 404
    response = cast.client("seated").post("/action-items/add/?body=data", form(cast, body=cast.full.pk))
    assert "Select a valid choice" in response.content.decode()
    assert not ActionItem.objects.exists()


def test_hidden_meeting_cannot_be_origin(cast):
    body = factories.BodyFactory(slug="elsewhere")
    hidden = factories.MeetingFactory(body=body, visibility="body")
    response = cast.client("seated").post(
        "/action-items/add/?body=data", form(cast, body=cast.body.pk, origin_meeting=hidden.pk)
    )
    assert response.status_code == 200
    assert not ActionItem.objects.exists()


def test_chair_edits_item_and_stale_form_shows_both(cast, item):
    path = f"/action-items/{item.pk}/edit/"
    for role in ("representative", "primary", "seated"):
        assert cast.client(role).get(path).status_code == 403
    client = cast.client("chair")
    data = form(cast, owner_person=cast.representative.pk, owner_organization=cast.organization.pk)
    assert client.post(path, {**data, "version": 1}).status_code == 302
    response = client.post(path, {**data, "text": "Write two letters", "version": 1})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Write the letter" in page and "Write two letters" in page
    item.refresh_from_db()
    assert item.text == "Write the letter"


def test_owner_who_left_stays_a_choice(cast):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.deactivated
    )
    client, path = cast.client("chair"), f"/action-items/{item.pk}/edit/"
    assert "The deactivated" in client.get(path).content.decode()
    data = form(cast, owner_person=cast.deactivated.pk, owner_organization=cast.organization.pk, version=1)
    assert client.post(path, data).status_code == 302


def test_list_and_page_take_same_queries_for_one_and_three(cast, item):
    client = cast.client("chair")

    def count(path):
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = ("/action-items/", f"/action-items/{item.pk}/", "/task-forces/data/", "/action-items/add/?body=data")
    paths += ("/task-forces/data/action-items/",)
    before = [count(path) for path in paths]
    for _ in range(2):
        person = factories.RepresentationFactory(organization=cast.organization).person
        factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=person)
        client.post(f"/action-items/{item.pk}/move/", {"status": "in_progress"})
        client.post(f"/action-items/{item.pk}/move/", {"status": "open"})
    client.get("/action-items/")
    assert [count(path) for path in paths] == before


@pytest.mark.parametrize("query", ["status=gone", "body=nowhere", "whose=x", "page=999"])
def test_invalid_filter_is_ignored(cast, item, query):
    assert "Send the list" in cast.client("seated").get(f"/action-items/?{query}").content.decode()
