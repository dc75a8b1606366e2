"""The staff's pages of people; only administrators set portal roles."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations
from accounts.decorators import get_person, staff_only
from accounts.forms import PersonForm, RoleForm
from accounts.models import Person, SecurityEvent
from accounts.permissions import (
    ADMINISTRATORS_MANAGE_STAFF,
    ADMINISTRATORS_SET_ROLES,
    can_change_role,
    can_manage_account,
    can_view_as,
)
from core.operations import require_permission
from core.pages import paginate, report_errors
from members.queries import people_search


@staff_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """List all people, searched by name, address or position."""
    q = request.GET.get("q", "").strip()
    return render(request, "members/people.html", {"page": paginate(request, people_search(q), 50), "q": q})


@staff_only
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a person: contact data, representations, and the latest security events of the account."""
    person = get_object_or_404(Person, pk=pk)
    rows = list(person.representations.select_related("organization").order_by("-starts_on"))
    context = {
        "person": person,
        "current": [row for row in rows if row.ended_on is None],
        "past": [row for row in rows if row.ended_on is not None],
        "events": SecurityEvent.objects.filter(person=person).select_related("actor")[:10],
        "may_change_role": can_change_role(request.user),
        "may_view_as": can_view_as(request.user, person),
    }
    return render(request, "members/person.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a person's record."""
    person = get_object_or_404(Person, pk=pk)
    require_permission(can_manage_account(request.user, person), ADMINISTRATORS_MANAGE_STAFF)
    form = PersonForm(request.POST or None, instance=person)
    return _handle_form(
        request,
        person,
        form,
        "members/person_edit.html",
        _("Changes saved."),
        lambda **common: operations.edit_person(version=form.seen_version, **common, **form.values),
    )


@staff_only
@require_http_methods(["GET", "POST"])
def person_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a person's portal role, which ends all of their sessions."""
    require_permission(can_change_role(request.user), ADMINISTRATORS_SET_ROLES)
    person = get_object_or_404(Person, pk=pk)
    form = RoleForm(request.POST or None, instance=person)
    return _handle_form(
        request,
        person,
        form,
        "members/person_role.html",
        _("Portal role changed. All sessions of this person have ended."),
        lambda **common: operations.set_portal_role(
            version=form.seen_version, role=form.cleaned_data["portal_role"], **common
        ),
    )


@staff_only
@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Reopen a closed account."""
    person = get_object_or_404(Person, pk=pk)
    with report_errors(request) as report:
        operations.reactivate_person(
            actor=get_person(request),
            person=person,
            version=None,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    if report.ok:
        messages.success(request, _("Account of %(name)s reopened.") % {"name": person.name})
    return redirect("members:person", pk)


def _handle_form(
    request: HttpRequest,
    person: Person,
    form: PersonForm | RoleForm,
    template: str,
    success_message: str,
    operation: Callable[..., Person],
) -> HttpResponse:
    """Show a form of a person, and call the operation when it is submitted."""
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operation(
                actor=get_person(request),
                person=person,
                now=timezone.now(),
                address=get_adapter(request).get_client_ip(request),
            )
        if not form.errors:
            messages.success(request, success_message)
            return redirect("members:person", person.pk)
    # The form has put the entered values into its own instance, so the page shows the stored one.
    context = {"form": form, "person": Person.objects.get(pk=person.pk)}
    return render(request, template, context, status=form.http_status)
