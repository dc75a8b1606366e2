"""Invitations as staff see them, and what organizations propose."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from core.operations import OperationNotAllowedError
from core.pages import paginate
from members import operations
from members.emails import invitation_ahead
from members.forms import InvitationFilter, InviteAllForm, ResendAllForm
from members.models import Invitation
from members.operations.invitations import Sent
from members.queries import invitation_rows, not_invited, unanswered_invitations, with_deliveries

# How many go out by one press; a form may carry a thousand boxes.
IMMEDIATE = 500


@staff_only
@require_safe
def invitations(request: HttpRequest) -> HttpResponse:
    """All invitations with what became of them."""
    form = InvitationFilter(request.GET)
    now = timezone.now()
    page = paginate(request, invitation_rows(state=form.cleaned_data["state"] if form.is_valid() else "", now=now), 50)
    rows = [(row, row.state(now)) for row in with_deliveries(page)]
    return render(request, "members/invitations.html", {"page": page, "rows": rows, "form": form})


@staff_only
@require_http_methods(["GET", "POST"])
def invite_all(request: HttpRequest) -> HttpResponse:
    """Everybody who could be invited, with boxes to leave some out, and the mail as its receiver will see it."""
    now, actor = timezone.now(), get_person(request)
    waiting, unanswered = not_invited(), unanswered_invitations()[:IMMEDIATE]
    listed = waiting[:IMMEDIATE]
    form = InviteAllForm(request.POST if request.method == "POST" else None, listed=listed)
    if request.method == "POST" and form.is_valid():
        address = get_adapter(request).get_client_ip(request)
        sent = operations.invite_all(actor=actor, representations=form.cleaned_data["people"], now=now, address=address)
        _add_sent_message(request, sent)
        return redirect("members:invitations")
    chosen = request.POST.getlist("people") if request.method == "POST" else [str(row.pk) for row in listed]
    context = {
        "form": form,
        "waiting": len(waiting),
        "listed": [(row, str(row.pk) in chosen) for row in listed],
        "unanswered": [(row, row.state(now)) for row in unanswered],
        "mail": invitation_ahead(listed[0], actor, now) if listed else None,
    }
    return render(request, "members/invite_all.html", context)


@staff_only
@require_POST
def resend_all(request: HttpRequest) -> HttpResponse:
    """Send the chosen invitations that nobody has answered again."""
    form = ResendAllForm(request.POST, unanswered=unanswered_invitations()[:IMMEDIATE])
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("members:invite_all")
    sent = operations.resend_all(
        actor=get_person(request),
        invitations=form.cleaned_data["invitations"],
        now=timezone.now(),
        address=get_adapter(request).get_client_ip(request),
    )
    _add_sent_message(request, sent)
    return redirect("members:invitations")


def _add_sent_message(request: HttpRequest, sent: Sent) -> None:
    count = len(sent.invitations)
    if count:
        messages.success(request, f"{count} invitation{' goes' if count == 1 else 's go'} out within a minute.")
    for reason in sent.refused:
        messages.error(request, reason)


@staff_only
@require_POST
def invitation_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send an invitation again with a new link; the old one opens nothing."""
    invitation = get_object_or_404(Invitation, pk=pk)
    try:
        operations.resend(
            actor=get_person(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    except OperationNotAllowedError as error:
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
            actor=get_person(request),
            invitation=invitation,
            now=timezone.now(),
            address=get_adapter(request).get_client_ip(request),
        )
    except OperationNotAllowedError as error:
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
