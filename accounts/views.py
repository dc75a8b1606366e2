"""One's own record and sessions, the security events that staff read, and viewing the portal as a member."""

from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations, viewing
from accounts.decorators import get_person, impersonating_staff, staff_only
from accounts.exports import SECURITY_EVENT_HEADER, security_event_rows_of, send_sheet
from accounts.forms import ProfileForm, SecurityEventFilter
from accounts.models import Person
from accounts.queries import security_event_rows
from accounts.sessions import device
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate


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
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "person": person}, status=status)


@staff_only
@require_safe
def security_events(request: HttpRequest) -> HttpResponse:
    """Security events, the latest first, filtered by kind, person and days."""
    form = SecurityEventFilter(request.GET)
    rows = security_event_rows(**form.cleaned_data) if form.is_valid() else security_event_rows()
    context = {"page": paginate(request, rows, 50), "form": form, "is_filtered": any(request.GET.values())}
    return render(request, "accounts/security_events.html", context)


@staff_only
@require_POST
def security_events_export(request: HttpRequest) -> HttpResponse:
    """The filtered events as a file; that it was taken is an event too."""
    form = SecurityEventFilter(request.POST)
    if not form.is_valid():
        messages.error(request, "This filter cannot be read. Set it again, then export.")
        return redirect("accounts:security_events")
    rows = security_event_rows_of(security_event_rows(**form.cleaned_data))
    return send_sheet(request, "Security events", SECURITY_EVENT_HEADER, rows)


@require_safe
def address_change(request: HttpRequest) -> HttpResponse:
    """In place of the library's page: an e-mail address is changed by staff, who check it."""
    return render(request, "accounts/address_change.html", {"person": get_person(request)})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one other session of one's own, once one has proved anew who one is."""
    session = get_object_or_404(
        UserSession.objects.exclude(session_key=request.session.session_key), pk=pk, user=get_person(request)
    )
    get_sessions_adapter().end_sessions([session])
    messages.success(request, f"{device(session.user_agent)} is signed out.")
    return redirect("usersessions_list")


@staff_only
@require_POST
def view_as(request: HttpRequest, pk: int) -> HttpResponse:
    """Look at the portal as this member, from the member's home on."""
    found = get_object_or_404(Person, pk=pk)
    try:
        viewing.begin(request, get_person(request), found, timezone.now())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
        return redirect("members:person", pk)
    return redirect("overview:home")


@require_POST
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Look as oneself again; pressing twice is all right."""
    staff = impersonating_staff(request)
    seen = viewing.current(request.session)
    if seen is None:
        return redirect("overview:console")
    viewing.end(request, staff, seen, timezone.now(), "Stopped")
    messages.success(request, f"You look at the portal as yourself again, no longer as {seen.person.name}.")
    return redirect("members:person", seen.person.pk)
