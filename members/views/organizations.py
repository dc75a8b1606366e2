"""What staff see and do with organizations."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today, site_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members import operations
from members.forms import (
    FormerNameForm,
    InviteForm,
    OrganizationAddForm,
    OrganizationFilter,
    OrganizationForm,
    RepresentationForm,
    StatusForm,
)
from members.models import FormerName, Organization
from members.queries import last_answers, status_moves, with_deliveries
from members.rules import STATUSES_WITH_RIGHTS, InvitationState, RepresentationKind


@staff_only
@require_safe
def staff_organizations(request: HttpRequest) -> HttpResponse:
    """All organizations, filtered by name, status, sector and a missing primary representative."""
    form = OrganizationFilter(request.GET)
    context = {"page": paginate(request, form.rows(), 50), "form": form, "statuses_with_rights": STATUSES_WITH_RIGHTS}
    return render(request, "members/staff_organizations.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def organization_add(request: HttpRequest) -> HttpResponse:
    """Add a member organization; inviting its primary representative comes next."""
    form = OrganizationAddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = operations.add_organization(actor=get_person(request), today=local_today(), **form.values)
        messages.success(request, f"{added.name} added. Invite its primary representative next.")
        return redirect("members:staff_organization", added.key)
    return render(request, "members/organization_add.html", {"form": form})


@staff_only
@require_safe
def staff_organization(request: HttpRequest, key: str) -> HttpResponse:
    """Everything staff keep on an organization: people past and present, invitations, proposals."""
    found = get_object_or_404(Organization.objects.select_related("sector", "merged_into"), key=key)
    now = timezone.now()
    representations = list(found.representations.select_related("person").order_by("kind", "-starts_on"))
    invitations = with_deliveries(found.invitations.select_related("invited_by", "accepted_by"))
    current = [row for row in representations if row.ended_on is None]
    context = {
        "organization": found,
        "former_names": found.former_names.all(),
        "moves": status_moves(found),
        "join_requests": found.join_requests.all(),
        "current": current,
        "past": [row for row in representations if row.ended_on is not None],
        "invitations": [(row, row.state(now)) for row in invitations],
        "proposals": found.proposals.select_related("proposed_by").order_by("-proposed_at"),
        "last_answer": last_answers([found.pk]).get(found.pk),
        "standing": found.confirmations.open().first(),
        "primary_invited": any(
            row.kind == RepresentationKind.PRIMARY and row.state(now) == InvitationState.PENDING for row in invitations
        ),
        "owes_primary": found.status in STATUSES_WITH_RIGHTS
        and not any(row.kind == RepresentationKind.PRIMARY for row in current),
    }
    return render(request, "members/staff_organization.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def organization_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Edit an organization's record."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    form = OrganizationForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_organization(
                actor=get_person(request),
                organization=found,
                version=form.seen_version,
                today=local_today(),
                **form.values,
            )
        if not form.errors:
            messages.success(request, "Record saved.")
            return redirect("members:staff_organization", key)
    return render(
        request, "members/organization_edit.html", {"form": form, "organization": found}, status=form.http_status
    )


@staff_only
@require_http_methods(["GET", "POST"])
def organization_status(request: HttpRequest, key: str) -> HttpResponse:
    """Move an organization to another status, with the date and the reason."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    form = StatusForm(request.POST or None, instance=found, initial={"since_on": local_today(), "status": ""})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            moved = operations.change_status(
                actor=get_person(request),
                organization=found,
                version=form.seen_version,
                now=timezone.now(),
                today=local_today(),
                **form.values,
            )
        except EditConflictError as stale:
            form.show_conflict(stale.current)
            status = 409
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{moved.short_name} is now {moved.get_status_display().lower()}.")
            return redirect("members:staff_organization", key)
    context = {"form": form, "organization": Organization.objects.get(pk=found.pk)}
    return render(request, "members/organization_status.html", context, status=status)


@staff_only
@require_http_methods(["GET", "POST"])
def former_name_add(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a name that an organization had before."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    form = FormerNameForm(request.POST or None, instance=FormerName(organization=found))
    if request.method == "POST" and form.is_valid():
        try:
            kept = operations.add_former_name(
                actor=get_person(request), organization=found, today=local_today(), **form.values
            )
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{found.short_name} is now found as {kept.name} too.")
            return redirect("members:staff_organization", key)
    return render(request, "members/former_name.html", {"form": form, "organization": found, "former": None})


@staff_only
@require_http_methods(["GET", "POST"])
def former_name_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a former name or its date."""
    former = get_object_or_404(FormerName.objects.select_related("organization"), pk=pk)
    form = FormerNameForm(request.POST or None, instance=former)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_former_name(
                actor=get_person(request), former=former, version=form.seen_version, today=local_today(), **form.values
            )
        if not form.errors:
            messages.success(request, "Former name saved.")
            return redirect("members:staff_organization", former.organization.key)
    context = {"form": form, "organization": former.organization, "former": former}
    return render(request, "members/former_name.html", context, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def representation_add(request: HttpRequest, key: str) -> HttpResponse:
    """Name somebody for an organization: a listed person, or a new one who cannot sign in until invited."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    form = RepresentationForm(request.POST or None, initial={"starts_on": site_today()})
    if request.method == "POST" and form.is_valid():
        try:
            added = operations.appoint_representative(
                actor=get_person(request), organization=found, today=site_today(), **form.cleaned_data
            )
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{added.person.name} now represents {found.short_name}.")
            return redirect("members:staff_organization", key)
    return render(request, "members/representation_add.html", {"form": form, "organization": found})


@staff_only
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Invite somebody to represent an organization."""
    found = get_object_or_404(Organization.objects.standing(), key=key)
    has_primary = found.representations.current().filter(kind=RepresentationKind.PRIMARY).exists()
    kind = RepresentationKind.REPRESENTATIVE if has_primary else RepresentationKind.PRIMARY
    form = InviteForm(request.POST or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        try:
            sent = operations.invite(
                actor=get_person(request),
                organization=found,
                now=timezone.now(),
                address=get_adapter(request).get_client_ip(request),
                **form.values,
            )
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"The invitation to {sent.email} goes out within a minute.")
            return redirect("members:staff_organization", key)
    return render(request, "members/invite.html", {"form": form, "organization": found})
