import pytest

from meetings.models import AgendaItem, Meeting
from tests import factories

pytestmark = pytest.mark.usefixtures("clock")
FORM = {
    "title": "Data task force meeting",
    "starts_on": "2026-12-03",
    "starts_time": "10:00",
    "duration_minutes": "90",
    "time_zone": "America/Los_Angeles",
    "location": "Room 4",
    "join_link": "https://meet.example.org/secret-room",
    "visibility": "public",
}
ADD = "/task-forces/data/meetings/add/"


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


@pytest.fixture
def draft(cast):
    return factories.MeetingFactory(body=cast.body, status="draft", scheduled_at=None)


def test_chair_schedules_meeting_with_agenda_in_two_pages(cast):
    client = cast.client("chair")
    assert client.get(ADD).status_code == 200
    response = client.post(ADD, {**FORM, "agenda": "Welcome (10)\nNext steps"}, follow=True)
    meeting = Meeting.objects.get()
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == f"/meetings/{meeting.pk}/schedule/"
    assert "Schedule and notify 3 people" in page
    assert all(name in page for name in ("The chair", "The secretary", "The seated", "Welcome", "Chair", "DX"))
    assert meeting.status == "draft"
    response = client.post(f"/meetings/{meeting.pk}/schedule/", {"version": meeting.version})
    assert response["Location"] == f"/meetings/{meeting.pk}/"
    meeting.refresh_from_db()
    assert (meeting.status, meeting.created_by) == ("scheduled", cast.chair)
    assert [item.duration_minutes for item in meeting.agenda_items.all()] == [10, None]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"title": ""}, "This field is required."),
        ({"starts_on": "2026-13-40"}, "Enter a valid date."),
        ({"duration_minutes": "0"}, "greater than or equal to 5"),
        ({"join_link": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"starts_on": "2027-03-14", "starts_time": "02:30"}, "That time does not exist"),
        ({"agenda": "x" * 201}, "is longer than 200 characters"),
        ({"visibility": "everyone"}, "Select a valid choice."),
    ],
)
def test_errors_are_shown_and_input_is_kept(cast, change, error):
    response = cast.client("chair").post(ADD, {**FORM, "agenda": "Welcome", "location": "Room 42", **change})
    page = response.content.decode()
    assert error in page
    assert "Room 42" in page
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("role", ["representative", "seated", "secretary", "other_primary"])
def test_others_get_403(cast, role):
    response = cast.client(role).get(ADD)
    assert response.status_code == 403
    assert cast.client(role).post(ADD, FORM).status_code == 403
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("page", ["edit", "agenda", "schedule", "cancel"])
def test_pages_are_403_for_the_body_and_404_for_outsiders(cast, draft, page):
    assert cast.client("seated").get(f"/meetings/{draft.pk}/{page}/").status_code == 403
    assert cast.client("representative").get(f"/meetings/{draft.pk}/{page}/").status_code == 404
    assert cast.client("visitor").get(f"/meetings/{draft.pk}/{page}/").status_code == 302
    assert cast.client("chair").get(f"/meetings/{draft.pk}/{page}/").status_code == 200
    assert cast.client("staff").get(f"/meetings/{draft.pk}/{page}/").status_code == 200


def test_draft_in_the_past_is_refused_with_an_error(cast, draft, clock):
    clock.move_to(draft.starts_at)
    response = cast.client("chair").post(f"/meetings/{draft.pk}/schedule/", {"version": draft.version})
    assert response.context["form"].non_field_errors()
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_stale_draft_is_not_scheduled(cast, draft):
    response = cast.client("chair").post(f"/meetings/{draft.pk}/schedule/", {"version": draft.version + 1})
    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_scheduling_twice_redirects_to_the_meeting(cast, meeting):
    response = cast.client("chair").post(f"/meetings/{meeting.pk}/schedule/", {"version": meeting.version})
    assert response["Location"] == f"/meetings/{meeting.pk}/"


def test_new_start_raises_both_counters(cast, meeting):
    response = cast.client("chair").post(
        f"/meetings/{meeting.pk}/edit/", {**FORM, "starts_time": "13:00", "version": 1}
    )
    assert response.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.schedule_version) == (1, 1)


def test_stale_edit_shows_both_and_saves_on_second_try(cast, meeting):
    client = cast.client("chair")
    path = f"/meetings/{meeting.pk}/edit/"
    assert client.post(path, {**FORM, "location": "Room 5", "version": 1}).status_code == 302
    response = client.post(path, {**FORM, "location": "Room 6", "version": 1})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Room 5" in page and "Room 6" in page
    assert response.context["form"]["version"].value() == "2"
    assert client.post(path, {**FORM, "location": "Room 6", "version": 2}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.location == "Room 6"


def test_unknown_fields_change_nothing(cast, meeting):
    cast.client("chair").post(
        f"/meetings/{meeting.pk}/edit/",
        {**FORM, "version": 1, "status": "closed", "sequence": 9, "body": cast.full.pk, "minutes_status": "published"},
    )
    meeting.refresh_from_db()
    assert (meeting.status, meeting.body, meeting.minutes_status) == ("scheduled", cast.body, "none")


def test_canceling_needs_reason_and_keeps_it(cast, meeting):
    client, path = cast.client("chair"), f"/meetings/{meeting.pk}/cancel/"
    assert "3 people" in client.get(path).content.decode()
    assert "This field is required." in client.post(path, {"reason": "", "version": 1}).content.decode()
    assert client.post(path, {"reason": "No quorum", "version": 9}).status_code == 409
    assert client.post(path, {"reason": "No quorum", "version": 1}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.status, meeting.cancel_reason, meeting.sequence) == ("canceled", "No quorum", 1)


def rows(*items, initial=0):
    data = {"form-TOTAL_FORMS": len(items), "form-INITIAL_FORMS": initial}
    for number, item in enumerate(items):
        data |= {f"form-{number}-{name}": value for name, value in item.items()}
    return data


def test_agenda_is_changed_on_one_page(cast, meeting):
    one = AgendaItem.objects.create(meeting=meeting, position=1, title="One")
    two = AgendaItem.objects.create(meeting=meeting, position=2, title="Two")
    client, path = cast.client("chair"), f"/meetings/{meeting.pk}/agenda/"
    assert client.get(path).status_code == 200
    data = rows(
        {"id": one.pk, "version": 1, "position": 1, "title": "One", "remove": "on"},
        {"id": two.pk, "version": 1, "position": 2, "title": "Second", "duration_minutes": 15, "detail": "*Why*"},
        {"title": "Third"},
        {"title": ""},
        initial=2,
    )
    assert client.post(path, data)["Location"] == f"/meetings/{meeting.pk}/"
    shown = meeting.agenda_items.filter(removed_at=None)
    assert [(item.position, item.title, item.duration_minutes) for item in shown] == [
        (1, "Second", 15),
        (2, "Third", None),
    ]
    assert meeting.agenda_items.count() == 3


def test_stale_agenda_row_shows_both(cast, meeting):
    one = AgendaItem.objects.create(meeting=meeting, position=1, title="Stored", version=2)
    data = rows({"id": one.pk, "version": 1, "position": 1, "title": "Typed"}, initial=1)
    response = cast.client("chair").post(f"/meetings/{meeting.pk}/agenda/", data)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Stored" in page and "Typed" in page


def test_agenda_row_of_another_meeting_is_refused(cast, meeting):
    foreign = AgendaItem.objects.create(meeting=factories.MeetingFactory(body=cast.full), position=1, title="Theirs")
    data = rows({"id": foreign.pk, "version": 1, "position": 1, "title": "Mine"}, initial=1)
    assert cast.client("chair").post(f"/meetings/{meeting.pk}/agenda/", data).status_code == 200
    foreign.refresh_from_db()
    assert foreign.title == "Theirs"
