"""An organization's page, what its people propose, and the link of an invitation."""

from allauth.account.adapter import get_adapter
from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person
from accounts.models import Person
from accounts.permissions import is_staff, signed_in
from core.dates import site_today
from core.operations import EditConflictError, OperationNotAllowedError
from members import operations
from members.forms import AcceptForm, ProposalForm
from members.models import Invitation, Organization
from members.permissions import can_propose, organizations_visible_to, represents, rights_of
from members.queries import invitation_case
from members.rules import InvitationLinkStatus, ProposalState
from members.tokens import hash_token

# What a browser is told about an invitation that no longer works: it was there and is gone.
_GONE = {
    InvitationLinkStatus.USED,
    InvitationLinkStatus.EXPIRED,
    InvitationLinkStatus.REVOKED,
    InvitationLinkStatus.CLOSED,
}


@login_not_required
@require_safe
def organization(request: HttpRequest, key: str) -> HttpResponse:
    """An organization's public record; its people for members; their contact data for its own people and staff."""
    visible = organizations_visible_to(request.user)
    merged = visible.filter(pk__in=Organization.objects.merged(key).values("merged_into")).first()
    if merged:
        return redirect("members:organization", merged.key, permanent=True)
    found = get_object_or_404(visible.select_related("sector"), key=key)
    is_member = is_staff(request.user) or rights_of(request.user).exists()
    may_propose = can_propose(request.user, found)
    people = found.representations.current().select_related("person").order_by("kind", "person__name")
    context = {
        "organization": found,
        "former_names": found.former_names.all(),
        "representations": people if is_member else [],
        "is_member": is_member,
        "shows_contact": is_staff(request.user) or represents(request.user, found),
        "can_propose": may_propose,
        "open_proposal": found.proposals.filter(state=ProposalState.OPEN).first() if may_propose else None,
        "is_staff": is_staff(request.user),
    }
    return render(request, "members/organization.html", context)


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """The primary representative or an alternate asks staff to change the public record."""
    actor = get_person(request)
    found = get_object_or_404(organizations_visible_to(actor), key=key)
    if not can_propose(actor, found):
        raise PermissionDenied(
            "The primary representative and the alternates of an organization propose changes to it."
        )
    form = ProposalForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            operations.propose(
                actor=actor,
                organization=found,
                version=form.seen_version,
                values=form.proposed,
                now=timezone.now(),
                **form.notes,
            )
        except EditConflictError as stale:
            form.show_conflict(stale.current)
            return render(request, "members/propose.html", {"form": form, "organization": found}, status=409)
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Sent to staff. The record changes once they accept.")
            return redirect("members:organization", found.key)
    return render(request, "members/propose.html", {"form": form, "organization": found})


@never_cache
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind an invitation's link: the way in, or the page of its case. A token that never was is a 404."""
    invitation = Invitation.objects.select_related("organization").filter(token_hash=hash_token(token)).first()
    if invitation is None:
        return render(request, "members/invitation_unknown.html", status=404)
    visitor = request.user if signed_in(request.user) else None
    now = timezone.now()
    case = invitation_case(invitation, visitor, now)
    if case not in (InvitationLinkStatus.FRESH, InvitationLinkStatus.KNOWN):
        return _say_case(request, invitation, visitor)
    initial = {"name": invitation.name}
    form = AcceptForm(request.POST or None, email=invitation.email, initial=initial)
    if request.method != "POST":
        operations.note_opened(invitation=invitation, now=now)
    elif visitor if case == InvitationLinkStatus.KNOWN else form.is_valid():
        return _accept(request, invitation, case, visitor, form)
    return render(request, "members/invitation.html", {"invitation": invitation, "case": case, "form": form})


def _accept(
    request: HttpRequest, invitation: Invitation, case: InvitationLinkStatus, visitor: Person | None, form: AcceptForm
) -> HttpResponse:
    is_fresh = case == InvitationLinkStatus.FRESH
    try:
        person = operations.accept_invitation(
            invitation=invitation,
            visitor=visitor,
            name=form.cleaned_data["name"] if is_fresh else invitation.name,
            password=(form.cleaned_data["password"] or None) if is_fresh else None,
            now=timezone.now(),
            today=site_today(),
            address=get_adapter(request).get_client_ip(request),
        )
    except OperationNotAllowedError:
        return _say_case(request, invitation, visitor)
    messages.success(request, f"Welcome. You now represent {invitation.organization.name}.")
    return redirect("overview:home") if visitor else perform_login(request, person, email=person.email)


def _say_case(request: HttpRequest, invitation: Invitation, visitor: Person | None) -> HttpResponse:
    # Somebody may have accepted since it was read, and then that is its case.
    invitation.refresh_from_db()
    case = invitation_case(invitation, visitor, timezone.now())
    context = {"invitation": invitation, "case": case, "cases": InvitationLinkStatus}
    return render(request, "members/invitation_case.html", context, status=410 if case in _GONE else 200)
