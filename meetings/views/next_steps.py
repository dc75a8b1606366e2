"""The next step that a meeting's page offers, from the meeting's status and the person's rights."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from meetings.models import Meeting
from meetings.rules import OPENS_BEFORE, MeetingStatus, MinutesStatus


@dataclass(frozen=True)
class NextStep:
    """A sentence on the status, the label and URL name of the step, and whether it is a button (POST) or a link."""

    sentence: str
    label: str
    url_name: str
    is_button: bool = False


def next_step(meeting: Meeting, *, can_manage: bool, can_take_minutes: bool, now: dt.datetime) -> NextStep | None:
    """Return the next step for the person, or None."""
    if meeting.status == MeetingStatus.DRAFT:
        return _draft_step() if can_manage else None
    if not can_take_minutes or meeting.status == MeetingStatus.CANCELED or now < meeting.starts_at - OPENS_BEFORE:
        return None
    if meeting.status == MeetingStatus.CLOSED:
        return _minutes_step(meeting, can_manage)
    if meeting.status == MeetingStatus.SCHEDULED and can_manage:
        if now < meeting.ends_at:
            return NextStep(_("The meeting is about to begin."), _("Start the meeting"), "meetings:start", True)
        return NextStep(_("The meeting is over."), _("Close the meeting"), "meetings:close", True)
    return NextStep(_("Record who is there."), _("Take attendance"), "meetings:attendance")


def _draft_step() -> NextStep:
    return NextStep(_("This is a draft. No notice has been sent."), _("Schedule and notify"), "meetings:schedule")


def _minutes_step(meeting: Meeting, can_manage: bool) -> NextStep | None:
    """Return the step of a closed meeting: write its minutes, publish them, or None once they are published."""
    if meeting.minutes_status == MinutesStatus.NONE:
        sentence = _("The meeting is closed and has no minutes yet.")
        return NextStep(sentence, _("Write minutes"), "meetings:minutes")
    if meeting.minutes_status == MinutesStatus.DRAFT and can_manage:
        sentence = _("The minutes are a draft that only this body and staff can see.")
        return NextStep(sentence, _("Publish the minutes"), "meetings:publish_minutes", True)
    if meeting.minutes_status == MinutesStatus.DRAFT:
        sentence = _("The minutes are a draft. The chair publishes them.")
        return NextStep(sentence, _("Write minutes"), "meetings:minutes")
    return None
