"""Set up a meeting, change it, announce it, call it off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person
from accounts.drafts import autosave_draft
from core.operations import EditConflictError, OperationNotAllowedError
from meetings import operations, queries
from meetings.forms import AgendaFormSet, CancelForm, MeetingForm, NewMeetingForm, VersionForm
from meetings.models import AgendaItem, Meeting
from meetings.permissions import can_schedule
from meetings.rules import MeetingStatus
from meetings.views.loading import meeting_run
from taskforces.models import Body


@require_http_methods(["GET", "POST"])
def meeting_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Set up a meeting of a body with its agenda; nobody is told yet."""
    body = get_object_or_404(Body, slug=slug)
    if not can_schedule(request.user, body):
        raise PermissionDenied(f"The chair of the {body.title} and staff schedule its meetings. Write to them.")
    form = NewMeetingForm(request.POST or None, initial={"title": f"{body.title} meeting"})
    if request.method == "POST" and form.is_valid():
        values = form.values
        meeting = operations.create_draft(actor=get_person(request), body=body, agenda=values.pop("agenda"), **values)
        return redirect("meetings:schedule", pk=meeting.pk)
    return render(request, "meetings/add.html", {"form": form, "body": body, "cancel_url": reverse("meetings:list")})


@require_http_methods(["GET", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change when, where and for whom a meeting is."""
    meeting = meeting_run(request, pk)
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            saved = operations.edit(
                actor=get_person(request), meeting=meeting, version=form.seen_version, now=timezone.now(), **form.values
            )
        if not form.errors:
            told = saved.sequence > meeting.sequence
            messages.success(
                request, "Meeting saved." + (" Its people are told of the change by mail." if told else "")
            )
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/edit.html", {"form": form, "meeting": meeting}, status=form.http_status)


@require_http_methods(["GET", "POST"])
@autosave_draft(meeting_run)
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, change, reorder and remove agenda items."""
    meeting = meeting_run(request, pk)
    # A posted row may have been removed meanwhile: it is found, and seen to be stale.
    rows = AgendaItem.objects.filter(meeting=meeting) if request.method == "POST" else queries.agenda_of(meeting)
    forms, status = AgendaFormSet(request.POST or None, queryset=rows), 200
    if request.method == "POST" and forms.is_valid():
        edits = [form.as_edit() for form in forms if form.has_changed()]
        try:
            operations.set_agenda(actor=get_person(request), meeting=meeting, items=edits, now=timezone.now())
        except OperationNotAllowedError as refused:
            messages.error(request, str(refused))
        except EditConflictError as stale:
            next(form for form in forms if form.instance.pk == stale.current.pk).show_conflict(stale.current)
            status = 409
        else:
            messages.success(request, "Agenda saved.")
            return redirect("meetings:agenda" if "more" in request.POST else "meetings:detail", pk=pk)
    return render(request, "meetings/agenda.html", {"forms": forms, "meeting": meeting}, status=status)


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who will be told and what, then announce the meeting."""
    meeting = meeting_run(request, pk)
    if meeting.status != MeetingStatus.DRAFT:
        messages.info(request, "This meeting was announced before.")
        return redirect("meetings:detail", pk=pk)
    form, status = VersionForm(request.POST or None, initial={"version": meeting.version}), 200
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            operations.schedule(actor=get_person(request), meeting=meeting, version=version, now=timezone.now())
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            meeting.refresh_from_db()
            form = VersionForm(initial={"version": meeting.version})
            messages.error(request, "Somebody changed this meeting meanwhile. Read it again, then schedule it.")
            status = 409
        else:
            messages.success(request, "Meeting scheduled. Its people are told by mail within minutes.")
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/schedule.html", _notice(meeting) | {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting off, with the reason."""
    meeting = meeting_run(request, pk)
    form, status = CancelForm(request.POST or None, initial={"version": meeting.version}), 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.cancel(actor=get_person(request), meeting=meeting, now=timezone.now(), **form.cleaned_data)
        except OperationNotAllowedError as refused:
            form.add_error(None, str(refused))
        except EditConflictError:
            meeting.refresh_from_db()
            form = CancelForm(initial={"version": meeting.version, "reason": form.cleaned_data["reason"]})
            messages.error(request, "Somebody changed this meeting meanwhile. Read it again, then cancel it.")
            status = 409
        else:
            messages.success(request, "Meeting cancelled.")
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/cancel.html", _notice(meeting) | {"form": form}, status=status)


def _notice(meeting: Meeting) -> dict[str, object]:
    """What goes out and to whom."""
    return {"meeting": meeting, "agenda": queries.agenda_of(meeting), "people": queries.invited(meeting)}
