"""Invitations as staff see them, and what organizations propose."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from core.operations import Refused
from core.pages import page_of
from members import operations
from members.forms import InvitationFilter
from members.guards import person_of, staff_only
from members.models import Invitation
from members.queries import invitation_rows


@staff_only
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """All invitations with what became of them."""
    form = InvitationFilter(request.GET)
    now = timezone.now()
    page = page_of(request, invitation_rows(state=form.cleaned_data["state"] if form.is_valid() else "", now=now), 50)
    rows = [(row, row.state(now)) for row in page]
    return render(request, "members/invitations.html", {"page": page, "rows": rows, "form": form})


@staff_only
@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again with a new link; the old one opens nothing."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        operations.resend(
            actor=person_of(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"A new link goes to {invitation.email} within a minute. The old one is dead.")
    return _back(request, invitation)


@staff_only
@require_POST
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an invitation."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        operations.revoke(
            actor=person_of(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The invitation to {invitation.email} is withdrawn.")
    return _back(request, invitation)


def _back(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """To the page whose button was pressed."""
    back = request.POST.get("back", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("members:staff_organization", invitation.organization.key)
