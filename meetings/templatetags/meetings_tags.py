"""Template tags of meetings."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.templatetags.ui import badge
from meetings.models import Meeting
from meetings.permissions import can_schedule
from meetings.queries import past_visible_to, upcoming_visible_to
from meetings.rules import MeetingStatus, MinutesStatus, RSVPAnswer
from taskforces.models import Body

register = template.Library()
# How many upcoming and past meetings the page of a body shows before it links to the list.
MAX_UPCOMING, MAX_PAST = 3, 3


@register.simple_tag
def meeting_badge(meeting: Meeting) -> SafeString:
    """Render the meeting's status as a badge; for a closed meeting also whether its minutes are published."""
    if meeting.status == MeetingStatus.CLOSED and meeting.minutes_status == MinutesStatus.PUBLISHED:
        return badge(_("Minutes published"), MeetingStatus.CLOSED.tone)
    return badge(meeting.get_status_display(), MeetingStatus(meeting.status).tone)


@register.simple_tag
def rsvp_badge(answer: str) -> SafeString:
    """Render the person's own answer to an invitation as a badge."""
    chosen = RSVPAnswer(answer)
    return badge(str(chosen.own_label), chosen.tone)


@register.inclusion_tag("meetings/tags/meetings_of.html", takes_context=True)
def meetings_of(context: Context, body: Body) -> dict[str, Any]:
    """Show the next and the latest meetings of the body that the person can see."""
    person, now = context["request"].user, timezone.now()
    return {
        "body": body,
        "upcoming": upcoming_visible_to(person, now, body)[:MAX_UPCOMING],
        "past": past_visible_to(person, now, body)[:MAX_PAST],
        "can_schedule": can_schedule(person, body),
    }
