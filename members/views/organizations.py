"""The staff's pages of organizations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today, site_today
from core.pages import paginate
from members import operations
from members.forms import (
    FormerNameForm,
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
    """List all organizations, filtered by name, status, sector and a missing primary representative."""
    form = OrganizationFilter(request.GET)
    context = {"page": paginate(request, form.rows(), 50), "form": form, "statuses_with_rights": STATUSES_WITH_RIGHTS}
    return render(request, "members/staff_organizations.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def organization_add(request: HttpRequest) -> HttpResponse:
    """Add an organization. Inviting its primary representative is the next step."""
    form = OrganizationAddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        added = operations.add_organization(actor=get_person(request), today=local_today(), **form.values)
        text = _("%(name)s added. Next, invite its primary representative.")
        messages.success(request, text % {"name": added.name})
        return redirect("members:staff_organization", added.key)
    return render(request, "members/organization_add.html", {"form": form})


@staff_only
@require_safe
def staff_organization(request: HttpRequest, key: str) -> HttpResponse:
    """Show all about an organization: its people past and present, invitations, proposals and confirmations."""
    organization = get_object_or_404(Organization.objects.select_related("sector", "merged_into"), key=key)
    now = timezone.now()
    representations = list(organization.representations.select_related("person").order_by("kind", "-starts_on"))
    invitations = with_deliveries(organization.invitations.select_related("invited_by", "accepted_by"))
    current = [row for row in representations if row.ended_on is None]
    context = {
        "organization": organization,
        "former_names": organization.former_names.all(),
        "moves": status_moves(organization),
        "join_requests": organization.join_requests.all(),
        "current": current,
        "past": [row for row in representations if row.ended_on is not None],
        "invitations": [(row, row.state(now)) for row in invitations],
        "proposals": organization.proposals.select_related("proposed_by").order_by("-proposed_at"),
        "last_answer": last_answers([organization.pk]).get(organization.pk),
        "open_request": organization.confirmations.open().first(),
        "primary_invited": any(
            row.kind == RepresentationKind.PRIMARY and row.state(now) == InvitationState.PENDING for row in invitations
        ),
        "needs_primary": organization.status in STATUSES_WITH_RIGHTS
        and not any(row.kind == RepresentationKind.PRIMARY for row in current),
    }
    return render(request, "members/staff_organization.html", context)


@staff_only
@require_http_methods(["GET", "POST"])
def organization_edit(request: HttpRequest, key: str) -> HttpResponse:
    """Edit an organization's information."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    form = OrganizationForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_organization(
                actor=get_person(request),
                organization=organization,
                version=form.seen_version,
                today=local_today(),
                **form.values,
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("members:staff_organization", key)
    context = {"form": form, "organization": organization}
    return render(request, "members/organization_edit.html", context, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def organization_status(request: HttpRequest, key: str) -> HttpResponse:
    """Change an organization's status, with a date and a reason."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    form = StatusForm(request.POST or None, instance=organization, initial={"since_on": local_today(), "status": ""})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.change_status(
                actor=get_person(request),
                organization=organization,
                version=form.seen_version,
                now=timezone.now(),
                today=local_today(),
                **form.values,
            )
        if not form.errors:
            text = _("Status of %(name)s changed.")
            messages.success(request, text % {"name": organization.short_name})
            return redirect("members:staff_organization", key)
    # The form has put the entered values into its own instance, so the page shows the stored one.
    context = {"form": form, "organization": Organization.objects.get(pk=organization.pk)}
    return render(request, "members/organization_status.html", context, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def former_name_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a former name of an organization."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    form = FormerNameForm(request.POST or None, instance=FormerName(organization=organization))
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.add_former_name(
                actor=get_person(request), organization=organization, today=local_today(), **form.values
            )
        if not form.errors:
            messages.success(request, _("Former name added. Search now finds the organization by it."))
            return redirect("members:staff_organization", key)
    return render(request, "members/former_name.html", {"form": form, "organization": organization, "former": None})


@staff_only
@require_http_methods(["GET", "POST"])
def former_name_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct a former name or its date."""
    former = get_object_or_404(FormerName.objects.select_related("organization"), pk=pk)
    form = FormerNameForm(request.POST or None, instance=former)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_former_name(
                actor=get_person(request), former=former, version=form.seen_version, today=local_today(), **form.values
            )
        if not form.errors:
            messages.success(request, _("Changes saved."))
            return redirect("members:staff_organization", former.organization.key)
    context = {"form": form, "organization": former.organization, "former": former}
    return render(request, "members/former_name.html", context, status=form.http_status)


@staff_only
@require_http_methods(["GET", "POST"])
def representation_add(request: HttpRequest, key: str) -> HttpResponse:
    """Add a representative: a listed person, or a new one who cannot sign in until invited."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    form = RepresentationForm(request.POST or None, initial={"starts_on": site_today()})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            added = operations.appoint_representative(
                actor=get_person(request), organization=organization, today=site_today(), **form.cleaned_data
            )
        if not form.errors:
            text = _("%(person)s now represents %(organization)s.")
            messages.success(request, text % {"person": added.person.name, "organization": organization.short_name})
            return redirect("members:staff_organization", key)
    return render(request, "members/representation_add.html", {"form": form, "organization": organization})
