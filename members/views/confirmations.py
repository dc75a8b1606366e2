"""The yearly confirmation: answering it by an emailed link or signed in, and the staff's follow-up."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from accounts.models import Person
from core.dates import local_today
from core.operations import require_permission
from core.pages import get_next_url, paginate, report_errors
from members import operations
from members.forms import ConfirmationFilter, OnBehalfForm, ProposalForm
from members.models import Confirmation, Organization
from members.permissions import MANAGERS_ONLY, can_confirm, organizations_visible_to
from members.queries import confirmation_link_status, confirmation_rows, last_answers
from members.rules import CONFIRMING_KINDS, ConfirmationLinkStatus, ConfirmedVia, RepresentationKind
from members.tokens import read_confirmation_token


@never_cache
@login_not_required
@csrf_exempt  # the signed link is the authority, and an email program's own browser may keep no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_link(request: HttpRequest, token: str) -> HttpResponse:
    """Show the request behind an emailed link, and answer it on POST. The link answers once; opening does nothing."""
    known = read_confirmation_token(token)
    if known is None:
        raise Http404
    confirmation, person = known
    status = confirmation_link_status(confirmation, person, timezone.now())
    if status != ConfirmationLinkStatus.OPEN:
        context = {"confirmation": confirmation, "person": person, "case": status}
        return render(request, "members/confirmation_case.html", context, status=410)
    url = reverse("members:confirm_link", args=[token])
    return _handle_request(request, person, confirmation.organization, confirmation, ConfirmedVia.LINK, url)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Let the primary representative or an alternate confirm the information, with or without a request."""
    actor = get_person(request)
    organization = get_object_or_404(organizations_visible_to(actor).select_related("sector"), key=key)
    require_permission(can_confirm(actor, organization), MANAGERS_ONLY)
    open_request = organization.confirmations.open().first()
    next_url = get_next_url(request, reverse("members:organization", args=[key]))
    return _handle_request(request, actor, organization, open_request, ConfirmedVia.SIGNED_IN, next_url)


def _handle_request(
    request: HttpRequest,
    person: Person,
    organization: Organization,
    confirmation: Confirmation | None,
    via: ConfirmedVia,
    next_url: str,
) -> HttpResponse:
    """Show the information with the form for changes, and store the answer: correct as it is, or with changes."""
    is_change = request.method == "POST" and request.POST.get("act") == "change"
    form = ProposalForm(request.POST if is_change else None, instance=organization)
    if request.method == "POST" and not is_change:
        with report_errors(request) as report:
            operations.confirm_organization(**_common_values(person, organization, via))
        if report.ok:
            text = _("Thank you. The information of %(name)s is confirmed.")
            messages.success(request, text % {"name": organization.short_name})
        return redirect(next_url)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.confirm_with_changes(
                version=form.seen_version,
                values=form.proposed,
                **form.notes,
                **_common_values(person, organization, via),
            )
        if not form.errors:
            text = _("Thank you. Your changes were sent to staff. They are published after staff accept them.")
            messages.success(request, text)
            return redirect(next_url)
    context = _request_context(person, organization, confirmation, form, via)
    return render(request, "members/confirm.html", context, status=form.http_status)


def _common_values(person: Person, organization: Organization, via: ConfirmedVia) -> dict[str, Any]:
    now = timezone.now()
    return {"actor": person, "organization": organization, "via": via, "now": now, "today": local_today(now)}


def _request_context(
    person: Person,
    organization: Organization,
    confirmation: Confirmation | None,
    form: ProposalForm,
    via: ConfirmedVia,
) -> dict[str, Any]:
    kinds = list(RepresentationKind)
    people = organization.representations.current().select_related("person").order_by("person__name")
    return {
        # The form has put the entered values into its own instance, so the page shows the stored one.
        "organization": Organization.objects.select_related("sector").get(pk=organization.pk),
        "person": person,
        "confirmation": confirmation,
        "form": form,
        "people": sorted(people, key=lambda row: kinds.index(RepresentationKind(row.kind))),
        "by_link": via == ConfirmedVia.LINK,
        "last": last_answers([organization.pk]).get(organization.pk),
    }


@staff_only
@require_http_methods(["GET", "POST"])
def confirm_on_behalf(request: HttpRequest, key: str) -> HttpResponse:
    """Let staff enter that a contact of an organization confirmed its information."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    contacts = organization.representations.current().filter(kind__in=CONFIRMING_KINDS).values("person")
    form = OnBehalfForm(request.POST or None, people=Person.objects.filter(pk__in=contacts, is_active=True))
    if request.method == "POST" and form.is_valid():
        on_behalf = form.on_behalf(timezone.now())
        with form.collect_errors():
            operations.confirm_organization(
                actor=get_person(request),
                organization=organization,
                via=ConfirmedVia.STAFF,
                now=on_behalf.at,
                today=local_today(on_behalf.at),
                on_behalf=on_behalf,
            )
        if not form.errors:
            text = _("Confirmation entered on behalf of %(name)s.")
            messages.success(request, text % {"name": on_behalf.person.name})
            return redirect(get_next_url(request, reverse("members:staff_organization", args=[key])))
    return render(request, "members/confirm_on_behalf.html", {"form": form, "organization": organization})


@staff_only
@require_safe
def confirmations(request: HttpRequest) -> HttpResponse:
    """List active organizations with their last confirmation, their open request and its stage."""
    form = ConfirmationFilter(request.GET)
    rows = confirmation_rows(local_today(), form.cleaned_data["state"] if form.is_valid() else "")
    return render(request, "members/confirmations.html", {"page": paginate(request, rows, 50), "form": form})
