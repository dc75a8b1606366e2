"""The one thing that a meeting's page offers first, by what the person may do and where the meeting stands."""

import datetime as dt
from dataclasses import dataclass

from meetings.models import Meeting
from meetings.rules import OPENS_BEFORE, MeetingStatus, MinutesStatus


@dataclass(frozen=True)
class Step:
    """A sentence on where things stand, the act's name, the URL's name and whether it is a press (POST) or a page."""

    sentence: str
    act: str
    url_name: str
    is_press: bool = False


def next_step(meeting: Meeting, *, runs: bool, records: bool, now: dt.datetime) -> Step | None:
    """The next step, or None where there is nothing for this person to do but answer."""
    if meeting.status == MeetingStatus.DRAFT:
        return _draft_step() if runs else None
    if not records or meeting.status == MeetingStatus.CANCELLED or now < meeting.starts_at - OPENS_BEFORE:
        return None
    if meeting.status == MeetingStatus.SCHEDULED and now < meeting.ends_at:
        return (
            Step("The meeting is about to begin.", "Start the meeting", "meetings:start", True)
            if runs
            else _attendance_step()
        )
    if meeting.status == MeetingStatus.SCHEDULED:
        return Step("The meeting is over.", "Close the meeting", "meetings:close", True) if runs else _attendance_step()
    if meeting.status == MeetingStatus.IN_SESSION:
        return _attendance_step()
    return _minutes_step(meeting, runs)


def _draft_step() -> Step:
    return Step("This is a draft. Nobody was told of it.", "Schedule and notify", "meetings:schedule")


def _attendance_step() -> Step:
    return Step("Note who is there.", "Take attendance", "meetings:attendance")


def _minutes_step(meeting: Meeting, runs: bool) -> Step | None:
    if meeting.minutes_status == MinutesStatus.NONE:
        return Step("The meeting is closed and has no minutes yet.", "Write minutes", "meetings:minutes")
    if meeting.minutes_status == MinutesStatus.DRAFT and runs:
        return Step(
            "The minutes are a draft that only this body sees.", "Publish the minutes", "meetings:publish_minutes", True
        )
    if meeting.minutes_status == MinutesStatus.DRAFT:
        return Step("The minutes are a draft. The chair publishes them.", "Write minutes", "meetings:minutes")
    return None
