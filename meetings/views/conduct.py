"""Before, at and after a meeting: RSVPs, start and close, attendance, minutes."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import get_person
from accounts.drafts import autosave_draft
from accounts.permissions import is_staff
from core.operations import require_permission
from core.pages import get_next_url, report_errors
from meetings import operations
from meetings.forms import AttendanceForm, MinutesForm, RSVPOnBehalfForm
from meetings.models import Meeting
from meetings.permissions import invited_to
from meetings.views.loaders import load_meeting, load_meeting_to_manage, load_meeting_to_record


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the person's RSVP, from the meeting's page or from home (`next`)."""
    meeting = load_meeting(request, pk)
    with report_errors(request) as report:
        rsvp = operations.record_rsvp(
            actor=get_person(request), meeting=meeting, answer=request.POST.get("answer", ""), now=timezone.now()
        )
    if report.ok:
        text = _("Response saved for “%(meeting)s”: %(answer)s.")
        messages.success(request, text % {"meeting": meeting.title, "answer": rsvp.get_answer_display()})
    return redirect(get_next_url(request, reverse("meetings:detail", args=[pk])))


@require_http_methods(["GET", "POST"])
def answer_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Record as staff the RSVP that an invited person gave in another way."""
    meeting = load_meeting(request, pk)
    require_permission(is_staff(request.user), _("Only staff can enter a response for someone else."))
    initial = {"said_by": request.GET.get("person")}
    form = RSVPOnBehalfForm(request.POST or None, people=invited_to(meeting).distinct(), initial=initial)
    if request.method == "POST" and form.is_valid():
        now, chosen = timezone.now(), form.cleaned_data["answer"]
        with form.collect_errors():
            rsvp = operations.record_rsvp(
                actor=get_person(request), meeting=meeting, answer=chosen, now=now, on_behalf=form.on_behalf(now)
            )
        if not form.errors:
            text = _("Response saved for %(person)s: %(answer)s.")
            messages.success(request, text % {"person": rsvp.person.name, "answer": rsvp.get_answer_display()})
            return redirect(get_next_url(request, reverse("meetings:detail", args=[pk])))
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/on_behalf.html", context, status=form.http_status)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the meeting."""
    meeting = load_meeting_to_manage(request, pk)
    return _run_button(request, meeting, operations.start, _("Meeting started."))


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the meeting."""
    meeting = load_meeting_to_manage(request, pk)
    return _run_button(request, meeting, operations.close, _("Meeting closed. Next, write its minutes."))


@require_POST
def publish_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the minutes to everyone who can see the meeting."""
    meeting = load_meeting_to_manage(request, pk)
    return _run_button(request, meeting, operations.publish_minutes, _("Minutes published."))


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Record who attended."""
    meeting = load_meeting_to_record(request, pk)
    form = AttendanceForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        people = form.people.items()
        with form.collect_errors():
            operations.record_attendance(
                actor=get_person(request),
                meeting=meeting,
                entries={row.person: form.entry(key) for key, row in people},
                organizations={row.person.pk: row.organization for _key, row in people if row.organization},
                now=timezone.now(),
            )
        if not form.errors:
            messages.success(request, _("Attendance saved."))
            return redirect("meetings:detail", pk=pk)
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/attendance.html", context, status=form.http_status)


@require_http_methods(["GET", "POST"])
@autosave_draft(load_meeting_to_record)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the minutes by agenda item."""
    meeting = load_meeting_to_record(request, pk)
    form = MinutesForm(request.POST or None, meeting=meeting)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.write_minutes(
                actor=get_person(request),
                meeting=meeting,
                notes=form.notes(),
                minutes=form.entry(form.WHOLE),
                now=timezone.now(),
            )
        if not form.errors:
            messages.success(request, _("Minutes saved."))
            return redirect("meetings:detail", pk=pk)
    context = {"form": form, "meeting": meeting}
    return render(request, "meetings/minutes.html", context, status=form.http_status)


def _run_button(request: HttpRequest, meeting: Meeting, operation: Callable[..., Meeting], done: str) -> HttpResponse:
    """Run an operation that needs no form, and go back to the meeting with its result as a message."""
    with report_errors(request) as report:
        operation(actor=get_person(request), meeting=meeting, now=timezone.now())
    if report.ok:
        messages.success(request, done)
    return redirect("meetings:detail", pk=meeting.pk)
