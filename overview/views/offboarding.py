"""A person leaves an organization or the portal; staff reassign the person's responsibilities first."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import site_today
from members.models import Representation
from overview import operations
from overview.forms.offboarding import CloseAccountForm, EndRepresentationForm
from overview.queries.offboarding import remaining_responsibilities, responsibilities_of


@staff_only
@require_http_methods(["GET", "POST"])
def end_representation(request: HttpRequest, pk: int) -> HttpResponse:
    """End a representation and choose a successor for each of the person's responsibilities."""
    rows = Representation.objects.select_related("person", "organization")
    representation = get_object_or_404(rows, pk=pk)
    organization = representation.organization
    if representation.ended_on:
        messages.info(request, _("This representation has already ended."))
        return redirect("members:staff_organization", key=organization.key)
    now = timezone.now()
    today = site_today(now)
    responsibilities = responsibilities_of(representation, now)
    form = EndRepresentationForm(
        request.POST or None, representation=representation, responsibilities=responsibilities, today=today
    )
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.end_representation(
                actor=get_person(request),
                representation=representation,
                version=form.cleaned_data["version"],
                ended_on=form.cleaned_data["ended_on"],
                reason=form.cleaned_data["reason"],
                successors=form.successors(),
                now=now,
                today=today,
            )
        if not form.errors:
            names = {"person": representation.person.name, "organization": organization.short_name}
            messages.success(request, _("%(person)s no longer represents %(organization)s.") % names)
            return redirect("members:staff_organization", key=organization.key)
    context = {"form": form, "representation": representation, "responsibilities": responsibilities}
    return render(request, "overview/end_representation.html", context, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def close_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account and choose a successor for each of the person's responsibilities."""
    person = get_object_or_404(Person, pk=pk)
    now = timezone.now()
    current = person.representations.current().select_related("person", "organization").order_by("pk")
    rows = [(row, responsibilities_of(row, now)) for row in current]
    form = CloseAccountForm(request.POST or None, person=person, rows=rows)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
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
        if not form.errors:
            messages.success(request, _("Account of %(person)s closed.") % {"person": person.name})
            return redirect("members:person", pk)
    context = {
        "form": form,
        "person": person,
        "rows": rows,
        "remaining": remaining_responsibilities(person) if not rows else None,
    }
    return render(request, "overview/close_account.html", context, status=form.http_status)
