"""Add, edit, schedule and cancel a meeting, and edit its agenda."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person
from accounts.drafts import autosave_draft
from core.operations import require_permission
from meetings import operations, queries
from meetings.forms import AgendaFormSet, CancelForm, MeetingForm, NewMeetingForm, VersionForm
from meetings.models import AgendaItem, Meeting
from meetings.permissions import can_schedule, managers_only
from meetings.rules import MeetingStatus
from meetings.views.loaders import load_meeting_to_manage
from taskforces.models import Body


@require_http_methods(["GET", "POST"])
def meeting_add(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a draft of a meeting of the body with its agenda; no notice is sent yet."""
    body = get_object_or_404(Body, slug=slug)
    require_permission(can_schedule(request.user, body), managers_only(body))
    initial = {"title": _("%(body)s meeting") % {"body": body.title}}
    form = NewMeetingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.values
        meeting = operations.create_draft(actor=get_person(request), body=body, agenda=values.pop("agenda"), **values)
        return redirect("meetings:schedule", pk=meeting.pk)
    return render(request, "meetings/add.html", {"form": form, "body": body, "cancel_url": reverse("meetings:list")})


@require_http_methods(["GET", "POST"])
def meeting_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the title, time, location or audience of a meeting."""
    meeting = load_meeting_to_manage(request, pk)
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            saved = operations.edit(
                actor=get_person(request), meeting=meeting, version=form.seen_version, now=timezone.now(), **form.values
            )
        if not form.errors:
            if saved.sequence > meeting.sequence:
                messages.success(request, _("Meeting saved. We'll email the change to the people invited."))
            else:
                messages.success(request, _("Meeting saved."))
            return redirect("meetings:detail", pk=pk)
    return render(request, "meetings/edit.html", {"form": form, "meeting": meeting}, status=form.http_status)


@require_http_methods(["GET", "POST"])
@autosave_draft(load_meeting_to_manage)
def agenda(request: HttpRequest, pk: int) -> HttpResponse:
    """Add, change, reorder and remove agenda items."""
    meeting = load_meeting_to_manage(request, pk)
    # A posted row may have been removed since; it is still found, so that its form reports the edit conflict.
    rows = AgendaItem.objects.filter(meeting=meeting) if request.method == "POST" else queries.agenda_of(meeting)
    forms = AgendaFormSet(request.POST or None, queryset=rows)
    if request.method == "POST" and forms.is_valid():
        with forms.collect_errors():
            operations.set_agenda(actor=get_person(request), meeting=meeting, items=forms.edits(), now=timezone.now())
        if not any(form.errors for form in forms):
            messages.success(request, _("Agenda saved."))
            return redirect("meetings:agenda" if "more" in request.POST else "meetings:detail", pk=pk)
    context = {"forms": forms, "meeting": meeting}
    return render(request, "meetings/agenda.html", context, status=forms.http_status)


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the notice and its recipients, then announce the meeting."""
    meeting = load_meeting_to_manage(request, pk)
    if meeting.status != MeetingStatus.DRAFT:
        messages.info(request, _("The notice for this meeting was already sent."))
        return redirect("meetings:detail", pk=pk)
    form = VersionForm(request.POST or None, initial={"version": meeting.version})
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        with form.collect_errors():
            operations.schedule(actor=get_person(request), meeting=meeting, version=version, now=timezone.now())
        if not form.errors:
            messages.success(request, _("Meeting scheduled. We'll email the notice within a few minutes."))
            return redirect("meetings:detail", pk=pk)
        meeting.refresh_from_db()
    return render(request, "meetings/schedule.html", _notice_context(meeting, form), status=form.http_status)


@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a meeting with a reason."""
    meeting = load_meeting_to_manage(request, pk)
    form = CancelForm(request.POST or None, initial={"version": meeting.version})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.cancel(actor=get_person(request), meeting=meeting, now=timezone.now(), **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("Meeting canceled."))
            return redirect("meetings:detail", pk=pk)
        meeting.refresh_from_db()
    return render(request, "meetings/cancel.html", _notice_context(meeting, form), status=form.http_status)


def _notice_context(meeting: Meeting, form: VersionForm) -> dict[str, object]:
    """Return the notice, its recipients and the form that sends it."""
    people = queries.invited_participants(meeting)
    return {"meeting": meeting, "agenda": queries.agenda_of(meeting), "people": people, "form": form}
