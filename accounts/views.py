"""A person's own profile and sessions, security events for staff, and viewing the portal as a member."""

from allauth.usersessions.adapter import get_adapter as get_sessions_adapter
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations
from accounts.decorators import get_person, impersonating_staff, staff_only
from accounts.exports import SECURITY_EVENT_HEADER, security_event_rows_of, send_sheet
from accounts.forms import ProfileForm, SecurityEventFilter
from accounts.impersonation import end_impersonation, get_impersonation, start_impersonation
from accounts.models import Person
from accounts.queries import security_event_rows
from accounts.sessions import device_name
from core.pages import paginate, report_errors


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the person's own name, position, phone, time zone and assistant."""
    person = Person.objects.get(pk=get_person(request).pk)
    form = ProfileForm(request.POST or None, instance=person)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_profile(actor=person, version=form.seen_version, **form.values)
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form, "person": person}, status=form.http_status)


@staff_only
@require_safe
def security_events(request: HttpRequest) -> HttpResponse:
    """List security events, the latest first, filtered by kind, person and days."""
    form = SecurityEventFilter(request.GET)
    rows = security_event_rows(**form.cleaned_data) if form.is_valid() else security_event_rows()
    context = {"page": paginate(request, rows, 50), "form": form, "is_filtered": any(request.GET.values())}
    return render(request, "accounts/security_events.html", context)


@staff_only
@require_POST
def security_events_export(request: HttpRequest) -> HttpResponse:
    """Return the filtered events as a file. Taking it is a security event too."""
    form = SecurityEventFilter(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is a problem with the filter. Set it again, then export."))
        return redirect("accounts:security_events")
    rows = security_event_rows_of(security_event_rows(**form.cleaned_data))
    return send_sheet(request, _("Security events"), SECURITY_EVENT_HEADER, rows)


@require_safe
def address_change(request: HttpRequest) -> HttpResponse:
    """Explain how to change an email address. Replaces the library's page, since staff check the address first."""
    return render(request, "accounts/address_change.html", {"person": get_person(request)})


@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the person's other sessions, once they have confirmed their identity."""
    session = get_object_or_404(
        UserSession.objects.exclude(session_key=request.session.session_key), pk=pk, user=get_person(request)
    )
    get_sessions_adapter().end_sessions([session])
    messages.success(request, _("Session ended: %(device)s.") % {"device": device_name(session.user_agent)})
    return redirect("usersessions_list")


@staff_only
@require_POST
def view_as(request: HttpRequest, pk: int) -> HttpResponse:
    """View the portal as this member, starting at the member's home page."""
    person = get_object_or_404(Person, pk=pk)
    with report_errors(request) as report:
        start_impersonation(request, get_person(request), person, timezone.now())
    return redirect("overview:home") if report.ok else redirect("members:person", pk)


@require_POST
def view_as_stop(request: HttpRequest) -> HttpResponse:
    """Stop viewing the portal as someone else. A second request has no further effect."""
    staff = impersonating_staff(request)
    impersonation = get_impersonation(request.session)
    if impersonation is None:
        return redirect("overview:console")
    end_impersonation(request, staff, impersonation, timezone.now(), _("Stopped by staff"))
    text = _("You are no longer viewing the portal as %(name)s.")
    messages.success(request, text % {"name": impersonation.person.name})
    return redirect("members:person", impersonation.person.pk)
