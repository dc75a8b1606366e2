"""What staff see and do with people; the portal role is an administrator's."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import operations
from accounts.decorators import get_person, staff_only
from accounts.forms import PersonForm, RoleForm
from accounts.models import Person, SecurityEvent
from accounts.permissions import can_change_role, can_view_as
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members.queries import people_search


@staff_only
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """All people, searched by name, address or position."""
    q = request.GET.get("q", "").strip()
    return render(request, "members/people.html", {"page": paginate(request, people_search(q), 50), "q": q})


@staff_only
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: contact data, representations, what happened to the account."""
    found = get_object_or_404(Person, pk=pk)
    rows = list(found.representations.select_related("organization").order_by("-starts_on"))
    context = {
        "person": found,
        "current": [row for row in rows if row.ended_on is None],
        "past": [row for row in rows if row.ended_on is not None],
        "events": SecurityEvent.objects.filter(person=found).select_related("actor")[:10],
        "may_change_role": can_change_role(request.user),
        "may_view_as": can_view_as(request.user, found),
    }
    return render(request, "members/person.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def person_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit a person's record."""
    found = get_object_or_404(Person, pk=pk)
    form = PersonForm(request.POST or None, instance=found)
    return _write(
        request,
        found,
        form,
        "members/person_edit.html",
        "Record saved.",
        lambda **who: operations.edit_person(version=form.seen_version, **who, **form.values),
    )


@staff_only
@require_http_methods(["GET", "POST"])
def person_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a portal role; every session of the person ends."""
    if not can_change_role(request.user):
        raise PermissionDenied("Only an administrator sets a portal role.")
    found = get_object_or_404(Person, pk=pk)
    form = RoleForm(request.POST or None, instance=found)
    return _write(
        request,
        found,
        form,
        "members/person_role.html",
        "Portal role set. Every session of this person has ended.",
        lambda **who: operations.set_portal_role(
            version=form.seen_version, role=form.cleaned_data["portal_role"], **who
        ),
    )


@staff_only
@require_POST
def person_reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    found = get_object_or_404(Person, pk=pk)
    try:
        operations.reactivate_person(
            actor=get_person(request),
            person=found,
            version=None,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    except OperationNotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The account of {found.name} is open again.")
    return redirect("members:person", pk)


def _write(
    request: HttpRequest,
    found: Person,
    form: PersonForm | RoleForm,
    template: str,
    done: str,
    operation: Callable[..., Person],
) -> HttpResponse:
    """The beats that the forms on a person share: check, act, answer, show a stale edit or a refusal."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            operation(
                actor=get_person(request),
                person=found,
                now=timezone.now(),
                address=get_adapter(request).get_client_ip(request),
            )
        except EditConflictError as stale:
            status = 409
            form.show_conflict(stale.current)
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("members:person", found.pk)
    context = {"form": form, "person": Person.objects.get(pk=found.pk)}
    return render(request, template, context, status=status)
