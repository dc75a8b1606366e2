"""The staff page about the participation of organizations."""

import datetime as dt
import io

import pytest

from accounts.models import SecurityEvent
from core.sheets import read
from meetings.models import Attendance
from tests import factories
from tests.conftest import NOW

PAGE = "/staff/engagement/"
EXPORT = "/staff/engagement/export/"


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def two_meetings(cast):
    cast.body.attendance_expected_percent = 75
    cast.body.save(update_fields=["attendance_expected_percent"])
    for day, presence in ((3, "remote"), (10, "absent")):
        meeting = factories.MeetingFactory(
            body=cast.body, starts_at=dt.datetime(2026, 11, day, 18, tzinfo=dt.UTC), status="closed"
        )
        Attendance.objects.create(
            meeting=meeting, person=cast.seated, organization=cast.organization, presence=presence
        )


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_staff_see_counts_and_organizations_below_a_charter(cast, two_meetings):
    text = text_of(cast.client("staff").get(PAGE))
    assert "1 of 2" in text and "Data task force: 1 of 2 meetings – 75 percent expected" in text
    assert f'href="{PAGE}"' in text_of(cast.client("staff").get("/staff/"))
    panel = text_of(cast.client("staff").get("/staff/organizations/dx/"))
    assert "Participation since" in panel and "1 of 2 meetings – 75 percent expected" in panel


def test_an_invalid_period_gets_an_error(cast, two_meetings):
    client = cast.client("staff")
    assert "1 of 1" in text_of(client.get(PAGE, {"first": "2026-11-01", "last": "2026-11-05"}))
    for query, error in (
        ({"first": "x"}, "Enter a valid date"),
        ({"first": "2026-11-05", "last": "2026-11-01"}, "Enter Nov 5, 2026 or later"),
        ({"last": "0001-01-01"}, "Enter a date in 1900 or later"),
    ):
        answer = client.get(PAGE, query)
        assert answer.status_code == 200 and error in text_of(answer) and "1 of 2" in text_of(answer)


def test_the_export_is_recorded_as_a_security_event(cast, two_meetings):
    answer = cast.client("staff").post(EXPORT, {"format": "xlsx", "first": "2026-11-01", "last": "2026-11-22"})
    rows = {line.cells["Acronym"]: line.cells for line in read(io.BytesIO(answer.content))[0].lines}
    assert (rows["DX"]["Meetings held"], rows["DX"]["Meetings attended"]) == ("2", "1")
    assert rows["DX"]["Below charter expectation"] == "Data task force"
    event = SecurityEvent.objects.get(kind="exported")
    assert event.actor == cast.staff and event.detail.startswith("Participation 2026-11-01 to 2026-11-22")
    assert cast.client("staff").post(EXPORT, {"first": "x"})["Location"] == PAGE


def test_members_cannot_see_participation(cast, two_meetings):
    for role in ("primary", "chair", "representative"):
        assert cast.client(role).get(PAGE).status_code == 404
        assert "75 percent expected" not in text_of(cast.client(role).get("/organizations/dx/"))


def test_the_expectation_is_shown_with_the_charter(cast, two_meetings):
    assert "75%" not in text_of(cast.client("visitor").get("/task-forces/data/"))
    cast.body.charter = "Purpose"
    cast.body.save(update_fields=["charter"])
    assert "75%" in text_of(cast.client("visitor").get("/task-forces/data/"))
    page = cast.client("staff").get("/task-forces/data/edit/")
    values = {name: value or "" for name, value in page.context["form"].initial.items()}
    for percent in ("0", "101", "most"):
        answer = cast.client("staff").post(
            "/task-forces/data/edit/", {**values, "attendance_expected_percent": percent, "version": 1}
        )
        assert answer.status_code == 200 and "attendance_expected_percent" in answer.context["form"].errors
