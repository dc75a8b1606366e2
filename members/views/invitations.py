"""The staff's pages of invitations."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from core.pages import get_next_url, paginate, report_errors
from members import operations
from members.emails import preview_invitation
from members.forms import InvitationFilter, InviteAllForm, InviteForm, ResendAllForm
from members.models import Invitation, Organization
from members.operations.invitations import InvitationResults
from members.queries import invitation_rows, not_invited, unanswered_invitations, with_deliveries
from members.rules import RepresentationKind

# How many invitations are sent at once: a form must not have more than 1,000 fields.
MAX_AT_ONCE = 500


@staff_only
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """List all invitations with their state."""
    form = InvitationFilter(request.GET)
    now = timezone.now()
    page = paginate(request, invitation_rows(state=form.cleaned_data["state"] if form.is_valid() else "", now=now), 50)
    rows = [(row, row.state(now)) for row in with_deliveries(page)]
    return render(request, "members/invitations.html", {"page": page, "rows": rows, "form": form})


@staff_only
@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, key: str) -> HttpResponse:
    """Invite a person to represent an organization."""
    organization = get_object_or_404(Organization.objects.standing(), key=key)
    has_primary = organization.representations.current().filter(kind=RepresentationKind.PRIMARY).exists()
    kind = RepresentationKind.REPRESENTATIVE if has_primary else RepresentationKind.PRIMARY
    form = InviteForm(request.POST or None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.invite(
                actor=get_person(request),
                organization=organization,
                now=timezone.now(),
                address=get_adapter(request).get_client_ip(request),
                **form.values,
            )
        if not form.errors:
            text = _("Invitation to %(email)s will be sent within a minute.")
            messages.success(request, text % {"email": form.values["email"]})
            return redirect("members:staff_organization", key)
    return render(request, "members/invite.html", {"form": form, "organization": organization})


@staff_only
@require_http_methods(["GET", "POST"])
def invite_all(request: HttpRequest) -> HttpResponse:
    """Invite all people who can be invited, except those who are deselected. Shows a preview of the email."""
    now, actor = timezone.now(), get_person(request)
    invitable, unanswered = not_invited(), unanswered_invitations()[:MAX_AT_ONCE]
    listed = invitable[:MAX_AT_ONCE]
    form = InviteAllForm(request.POST if request.method == "POST" else None, listed=listed)
    if request.method == "POST" and form.is_valid():
        address = get_adapter(request).get_client_ip(request)
        results = operations.invite_all(
            actor=actor, representations=form.cleaned_data["people"], now=now, address=address
        )
        _add_result_messages(request, results)
        return redirect("members:invitations")
    selected = request.POST.getlist("people") if request.method == "POST" else [str(row.pk) for row in listed]
    context = {
        "form": form,
        "waiting": len(invitable),
        "listed": [(row, str(row.pk) in selected) for row in listed],
        "unanswered": [(row, row.state(now)) for row in unanswered],
        "mail": preview_invitation(listed[0], actor, now) if listed else None,
    }
    return render(request, "members/invite_all.html", context)


@staff_only
@require_POST
def resend_all(request: HttpRequest) -> HttpResponse:
    """Send the selected open and expired invitations again."""
    form = ResendAllForm(request.POST, unanswered=unanswered_invitations()[:MAX_AT_ONCE])
    if not form.is_valid():
        for errors in form.errors.values():
            for error in errors:
                messages.error(request, str(error))
        return redirect("members:invite_all")
    results = operations.resend_all(
        actor=get_person(request),
        invitations=form.cleaned_data["invitations"],
        now=timezone.now(),
        address=get_adapter(request).get_client_ip(request),
    )
    _add_result_messages(request, results)
    return redirect("members:invitations")


def _add_result_messages(request: HttpRequest, results: InvitationResults) -> None:
    count = len(results.invitations)
    if count:
        text = ngettext(
            "%(count)d invitation will be sent within a minute.",
            "%(count)d invitations will be sent within a minute.",
            count,
        )
        messages.success(request, text % {"count": count})
    for reason in results.refusals:
        messages.error(request, reason)


@staff_only
@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again, with a new link. The old link no longer works."""
    invitation = get_object_or_404(Invitation, pk=pk)
    with report_errors(request) as report:
        operations.resend(
            actor=get_person(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    if report.ok:
        text = _("A new link will be sent to %(email)s within a minute. The old link no longer works.")
        messages.success(request, text % {"email": invitation.email})
    return redirect(_next_url(request, invitation))


@staff_only
@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke an invitation."""
    invitation = get_object_or_404(Invitation, pk=pk)
    with report_errors(request) as report:
        operations.revoke(
            actor=get_person(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    if report.ok:
        messages.success(request, _("Invitation to %(email)s revoked.") % {"email": invitation.email})
    return redirect(_next_url(request, invitation))


def _next_url(request: HttpRequest, invitation: Invitation) -> str:
    """Return the page with the button, or the organization's page."""
    return get_next_url(request, reverse("members:staff_organization", args=[invitation.organization.key]))
