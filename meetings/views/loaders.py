"""Loaders that check permissions: 404 for a meeting that the person can't see, 403 for what they may not do."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from core.operations import require_permission
from meetings.models import Meeting
from meetings.permissions import can_manage, can_take_minutes, managers_only, meetings_visible_to, minute_takers_only


def load_meeting(request: HttpRequest, pk: int) -> Meeting:
    """Return a meeting that the person can see, with its body. Raises Http404."""
    return get_object_or_404(meetings_visible_to(request.user).select_related("body"), pk=pk)


def load_meeting_to_manage(request: HttpRequest, pk: int) -> Meeting:
    """Return a meeting that the person may edit, schedule, cancel and close. Raises Http404 and PermissionDenied."""
    meeting = load_meeting(request, pk)
    require_permission(can_manage(request.user, meeting), managers_only(meeting.body))
    return meeting


def load_meeting_to_record(request: HttpRequest, pk: int) -> Meeting:
    """Return a meeting whose attendance and minutes the person may take. Raises Http404 and PermissionDenied."""
    meeting = load_meeting(request, pk)
    require_permission(can_take_minutes(request.user, meeting), minute_takers_only(meeting.body))
    return meeting
