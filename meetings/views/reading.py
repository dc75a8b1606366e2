"""The list of meetings, one meeting, and both as calendar files."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from core.pages import paginate
from meetings import queries
from meetings.calendars import calendar_feed, calendar_file
from meetings.models import Meeting
from meetings.permissions import (
    allowed_responses,
    can_answer,
    can_manage,
    can_read_minutes,
    can_see_join_link,
    can_take_minutes,
    meetings_visible_to,
)
from meetings.rules import LIVE_STATUSES, MeetingStatus, can_transition, has_taken_place
from meetings.views.loading import meeting_seen
from meetings.views.steps import next_step
from taskforces.models import Workgroup
from taskforces.permissions import bodies_managed_by, is_member

CALENDAR = "text/calendar; charset=utf-8"
# How far back the public calendar reaches.
FEED_REACHES = dt.timedelta(days=365)


@login_not_required
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """What lies ahead, then what is over, of all bodies or of one."""
    now = timezone.now()
    bodies = queries.bodies_with_meetings(request.user)
    body = get_object_or_404(bodies, slug=request.GET["body"]) if request.GET.get("body") else None
    context = {
        "bodies": bodies,
        "body": body,
        "upcoming": queries.upcoming_visible_to(request.user, now, body),
        "page": paginate(request, queries.past_visible_to(request.user, now, body)),
        "may_call": bodies_managed_by(request.user),
        "feed_url": settings.SITE_URL + reverse("meetings:feed"),
    }
    return render(request, "meetings/list.html", context)


@login_not_required
@require_safe
def meeting_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting: when, where, about what, who comes, what was said, and what to do next."""
    now, person = timezone.now(), request.user
    meeting = get_object_or_404(queries.with_answers(meetings_visible_to(person), person), pk=pk)
    runs, records = can_manage(person, meeting), can_take_minutes(person, meeting)
    shows_people = is_member(person)
    invited = queries.invited(meeting) if shows_people else []
    context = {
        "meeting": meeting,
        "agenda": queries.agenda_of(meeting),
        "is_ahead": meeting.status in LIVE_STATUSES and meeting.ends_at > now,
        "answers": allowed_responses(person) if can_answer(person, meeting) else [],
        "shows_join_link": can_see_join_link(person, meeting),
        "shows_minutes": can_read_minutes(person, meeting),
        "shows_people": shows_people,
        "invited": invited,
        "counts": queries.answer_counts(meeting) if shows_people else {},
        "came": queries.came(meeting) if shows_people else [],
        "may_enter": is_staff(person),
        "my_act": next((row.act for row in invited if row.person.pk == person.pk), None),
        "runs": runs,
        "records": records,
        "may_edit": meeting.status in (MeetingStatus.DRAFT, *LIVE_STATUSES),
        "may_cancel": can_transition(meeting.status, MeetingStatus.CANCELLED),
        "may_record": has_taken_place(meeting.status, meeting.starts_at, now),
        "step": next_step(meeting, runs=runs, records=records, now=now),
    }
    return render(request, "meetings/detail.html", context)


@login_not_required
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The public meetings as a calendar to subscribe to; it never carries a join link."""
    workgroup = Workgroup.objects.first()
    name = f"{workgroup.short_name} meetings" if workgroup else "Meetings"
    content = calendar_feed(
        queries.public_feed(timezone.now() - FEED_REACHES),
        name=name,
        url_of=_full_address,
        organizer=settings.DEFAULT_FROM_EMAIL,
    )
    return HttpResponse(content, content_type=CALENDAR)


@login_not_required
@require_safe
def meeting_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One announced meeting as a calendar file; with the join link for the people of its body and staff."""
    meeting = meeting_seen(request, pk)
    if meeting.status == MeetingStatus.DRAFT:
        raise Http404("A draft is in nobody's calendar.")
    content = calendar_file(
        meeting,
        method="PUBLISH",
        with_join_link=can_see_join_link(request.user, meeting),
        url=_full_address(meeting),
        organizer=settings.DEFAULT_FROM_EMAIL,
    )
    response = HttpResponse(content, content_type=CALENDAR)
    response["Content-Disposition"] = f'attachment; filename="meeting-{meeting.pk}.ics"'
    return response


def _full_address(meeting: Meeting) -> str:
    return settings.SITE_URL + reverse("meetings:detail", args=[meeting.pk])
