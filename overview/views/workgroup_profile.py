"""Staff edit the workgroup's profile and its public timeline."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from overview.forms.public import HistoryEventForm, WorkgroupForm
from taskforces import operations
from taskforces.models import HistoryEvent, Workgroup


def get_workgroup() -> Workgroup:
    """Return the workgroup. Raises Http404 while none is loaded."""
    return get_object_or_404(Workgroup.objects.order_by("pk")[:1])


@staff_only
@require_http_methods(["GET", "POST"])
def workgroup_edit(request: HttpRequest) -> HttpResponse:
    """Edit the workgroup's profile."""
    workgroup = get_workgroup()
    form = WorkgroupForm(request.POST or None, instance=workgroup)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_workgroup(
                actor=get_person(request), workgroup=workgroup, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("overview:workgroup")
    return render(request, "overview/workgroup_edit.html", {"form": form}, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def event_add(request: HttpRequest) -> HttpResponse:
    """Add an event to the timeline."""
    workgroup = get_workgroup()
    form = HistoryEventForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.add_history_event(actor=get_person(request), workgroup=workgroup, **form.values)
        if not form.errors:
            messages.success(request, _("Event added."))
            return redirect("overview:workgroup")
    return render(request, "overview/event_form.html", {"form": form, "event": None}, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def event_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit an event of the timeline."""
    event = get_object_or_404(HistoryEvent, pk=pk)
    form = HistoryEventForm(request.POST or None, instance=event)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_history_event(
                actor=get_person(request), row=event, version=form.seen_version, **form.values
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("overview:workgroup")
    return render(request, "overview/event_form.html", {"form": form, "event": event}, status=form.http_status)
