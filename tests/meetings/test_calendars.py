import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar, Timezone

from accounts.models import Person
from meetings.calendars import calendar_feed, calendar_file
from meetings.models import Meeting
from meetings.rules import to_utc_range
from taskforces.models import Body

URL = "https://portal.example.org/meetings/7/"
ORGANIZER = "Workgroup portal <portal@example.org>"
SECRET = "https://meet.example.org/secret-room"
UID = uuid.UUID("12345678-1234-5678-1234-567812345678")
ZONES = ["America/Los_Angeles", "America/New_York", "America/Phoenix", "Pacific/Honolulu", "Europe/Berlin"]


def meeting(
    on=dt.date(2026, 12, 3), at=dt.time(10), duration_minutes=90, zone="America/Los_Angeles", **values
) -> Meeting:
    starts_at, ends_at = to_utc_range(on, at, duration_minutes, ZoneInfo(zone))
    return Meeting(
        **{
            "pk": 7,
            "uid": UID,
            "body": Body(name="Data", slug="data"),
            "title": "Data task force meeting",
            "starts_at": starts_at,
            "ends_at": ends_at,
            "time_zone": zone,
            "location": "Room 4; floor 2, Sacramento",
            "join_link": SECRET,
            "status": "scheduled",
            "sequence": 3,
            "updated_at": dt.datetime(2026, 11, 1, 18, tzinfo=dt.UTC),
            **values,
        }
    )


def file(row: Meeting, method="REQUEST", with_join_link=True, attendee=None) -> bytes:
    return calendar_file(
        row, method=method, with_join_link=with_join_link, url=URL, organizer=ORGANIZER, attendee=attendee
    )


def event(content: bytes):
    [found] = Calendar.from_ical(content).walk("VEVENT")
    return found


def test_request_has_every_property_that_a_calendar_needs():
    content = file(meeting(), attendee=Person(email="one@example.org", name="Representative, DX"))
    calendar, found = Calendar.from_ical(content), event(content)
    assert calendar["METHOD"] == "REQUEST"
    assert calendar["VERSION"] == "2.0"
    assert found["UID"] == str(UID)
    assert found["SEQUENCE"] == 3
    assert found["SUMMARY"] == "Data task force meeting"
    assert found["LOCATION"] == "Room 4; floor 2, Sacramento"
    assert found["STATUS"] == "CONFIRMED"
    assert found["URL"] == URL
    assert found.stamp == dt.datetime(2026, 11, 1, 18, tzinfo=dt.UTC)
    assert found.start == dt.datetime(2026, 12, 3, 10, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert found.end == dt.datetime(2026, 12, 3, 11, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert found["DTSTART"].params["TZID"] == "America/Los_Angeles"
    assert found["ORGANIZER"] == "mailto:portal@example.org"
    assert found["ATTENDEE"] == "mailto:one@example.org"
    assert found["ATTENDEE"].params["CN"] == "Representative, DX"
    assert found["DESCRIPTION"].splitlines() == [
        "Data task force",
        f"Join: {SECRET}",
        f"Agenda and RSVP: {URL}",
    ]


def test_cancellation_has_uid_and_reason_but_no_join_link():
    row = meeting(status="canceled", cancel_reason="The room is closed.", sequence=4)
    found = event(file(row, method="CANCEL"))
    assert (found["UID"], found["SEQUENCE"], found["STATUS"]) == (str(UID), 4, "CANCELLED")
    assert "Canceled: The room is closed." in found["DESCRIPTION"]
    assert SECRET not in found["DESCRIPTION"]


def test_public_file_has_no_attendee_and_no_join_link():
    content = file(meeting(), method="PUBLISH", with_join_link=False)
    assert b"secret-room" not in content
    assert "ATTENDEE" not in event(content)


def test_online_meeting_has_its_join_link_as_location():
    content = file(meeting(location=""))
    assert event(content)["LOCATION"] == SECRET
    bare = file(meeting(location="", join_link=""), with_join_link=True)
    assert "LOCATION" not in event(bare)
    assert b"None" not in bare


def test_same_meeting_gives_same_bytes():
    assert file(meeting()) == file(meeting())


def test_lines_end_and_fold_as_the_standard_requires():
    content = file(meeting(title="A very long title " * 8))
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75


@given(
    st.one_of(
        st.dates(dt.date(2024, 1, 1), dt.date(2032, 12, 31)),
        st.sampled_from([dt.date(2026, 3, 8), dt.date(2026, 11, 1), dt.date(2027, 3, 28), dt.date(2026, 10, 25)]),
    ),
    st.times().map(lambda time: time.replace(microsecond=0)),
    st.integers(5, 300),
    st.sampled_from(ZONES),
)
@example(dt.date(2026, 11, 1), dt.time(1, 30), 45, "America/Los_Angeles")
@example(dt.date(2026, 3, 8), dt.time(1, 30), 45, "America/Los_Angeles")
def test_file_gives_same_times_across_daylight_saving(on, at, duration_minutes, zone):
    row = meeting(on, at, duration_minutes, zone)
    content = file(row)
    [rules] = Calendar.from_ical(content).walk("VTIMEZONE")
    found = event(content)
    # Use only the rules in the file, as a program that does not know the zone's name would.
    activate_timezone = Timezone.from_ical(rules.to_ical()).to_tz(lookup_tzid=False)
    for name, moment in (("DTSTART", row.starts_at), ("DTEND", row.ends_at)):
        value = found[name].dt
        read = value if value.tzinfo is dt.UTC or value.utcoffset() == dt.timedelta() else None
        read = read or value.replace(tzinfo=activate_timezone)
        assert read.astimezone(dt.UTC) == moment


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "America/Phoenix"])
def test_clock_changes_are_yearly_rules_that_outlook_reads(zone):
    content = file(meeting(zone=zone)).decode()
    assert "RDATE" not in content
    assert content.count("RRULE:FREQ=YEARLY") == (2 if zone == "America/Los_Angeles" else 0)


def test_feed_has_name_and_each_meeting_without_join_link():
    rows = [meeting(), meeting(uid=uuid.uuid4(), zone="America/New_York", status="canceled", cancel_reason="")]
    content = calendar_feed(rows, name="Example meetings", url_of=lambda row: URL, organizer=ORGANIZER)
    calendar = Calendar.from_ical(content)
    assert calendar["METHOD"] == "PUBLISH"
    assert calendar.calendar_name == "Example meetings"
    assert [found["STATUS"] for found in calendar.walk("VEVENT")] == ["CONFIRMED", "CANCELLED"]
    assert len(calendar.walk("VTIMEZONE")) == 2
    assert b"secret-room" not in content


def test_empty_feed_is_a_valid_calendar():
    content = calendar_feed([], name="Example meetings", url_of=lambda row: URL, organizer=ORGANIZER)
    assert Calendar.from_ical(content).walk("VEVENT") == []
