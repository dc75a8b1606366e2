"""The page behind an invitation's link."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import Person
from accounts.permissions import signed_in
from core.dates import site_today
from core.operations import OperationNotAllowedError
from members import operations
from members.forms import AcceptForm
from members.models import Invitation
from members.queries import invitation_link_status
from members.rules import InvitationLinkStatus
from members.tokens import hash_token

# The link statuses that are answered with 410 Gone: the invitation no longer exists.
_GONE = {
    InvitationLinkStatus.USED,
    InvitationLinkStatus.EXPIRED,
    InvitationLinkStatus.REVOKED,
    InvitationLinkStatus.CLOSED,
}


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show the form to accept an invitation, or why it can't be accepted. An unknown token gets a 404."""
    invitation = Invitation.objects.select_related("organization").filter(token_hash=hash_token(token)).first()
    if invitation is None:
        return render(request, "members/invitation_unknown.html", status=404)
    visitor = request.user if signed_in(request.user) else None
    now = timezone.now()
    status = invitation_link_status(invitation, visitor, now)
    if not status.is_open:
        return _render_link_status(request, invitation, visitor)
    form = AcceptForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method != "POST":
        operations.record_opened(invitation=invitation, now=now)
    elif visitor if status == InvitationLinkStatus.KNOWN else form.is_valid():
        return _accept(request, invitation, status, visitor, form)
    return render(request, "members/invitation.html", {"invitation": invitation, "case": status, "form": form})


def _accept(
    request: HttpRequest,
    invitation: Invitation,
    status: InvitationLinkStatus,
    visitor: Person | None,
    form: AcceptForm,
) -> HttpResponse:
    """Accept the invitation, and sign a new account in."""
    is_new = status == InvitationLinkStatus.FRESH
    try:
        person = operations.accept_invitation(
            invitation=invitation,
            visitor=visitor,
            name=form.cleaned_data["name"] if is_new else invitation.name,
            password=(form.cleaned_data["password"] or None) if is_new else None,
            now=timezone.now(),
            today=site_today(),
            address=get_adapter(request).get_client_ip(request),
        )
    except OperationNotAllowedError:
        return _render_link_status(request, invitation, visitor)
    messages.success(request, _("Welcome. You now represent %(name)s.") % {"name": invitation.organization.name})
    return redirect("overview:home") if visitor else perform_login(request, person, email=person.email)


def _render_link_status(request: HttpRequest, invitation: Invitation, visitor: Person | None) -> HttpResponse:
    """Show why the invitation can't be accepted. It is read again: it may have just been accepted."""
    invitation.refresh_from_db()
    status = invitation_link_status(invitation, visitor, timezone.now())
    context = {"invitation": invitation, "case": status, "cases": InvitationLinkStatus}
    return render(request, "members/invitation_case.html", context, status=410 if status in _GONE else 200)
