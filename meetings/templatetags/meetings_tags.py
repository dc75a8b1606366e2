"""What pages show of meetings."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from core.templatetags.ui import badge
from meetings.models import Meeting
from meetings.queries import past_visible_to, upcoming_visible_to
from meetings.rules import MeetingStatus, MinutesStatus
from taskforces.models import Body
from taskforces.permissions import leads

register = template.Library()
_TONES = {
    MeetingStatus.DRAFT: "neutral",
    MeetingStatus.SCHEDULED: "info",
    MeetingStatus.IN_SESSION: "good",
    MeetingStatus.CLOSED: "done",
    MeetingStatus.CANCELLED: "bad",
}
# How many meetings a body's page shows before it links to the list.
AHEAD, BEHIND = 3, 3


@register.simple_tag
def meeting_badge(meeting: Meeting) -> SafeString:
    """The meeting's status as a badge; of a closed one whether it has minutes."""
    if meeting.status == MeetingStatus.CLOSED and meeting.minutes_status == MinutesStatus.PUBLISHED:
        return badge("Minutes published", "done")
    return badge(meeting.get_status_display(), _TONES[MeetingStatus(meeting.status)])


@register.inclusion_tag("meetings/tags/meetings_of.html", takes_context=True)
def meetings_of(context: Context, body: Body) -> dict[str, Any]:
    """The next and the latest meetings of a body that the reader may know of."""
    person, now = context["request"].user, timezone.now()
    return {
        "body": body,
        "upcoming": upcoming_visible_to(person, now, body)[:AHEAD],
        "past": past_visible_to(person, now, body)[:BEHIND],
        "may_call": body.dissolved_on is None and leads(person, body),
    }
