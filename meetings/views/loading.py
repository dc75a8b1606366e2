"""Loaders: what one may not know of is not there, what one may not do says why."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from meetings.models import Meeting
from meetings.permissions import can_manage, can_take_minutes, meetings_visible_to


def meeting_seen(request: HttpRequest, pk: int) -> Meeting:
    """The meeting, or 404."""
    return get_object_or_404(meetings_visible_to(request.user).select_related("body"), pk=pk)


def meeting_run(request: HttpRequest, pk: int) -> Meeting:
    """The meeting for who runs it; 404 or 403 for others."""
    meeting = meeting_seen(request, pk)
    if not can_manage(request.user, meeting):
        raise PermissionDenied(f"The chair of the {meeting.body.title} and staff run this meeting. Write to them.")
    return meeting


def meeting_recorded(request: HttpRequest, pk: int) -> Meeting:
    """The meeting for who takes its attendance and minutes; 404 or 403 for others."""
    meeting = meeting_seen(request, pk)
    if not can_take_minutes(request.user, meeting):
        raise PermissionDenied(
            f"The chair and the secretary of the {meeting.body.title} and staff keep its attendance and minutes."
        )
    return meeting
