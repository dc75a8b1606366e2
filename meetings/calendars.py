"""Meetings as calendar files (RFC 5545, 5546 and 7986). Without database queries or a clock."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from email.utils import parseaddr
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress
from icalendar.enums import STATUS

from accounts.models import Person
from meetings.models import Meeting
from meetings.rules import MeetingStatus

Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
PRODID = "-//Workgroup portal//Meetings//EN"
# How often a calendar program should refresh the feed.
REFRESH_INTERVAL = dt.timedelta(hours=4)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def calendar_file(
    meeting: Meeting,
    *,
    method: Method,
    with_join_link: bool,
    url: str,
    organizer: str,
    attendee: Person | None = None,
) -> bytes:
    """Return a meeting as a calendar file.

    `url` is the full URL of the meeting's page, `organizer` an email address with or without a name. REQUEST and
    CANCEL name one `attendee`; PUBLISH names none. The same meeting gives the same bytes, so that an email that is
    sent again is identical.
    """
    calendar = _calendar(method)
    calendar.add_component(_timezone(meeting.time_zone, meeting.starts_at.year))
    calendar.add_component(_event(meeting, method, with_join_link, url, organizer, attendee))
    content: bytes = calendar.to_ical()
    return content


def calendar_feed(meetings: Iterable[Meeting], *, name: str, url_of: Callable[[Meeting], str], organizer: str) -> bytes:
    """Return many meetings as a calendar to subscribe to, without join links; canceled ones are marked."""
    rows = list(meetings)
    calendar = _calendar("PUBLISH")
    calendar.calendar_name = name
    calendar.refresh_interval = REFRESH_INTERVAL
    for zone in sorted({meeting.time_zone for meeting in rows}):
        first = min(meeting.starts_at.year for meeting in rows if meeting.time_zone == zone)
        calendar.add_component(_timezone(zone, first))
    for meeting in rows:
        calendar.add_component(_event(meeting, "PUBLISH", False, url_of(meeting), organizer, None))
    content: bytes = calendar.to_ical()
    return content


def _calendar(method: Method) -> Calendar:
    """Return an empty calendar."""
    calendar = Calendar.new(prodid=PRODID, method=method, calscale="GREGORIAN")
    # The library adds a random UID; without it the same meeting gives the same bytes.
    calendar.pop("UID", None)
    return calendar


@cache
def _timezone(name: str, first_year: int) -> Timezone:
    """Return the zone's clock changes from the year before `first_year` as yearly rules.

    The library's own function lists dates instead (RDATE), which Outlook does not read.
    """
    zone = ZoneInfo(name)
    timezone = Timezone()
    timezone.add("tzid", name)
    changes = list(_clock_changes(zone, first_year - 1))
    for moment in changes:
        before, after = (moment - dt.timedelta(seconds=1)).astimezone(zone), moment.astimezone(zone)
        wall = (moment + _offset(before)).replace(tzinfo=None)
        timezone.add_component(_observance(after, wall, _offset(before), rule=_yearly(wall.date())))
    if not changes:
        new_year = dt.datetime(first_year - 1, 1, 1, tzinfo=zone)
        timezone.add_component(_observance(new_year, new_year.replace(tzinfo=None), _offset(new_year)))
    return timezone


def _clock_changes(zone: ZoneInfo, year: int) -> Iterator[dt.datetime]:
    """Yield the times in UTC at which the zone's clocks change in a year, on the quarter hour."""
    quarter = dt.timedelta(minutes=15)
    day = dt.datetime(year, 1, 1, tzinfo=dt.UTC)
    while day.year == year:
        if day.astimezone(zone).utcoffset() != (day + dt.timedelta(days=1)).astimezone(zone).utcoffset():
            moment = day
            while moment.astimezone(zone).utcoffset() == (moment + quarter).astimezone(zone).utcoffset():
                moment += quarter
            yield moment + quarter
        day += dt.timedelta(days=1)


def _observance(
    local: dt.datetime, wall: dt.datetime, offset_before: dt.timedelta, rule: dict[str, object] | None = None
) -> TimezoneStandard | TimezoneDaylight:
    """Return the part of a time zone that begins at `wall`, a local time before the change."""
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", wall)
    part.add("tzoffsetfrom", offset_before)
    part.add("tzoffsetto", _offset(local))
    part.add("tzname", local.tzname())
    if rule:
        part.add("rrule", rule)
    return part


def _yearly(day: dt.date) -> dict[str, object]:
    """Return the yearly rule that a date follows, such as the second Sunday of March or the last one of October."""
    is_last = (day + dt.timedelta(days=7)).month != day.month
    nth = -1 if is_last else (day.day - 1) // 7 + 1
    return {"freq": "yearly", "bymonth": day.month, "byday": f"{nth}{_WEEKDAYS[day.weekday()]}"}


def _offset(local: dt.datetime) -> dt.timedelta:
    """Return the offset from UTC, which is zero for a naive time."""
    return local.utcoffset() or dt.timedelta()


def _event(
    meeting: Meeting, method: Method, with_join_link: bool, url: str, organizer: str, attendee: Person | None
) -> Event:
    """Return the meeting as a calendar event."""
    join_link = meeting.join_link if with_join_link else ""
    is_canceled = method == "CANCEL" or meeting.status == MeetingStatus.CANCELED
    end = meeting.local_end
    return Event.new(
        uid=str(meeting.uid),
        sequence=meeting.sequence,
        stamp=meeting.updated_at.astimezone(dt.UTC),
        start=meeting.local_start,
        # A local time that occurs twice is the first one in a calendar file; the second needs UTC.
        end=end.astimezone(dt.UTC) if end.fold else end,
        summary=meeting.title,
        description=_description(meeting, join_link, url),
        location=meeting.location or join_link or None,
        status=STATUS.CANCELLED if is_canceled else STATUS.CONFIRMED,
        url=url,
        organizer=_address(*parseaddr(organizer)),
        attendees=[_attendee(attendee)] if attendee else None,
    )


def _description(meeting: Meeting, join_link: str, url: str) -> str:
    """Return the text of the event: the body, the join link or why it is canceled, and the link to the page."""
    lines = [meeting.body.title]
    if meeting.status == MeetingStatus.CANCELED:
        reason = meeting.cancel_reason
        lines.append(_("Canceled: %(reason)s") % {"reason": reason} if reason else _("Canceled"))
    elif join_link:
        lines.append(_("Join: %(link)s") % {"link": join_link})
    lines.append(_("Agenda and RSVP: %(url)s") % {"url": url})
    return "\n".join(lines)


def _address(name: str, email: str) -> vCalAddress:
    """Return a calendar address with or without a name."""
    return vCalAddress.new(email, cn=name or None)


def _attendee(person: Person) -> vCalAddress:
    """Return the person as an attendee."""
    # RSVPs are taken on the portal; a reply by email would not reach anyone.
    return vCalAddress.new(person.email, cn=person.name, partstat="NEEDS-ACTION", role="REQ-PARTICIPANT", rsvp=False)
