"""Somebody leaves: an organization or the portal. What they carry is shown and handed over first."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import site_today
from core.operations import EditConflictError, OperationNotAllowedError
from members.models import Representation
from overview import operations
from overview.forms.handoff import CloseAccountForm, EndRepresentationForm
from overview.queries.handoff import remaining_responsibilities, responsibilities_of


@staff_only
@require_http_methods(["GET", "POST"])
def end_representation(request: HttpRequest, pk: int) -> HttpResponse:
    """End a representation and hand over, thing by thing, what the person carries."""
    rows = Representation.objects.select_related("person", "organization")
    representation = get_object_or_404(rows, pk=pk)
    if representation.ended_on:
        messages.info(request, "This representation has ended already.")
        return redirect("members:staff_organization", key=representation.organization.key)
    now = timezone.now()
    today = site_today(now)
    carried = responsibilities_of(representation, now)
    form = EndRepresentationForm(request.POST or None, representation=representation, carried=carried, today=today)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_representation(
                actor=get_person(request),
                representation=representation,
                version=form.cleaned_data["version"],
                ended_on=form.cleaned_data["ended_on"],
                reason=form.cleaned_data["reason"],
                successors=form.chosen(),
                now=now,
                today=today,
            )
        except (OperationNotAllowedError, ValidationError) as refused:
            form.add_error(None, _sentence(refused))
        except EditConflictError as stale:
            form.see(stale.current)
            status = 409
        else:
            name, at = representation.person.name, representation.organization.short_name
            messages.success(request, f"{name} no longer represents {at}.")
            return redirect("members:staff_organization", key=representation.organization.key)
    context = {"form": form, "representation": representation, "carried": carried}
    return render(request, "overview/end_representation.html", context, status=status)


@staff_only
@require_http_methods(["GET", "POST"])
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account; what the person carries for each organization is handed over with the same press."""
    person = get_object_or_404(Person, pk=pk)
    now = timezone.now()
    standing = person.representations.current().select_related("person", "organization").order_by("pk")
    rows = [(row, responsibilities_of(row, now)) for row in standing]
    form = CloseAccountForm(request.POST or None, person=person, rows=rows)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operations.close_account(
                actor=get_person(request),
                person=person,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
                handoffs=form.handoffs,
                now=now,
                today=site_today(now),
                address=get_adapter(request).get_client_ip(request),
            )
        except (OperationNotAllowedError, ValidationError) as refused:
            form.add_error(None, _sentence(refused))
        except EditConflictError as stale:
            form.see(stale.current)
            status = 409
        else:
            messages.success(request, f"The account of {person.name} is closed, and what they carried is handed over.")
            return redirect("members:person", pk)
    context = {
        "form": form,
        "person": person,
        "rows": rows,
        "left": remaining_responsibilities(person) if not rows else None,
    }
    return render(request, "overview/close_account.html", context, status=status)


def _sentence(error: OperationNotAllowedError | ValidationError) -> str:
    return " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
