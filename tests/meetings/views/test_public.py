import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from meetings.models import AgendaItem
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("clock")
SECRET = "secret-room"


def events(response):
    return Calendar.from_ical(response.content).walk("VEVENT")


@pytest.fixture
def hidden(cast):
    """Return meetings that a visitor can't see."""
    return [
        factories.MeetingFactory(body=cast.body, title="A secret draft", status="draft", scheduled_at=None),
        factories.MeetingFactory(body=cast.body, title="A canceled draft", status="canceled", scheduled_at=None),
        factories.MeetingFactory(body=cast.body, title="For the body alone", visibility="body"),
        factories.MeetingFactory(body=cast.body, title="For members alone", visibility="members"),
    ]


@pytest.fixture
def shown(cast):
    return factories.MeetingFactory(body=cast.body, title="A public meeting", location="Room 4")


def test_visitor_sees_nothing_that_is_not_public(cast, hidden, shown):
    client = cast.client("visitor")
    pages = [client.get(path).content.decode() for path in ("/meetings/", "/meetings.ics", f"/meetings/{shown.pk}/")]
    assert all("A public meeting" in page for page in pages)
    for page in pages:
        assert SECRET not in page
        assert not any(meeting.title in page for meeting in hidden)
    for meeting in hidden:
        assert client.get(f"/meetings/{meeting.pk}/").status_code == 404
        assert client.get(f"/meetings/{meeting.pk}.ics").status_code == 404


@pytest.mark.parametrize("role", ["visitor", "representative", "executive", "primary"])
def test_join_link_is_hidden_from_people_outside_the_body(cast, shown, role):
    client = cast.client(role)
    for path in ("/meetings/", "/meetings.ics", f"/meetings/{shown.pk}/", f"/meetings/{shown.pk}.ics"):
        assert SECRET not in client.get(path).content.decode()


@pytest.mark.parametrize("role", ["seated", "chair", "staff"])
def test_join_link_is_on_page_and_in_file_but_not_in_feed(cast, shown, role):
    client = cast.client(role)
    assert SECRET in client.get(f"/meetings/{shown.pk}/").content.decode()
    assert SECRET in client.get(f"/meetings/{shown.pk}.ics").content.decode()
    assert SECRET not in client.get("/meetings.ics").content.decode()


def test_canceled_meeting_is_marked_on_page_list_and_feed(cast):
    meeting = factories.MeetingFactory(body=cast.body, status="canceled", cancel_reason="The room is closed.")
    client = cast.client("visitor")
    assert "The room is closed." in client.get(f"/meetings/{meeting.pk}/").content.decode()
    assert "Canceled" in client.get("/meetings/").content.decode()
    [event] = events(client.get("/meetings.ics"))
    assert event["STATUS"] == "CANCELLED"


def test_feed_goes_back_one_year(cast, shown):
    factories.MeetingFactory(body=cast.body, starts_at=NOW - dt.timedelta(days=400))
    factories.MeetingFactory(body=cast.body, starts_at=NOW - dt.timedelta(days=300))
    response = cast.client("visitor").get("/meetings.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert len(events(response)) == 2


def test_calendar_file_has_link_and_start(cast, shown):
    [event] = events(cast.client("seated").get(f"/meetings/{shown.pk}.ics"))
    assert event["URL"] == f"http://portal.test/meetings/{shown.pk}/"
    assert event.start.isoformat() == "2026-12-03T10:00:00-08:00"


def test_draft_has_no_calendar_file_even_for_chair(cast, hidden):
    assert cast.client("chair").get(f"/meetings/{hidden[0].pk}.ics").status_code == 404


def test_page_shows_time_zone_location_and_agenda(cast, shown):
    AgendaItem.objects.create(meeting=shown, position=1, title="Review the measures", duration_minutes=20)
    page = cast.client("visitor").get(f"/meetings/{shown.pk}/").content.decode()
    assert "Thu, Dec 3, 10:00–11:30 a.m. PT" in page
    assert "Room 4" in page
    assert "Review the measures" in page
    assert 'id="answer"' not in page
    assert "The seated" not in page and "Action items" not in page


@pytest.mark.parametrize(
    ("role", "asked", "people"),
    [("seated", True, True), ("chair", True, True), ("representative", False, True), ("staff", False, True)],
)
def test_page_asks_the_invited_and_shows_members_who_attends(cast, shown, role, asked, people):
    page = cast.client(role).get(f"/meetings/{shown.pk}/").content.decode()
    assert ('id="answer"' in page) == asked
    assert ("The secretary" in page) == people


def test_draft_minutes_are_shown_to_the_body_only(cast):
    meeting = factories.MeetingFactory(
        body=cast.body, status="closed", minutes_status="draft", minutes="We met.", starts_at=NOW - dt.timedelta(days=3)
    )
    AgendaItem.objects.create(meeting=meeting, position=1, title="One", notes="We agreed.")
    for role, seen in (("visitor", False), ("representative", False), ("seated", True)):
        page = cast.client(role).get(f"/meetings/{meeting.pk}/").content.decode()
        assert ("We met." in page, "We agreed." in page) == (seen, seen)
    meeting.minutes_status = "published"
    meeting.save(update_fields=["minutes_status"])
    page = cast.client("visitor").get(f"/meetings/{meeting.pk}/").content.decode()
    assert "We met." in page and "We agreed." in page


def test_removed_agenda_items_are_hidden(cast, shown):
    AgendaItem.objects.create(meeting=shown, position=1, title="Gone by now", removed_at=NOW)
    assert "Gone by now" not in cast.client("chair").get(f"/meetings/{shown.pk}/").content.decode()


@pytest.mark.parametrize(
    ("status", "minutes_status", "days", "role", "act"),
    [
        ("draft", "none", 3, "chair", "Schedule and notify"),
        ("draft", "none", 3, "seated", None),
        ("scheduled", "none", 3, "chair", None),
        ("scheduled", "none", 0, "chair", "Start the meeting"),
        ("scheduled", "none", 0, "secretary", "Take attendance"),
        ("scheduled", "none", -1, "chair", "Close the meeting"),
        ("in_session", "none", 0, "secretary", "Take attendance"),
        ("closed", "none", -1, "secretary", "Write minutes"),
        ("closed", "draft", -1, "chair", "Publish the minutes"),
        ("closed", "draft", -1, "secretary", "Write minutes"),
        ("closed", "published", -1, "chair", None),
        ("canceled", "none", -1, "chair", None),
    ],
)
def test_next_step_depends_on_role_and_status(cast, status, minutes_status, days, role, act):
    meeting = factories.MeetingFactory(
        body=cast.body, status=status, minutes_status=minutes_status, starts_at=NOW + dt.timedelta(days=days)
    )
    step = cast.client(role).get(f"/meetings/{meeting.pk}/").context["next_step"]
    assert (step.label if step else None) == act


@pytest.mark.parametrize("role", ["visitor", "seated", "staff"])
def test_list_and_page_take_same_queries_for_one_and_three(cast, role):
    client = cast.client(role)

    def grow(count):
        for _ in range(count):
            ahead = factories.MeetingFactory(body=cast.body)
            factories.MeetingFactory(body=cast.body, starts_at=NOW - dt.timedelta(days=9), status="closed")
            AgendaItem.objects.create(meeting=ahead, position=1, title="One")
        return ahead

    first = grow(1)
    AgendaItem.objects.create(meeting=first, position=2, title="Two")
    factories.ActionItemFactory(body=cast.body, origin_meeting=first, owner_person=cast.seated)
    counts = []
    for more in (0, 2):
        if more:
            grow(2)
            for _ in range(2):
                AgendaItem.objects.create(meeting=first, position=3, title="More")
                factories.ActionItemFactory(body=cast.body, origin_meeting=first, owner_person=cast.chair)
        counts.append([count_queries(client, path) for path in ("/meetings/", f"/meetings/{first.pk}/")])
    assert counts[0] == counts[1]


def count_queries(client, path):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_list_is_filtered_by_body_and_404_for_unknown_body(cast, shown):
    factories.MeetingFactory(body=cast.full, title="A meeting of all")
    client = cast.client("visitor")
    page = client.get("/meetings/?body=workgroup").content.decode()
    assert "A meeting of all" in page and "A public meeting" not in page
    assert client.get("/meetings/?body=nowhere").status_code == 404


def test_list_offers_scheduling_to_chair_only(cast):
    assert "/task-forces/data/meetings/add/" in cast.client("chair").get("/meetings/").content.decode()
    assert "/meetings/add/" not in cast.client("seated").get("/meetings/").content.decode()
