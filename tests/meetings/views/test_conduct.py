import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from meetings.models import RSVP, AgendaItem, Attendance
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


@pytest.fixture
def held(cast):
    row = factories.MeetingFactory(body=cast.body, status="closed", starts_at=NOW - dt.timedelta(days=1))
    AgendaItem.objects.create(meeting=row, position=1, title="Review the measures")
    return row


@pytest.mark.usefixtures("clock")
class TestRSVP:
    def test_answer_is_saved_shown_and_can_change(self, cast, meeting):
        client, path = cast.client("seated"), f"/meetings/{meeting.pk}/answer/"
        page = client.post(path, {"answer": "yes"}, follow=True).content.decode()
        assert 'aria-pressed="true"' in page
        client.post(path, {"answer": "alternate"})
        assert [rsvp.answer for rsvp in RSVP.objects.all()] == ["alternate"]

    def test_redirect_goes_to_next_on_this_site_only(self, cast, meeting):
        client, path = cast.client("seated"), f"/meetings/{meeting.pk}/answer/"
        assert client.post(path, {"answer": "yes", "next": "/home/"})["Location"] == "/home/"
        for foreign in ("https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "https:///evil"):
            assert client.post(path, {"answer": "no", "next": foreign})["Location"] == f"/meetings/{meeting.pk}/"

    def test_only_invited_people_answer(self, cast, meeting):
        path = f"/meetings/{meeting.pk}/answer/"
        assert cast.client("representative").post(path, {"answer": "yes"}).status_code == 403
        assert cast.client("staff").post(path, {"answer": "yes"}).status_code == 403
        assert cast.client("visitor").post(path, {"answer": "yes"}).status_code == 302
        assert cast.client("seated").get(path).status_code == 405
        assert cast.client("seated").post("/meetings/999999/answer/", {"answer": "yes"}).status_code == 404
        assert not RSVP.objects.exists()

    def test_invalid_answer_is_refused(self, cast, meeting):
        page = cast.client("seated").post(f"/meetings/{meeting.pk}/answer/", {"answer": "?"}, follow=True)
        assert page.status_code == 200 and not RSVP.objects.exists()


@pytest.mark.usefixtures("clock")
class TestConduct:
    def test_chair_starts_and_closes_meeting(self, cast, clock, meeting):
        client = cast.client("chair")
        client.post(f"/meetings/{meeting.pk}/start/")
        meeting.refresh_from_db()
        assert meeting.status == "scheduled"
        clock.move_to(meeting.starts_at)
        client = cast.client("chair")
        client.post(f"/meetings/{meeting.pk}/start/")
        meeting.refresh_from_db()
        assert meeting.status == "in_session"
        client.post(f"/meetings/{meeting.pk}/close/")
        meeting.refresh_from_db()
        assert meeting.status == "closed"

    @pytest.mark.parametrize("press", ["start", "close", "minutes/publish"])
    def test_others_get_403(self, cast, held, press):
        for role in ("seated", "secretary"):
            assert cast.client(role).post(f"/meetings/{held.pk}/{press}/").status_code == 403
        assert cast.client("chair").get(f"/meetings/{held.pk}/{press}/").status_code == 405

    def test_secretary_records_attendance(self, cast, held):
        client, path = cast.client("secretary"), f"/meetings/{held.pk}/attendance/"
        page = client.get(path).content.decode()
        assert "The alternate" in page and "Not recorded" in page
        seated, alternate = cast.seated.pk, cast.alternate.pk
        data = {f"new_{seated}": "absent", f"seen_{seated}": "", f"new_{alternate}": "in_person"}
        assert client.post(path, data).status_code == 302
        noted = {row.person: (row.presence, row.organization) for row in Attendance.objects.all()}
        assert noted == {
            cast.seated: ("absent", cast.organization),
            cast.alternate: ("in_person", cast.organization),
        }
        response = client.post(path, {f"new_{seated}": "remote", f"seen_{seated}": ""})
        assert response.status_code == 409
        assert "Absent" in response.content.decode()
        again = {f"new_{seated}": "remote", f"seen_{seated}": response.context["form"][f"seen_{seated}"].value()}
        assert client.post(path, again).status_code == 302
        assert Attendance.objects.get(person=cast.seated).presence == "remote"

    def test_minutes_are_written_shown_and_published_with_conflict(self, cast, held):
        item = held.agenda_items.get()
        client, path = cast.client("secretary"), f"/meetings/{held.pk}/minutes/"
        assert "Review the measures" in client.get(path).content.decode()
        assert client.post(path, {f"new_{item.pk}": "Agreed.\r\nTwice.", "new_meeting": "All came."}).status_code == 302
        item.refresh_from_db()
        assert item.notes == "Agreed.\nTwice."
        stale = client.post(path, {f"new_{item.pk}": "Other.", f"seen_{item.pk}": ""})
        assert stale.status_code == 409
        assert "Agreed." in stale.content.decode() and "Other." in stale.content.decode()
        assert stale.context["form"]["new_meeting"].value() == "All came."
        assert cast.client("chair").post(f"/meetings/{held.pk}/minutes/publish/").status_code == 302
        page = cast.client("visitor").get(f"/meetings/{held.pk}/").content.decode()
        assert "Twice." in page and "All came." in page

    @pytest.mark.parametrize("page", ["attendance", "minutes"])
    def test_recording_is_for_chair_secretary_and_staff_only(self, cast, held, page):
        path = f"/meetings/{held.pk}/{page}/"
        statuses = {role: cast.client(role).get(path).status_code for role in ("seated", "secretary", "chair", "staff")}
        assert statuses == {"seated": 403, "secretary": 200, "chair": 200, "staff": 200}
        assert cast.client("visitor").get(path).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_simultaneous_answers_leave_one_row(cast):
    meeting = factories.MeetingFactory(body=cast.body, starts_at=timezone.now() + dt.timedelta(days=3))
    clients = [cast.client("seated") for _ in range(6)]

    def press(number):
        try:
            return (
                clients[number]
                .post(f"/meetings/{meeting.pk}/answer/", {"answer": "yes" if number % 2 else "no"})
                .status_code
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(press, range(6))) == [302] * 6
    rsvp = RSVP.objects.get()
    assert rsvp.answer == rsvp.history.latest().answer
