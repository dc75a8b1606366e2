"""Before, at and after a meeting: answers, start and close, attendance, minutes."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from accounts.decorators import get_person
from accounts.drafts import autosave_draft
from accounts.permissions import is_staff
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import get_next_url
from meetings import operations, queries
from meetings.forms import AttendanceForm, MinutesForm, ToldForm
from meetings.models import Meeting
from meetings.permissions import can_answer, invited_to
from meetings.views.loading import meeting_recorded, meeting_run, meeting_seen


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether one comes, from the meeting's page or from home (`next`)."""
    meeting = meeting_seen(request, pk)
    if not can_answer(request.user, meeting):
        raise PermissionDenied(f"Only the people of the {meeting.body.title} are invited to this meeting.")
    try:
        said = operations.answer(
            actor=get_person(request), meeting=meeting, answer=request.POST.get("answer", ""), now=timezone.now()
        )
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"Your answer to “{meeting.title}”: {said.get_answer_display()}.")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("meetings:detail", pk=pk)


@require_http_methods(["GET", "POST"])
def answer_on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """Staff enter what an invited person said elsewhere."""
    meeting = meeting_seen(request, pk)
    if not is_staff(request.user):
        raise PermissionDenied("Only Workgroup staff enter what somebody else said. They can answer by themselves.")
    initial = {"said_by": request.GET.get("person")}
    form = ToldForm(request.POST or None, people=invited_to(meeting).distinct(), initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            said = operations.answer(
                actor=get_person(request),
                meeting=meeting,
                answer=form.cleaned_data["answer"],
                now=now,
                on_behalf=form.on_behalf(now),
            )
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"Entered for {said.person.name}: {said.get_answer_display()}.")
            return redirect(get_next_url(request, reverse("meetings:detail", args=[pk])))
    return render(request, "meetings/on_behalf.html", {"form": form, "meeting": meeting})


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the meeting."""
    return _press(request, meeting_run(request, pk), operations.start, "The meeting is in session.")


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the meeting."""
    return _press(request, meeting_run(request, pk), operations.close, "The meeting is closed. Its minutes come next.")


@require_POST
def publish_minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the minutes to everybody who sees the meeting."""
    return _press(request, meeting_run(request, pk), operations.publish_minutes, "The minutes are published.")


@require_http_methods(["GET", "POST"])
def attendance(request: HttpRequest, pk: int) -> HttpResponse:
    """Note who was there."""
    meeting = meeting_recorded(request, pk)
    people = queries.attending(meeting)
    form, status = AttendanceForm(request.POST or None, people=people), 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_attendance(
                actor=get_person(request),
                meeting=meeting,
                entries={row.person: form.entry(key) for key, row in form.people.items()},
                organizations={row.person.pk: row.organization for row in people if row.organization},
                now=timezone.now(),
            )
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            form.show_conflict({str(row.person.pk): row.presence for row in queries.attending(meeting)})
            status = 409
        else:
            messages.success(request, "Attendance saved.")
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/attendance.html", {"form": form, "meeting": meeting}, status=status)


@require_http_methods(["GET", "POST"])
@autosave_draft(meeting_recorded)
def minutes(request: HttpRequest, pk: int) -> HttpResponse:
    """Write minutes, item by item."""
    meeting = meeting_recorded(request, pk)
    form, status = MinutesForm(request.POST or None, meeting=meeting, items=queries.agenda_of(meeting)), 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.write_minutes(
                actor=get_person(request),
                meeting=meeting,
                notes=form.notes(),
                minutes=form.entry(form.WHOLE),
                now=timezone.now(),
            )
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            meeting.refresh_from_db()
            form.show_conflict(queries.minutes_by_item(meeting) | {form.WHOLE: meeting.minutes})
            status = 409
        else:
            messages.success(request, "Minutes saved.")
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/minutes.html", {"form": form, "meeting": meeting}, status=status)


def _press(request: HttpRequest, meeting: Meeting, operation: Callable[..., Meeting], done: str) -> HttpResponse:
    try:
        operation(actor=get_person(request), meeting=meeting, now=timezone.now())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect("meetings:detail", pk=meeting.pk)
