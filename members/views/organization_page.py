"""The public page of an organization."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from members.models import Organization
from members.permissions import can_propose, organizations_visible_to, represents, rights_of
from members.rules import ProposalState


@login_not_required
@require_safe
def organization(request: HttpRequest, key: str) -> HttpResponse:
    """Show an organization's public information, and its people to members.

    Contact data is shown to staff and to the organization's own people. A merged organization redirects to the one it
    was merged into.
    """
    visible = organizations_visible_to(request.user)
    merged = visible.filter(pk__in=Organization.objects.merged(key).values("merged_into")).first()
    if merged:
        return redirect("members:organization", merged.key, permanent=True)
    organization = get_object_or_404(visible.select_related("sector"), key=key)
    is_member = is_staff(request.user) or rights_of(request.user).exists()
    may_propose = can_propose(request.user, organization)
    people = organization.representations.current().select_related("person").order_by("kind", "person__name")
    context = {
        "organization": organization,
        "former_names": organization.former_names.all(),
        "representations": people if is_member else [],
        "is_member": is_member,
        "shows_contact": is_staff(request.user) or represents(request.user, organization),
        "can_propose": may_propose,
        "open_proposal": organization.proposals.filter(state=ProposalState.OPEN).first() if may_propose else None,
        "is_staff": is_staff(request.user),
    }
    return render(request, "members/organization.html", context)
