"""Staff begin and end looking at the portal as a member."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.operations import OperationNotAllowedError
from members import viewing
from members.guards import get_person, impersonating_staff, staff_only
from members.models import Person


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
