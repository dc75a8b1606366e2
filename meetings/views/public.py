"""The list of meetings, a meeting's page, and both as calendar files."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from core.pages import paginate
from meetings import queries
from meetings.calendars import calendar_feed, calendar_file
from meetings.models import Meeting
from meetings.permissions import (
    allowed_answers,
    can_answer,
    can_manage,
    can_read_minutes,
    can_see_join_link,
    can_take_minutes,
    meetings_visible_to,
)
from meetings.rules import LIVE_STATUSES, MeetingStatus, can_transition, has_taken_place
from meetings.views.loaders import load_meeting
from meetings.views.next_steps import next_step
from taskforces.models import Workgroup
from taskforces.permissions import bodies_managed_by, is_member

CALENDAR_TYPE = "text/calendar; charset=utf-8"
# How far back the public calendar goes.
FEED_PERIOD = dt.timedelta(days=365)


@login_not_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Show upcoming, then past meetings, of all bodies or of one."""
    now = timezone.now()
    bodies = queries.bodies_with_meetings(request.user)
    body = get_object_or_404(bodies, slug=request.GET["body"]) if request.GET.get("body") else None
    managed = list(bodies_managed_by(request.user))
    single = managed[0] if len(managed) == 1 else body if body in managed else None
    context = {
        "bodies": bodies,
        "body": body,
        "upcoming": queries.upcoming_visible_to(request.user, now, body),
        "page": paginate(request, queries.past_visible_to(request.user, now, body)),
        "single_managed_body": single,
        "managed_bodies": managed if len(managed) > 1 and body is None else [],
        "feed_url": settings.SITE_URL + reverse("meetings:feed"),
    }
    return render(request, "meetings/list.html", context)


@login_not_required
@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a meeting: time, location, agenda, responses, minutes, and the next step for the person."""
    now, person = timezone.now(), request.user
    meeting = get_object_or_404(queries.with_rsvp(meetings_visible_to(person), person), pk=pk)
    is_manager, is_minute_taker = can_manage(person, meeting), can_take_minutes(person, meeting)
    is_editable = meeting.status in (MeetingStatus.DRAFT, *LIVE_STATUSES)
    context = {
        "meeting": meeting,
        "agenda": queries.agenda_of(meeting),
        "is_upcoming": meeting.status in LIVE_STATUSES and meeting.ends_at > now,
        "rsvp_choices": allowed_answers(person) if can_answer(person, meeting) else [],
        "shows_join_link": can_see_join_link(person, meeting) and meeting.status != MeetingStatus.CANCELED,
        "shows_minutes": can_read_minutes(person, meeting),
        "can_edit": is_manager and is_editable,
        "can_cancel": is_manager and can_transition(meeting.status, MeetingStatus.CANCELED),
        "can_close": is_manager and meeting.status == MeetingStatus.IN_SESSION,
        "can_take_minutes": is_minute_taker and has_taken_place(meeting.status, meeting.starts_at, now),
        "is_hidden_draft": meeting.status == MeetingStatus.DRAFT and not is_manager,
        "next_step": next_step(meeting, can_manage=is_manager, can_take_minutes=is_minute_taker, now=now),
        **_people_context(request, meeting),
    }
    return render(request, "meetings/detail.html", context)


def _people_context(request: HttpRequest, meeting: Meeting) -> dict[str, object]:
    """Return who is invited and who attended, for members only."""
    person = request.user
    if not is_member(person):
        return {"shows_people": False}
    invited = queries.invited_participants(meeting)
    return {
        "shows_people": True,
        "invited": invited,
        "rsvp_counts": queries.rsvp_counts(meeting),
        "attendance": queries.recorded_attendance(meeting),
        "can_enter_on_behalf": is_staff(person),
        "my_act": next((row.act for row in invited if row.person.pk == person.pk), None),
    }


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """Serve the public meetings as a calendar to subscribe to, without join links."""
    workgroup = Workgroup.objects.first()
    name = _("%(workgroup)s meetings") % {"workgroup": workgroup.short_name} if workgroup else _("Meetings")
    content = calendar_feed(
        queries.public_feed(timezone.now() - FEED_PERIOD),
        name=name,
        url_of=_full_url,
        organizer=settings.DEFAULT_FROM_EMAIL,
    )
    return HttpResponse(content, content_type=CALENDAR_TYPE)


@login_not_required
@require_safe
def meeting_file(request: HttpRequest, pk: int) -> HttpResponse:
    """Serve an announced meeting as a calendar file, with the join link for the people of its body and staff."""
    meeting = load_meeting(request, pk)
    if meeting.status == MeetingStatus.DRAFT:
        raise Http404("A draft has no calendar file.")
    content = calendar_file(
        meeting,
        method="PUBLISH",
        with_join_link=can_see_join_link(request.user, meeting),
        url=_full_url(meeting),
        organizer=settings.DEFAULT_FROM_EMAIL,
    )
    response = HttpResponse(content, content_type=CALENDAR_TYPE)
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    return response


def _full_url(meeting: Meeting) -> str:
    """Return the full URL of the meeting's page."""
    return settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])
