"""One's own record, and the security events that staff read."""

from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members import operations
from members.exporting import send_sheet
from members.forms import ProfileForm, SecurityEventFilter
from members.guards import get_person, staff_only
from members.models import Person
from members.queries import security_event_rows
from members.queries.events import SECURITY_EVENT_HEADER, security_event_rows_of
from members.sessions import device


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """One's own name, position, phone, time zone and assistant."""
    person = Person.objects.get(pk=get_person(request).pk)
    form = ProfileForm(request.POST or None, instance=person)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.edit_profile(actor=person, version=form.seen_version, **form.values)
        except EditConflictError as stale:
            form.show_conflict(stale.current)
            status = 409
        except OperationNotAllowedError as refused:
            form.add_error("assistant_email", str(refused))
        else:
            messages.success(request, "Profile saved.")
            return redirect("members:profile")
    representations = person.representations.current().select_related("organization")
    context = {"form": form, "person": person, "representations": representations}
    return render(request, "members/profile.html", context, status=status)


@staff_only
@require_safe
def security_events(request: HttpRequest) -> HttpResponse:
    """Security events, the latest first, filtered by kind, person and days."""
    form = SecurityEventFilter(request.GET)
    rows = security_event_rows(**form.cleaned_data) if form.is_valid() else security_event_rows()
    context = {"page": paginate(request, rows, 50), "form": form, "is_filtered": any(request.GET.values())}
    return render(request, "members/security_events.html", context)


@staff_only
@require_POST
def security_events_export(request: HttpRequest) -> HttpResponse:
    """The filtered events as a file; that it was taken is an event too."""
    form = SecurityEventFilter(request.POST)
    if not form.is_valid():
        messages.error(request, "This filter cannot be read. Set it again, then export.")
        return redirect("members:security_events")
    rows = security_event_rows_of(security_event_rows(**form.cleaned_data))
    return send_sheet(request, "Security events", SECURITY_EVENT_HEADER, rows)


@require_safe
def address_change(request: HttpRequest) -> HttpResponse:
    """In place of the library's page: an e-mail address is changed by staff, who check it."""
    return render(request, "members/address_change.html", {"person": get_person(request)})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one other session of one's own, once one has proved anew who one is."""
    session = get_object_or_404(
        UserSession.objects.exclude(session_key=request.session.session_key), pk=pk, user=get_person(request)
    )
    get_sessions_adapter().end_sessions([session])
    messages.success(request, f"{device(session.user_agent)} is signed out.")
    return redirect("usersessions_list")
