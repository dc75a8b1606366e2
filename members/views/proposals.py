"""Proposed changes to an organization's information: proposing them, and the staff's answer."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.operations import require_permission
from core.pages import paginate
from members import operations
from members.forms import ProposalAnswerForm, ProposalForm
from members.models import Proposal
from members.operations.proposals import field_label
from members.permissions import MANAGERS_ONLY, can_propose, organizations_visible_to
from members.queries import open_proposals
from members.rules import ProposalState


@require_http_methods(["GET", "POST"])
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Let the primary representative or an alternate propose changes to the public information."""
    actor = get_person(request)
    organization = get_object_or_404(organizations_visible_to(actor), key=key)
    require_permission(can_propose(actor, organization), MANAGERS_ONLY)
    form = ProposalForm(request.POST or None, instance=organization)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.propose(
                actor=actor,
                organization=organization,
                version=form.seen_version,
                values=form.proposed,
                now=timezone.now(),
                **form.notes,
            )
        if not form.errors:
            messages.success(request, _("Changes sent to staff. They are published after staff accept them."))
            return redirect("members:organization", organization.key)
    context = {"form": form, "organization": organization}
    return render(request, "members/propose.html", context, status=form.http_status)


@dataclass(frozen=True)
class FieldComparison:
    """One proposed field: the value that the proposer saw, the stored value, and the proposed one."""

    label: str
    seen: str
    stored: str
    proposed: str

    @property
    def conflicts(self) -> bool:
        """Whether the stored value is no longer the one the proposer saw."""
        return self.seen != self.stored


@staff_only
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """List the proposals that are waiting for staff, the oldest first."""
    return render(request, "members/proposals.html", {"page": paginate(request, open_proposals())})


@staff_only
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare a proposal with the stored values, and accept or decline it."""
    rows = Proposal.objects.select_related("organization", "proposed_by", "reviewed_by")
    proposal = get_object_or_404(rows, pk=pk)
    form = ProposalAnswerForm(request.POST or None, initial={"version": proposal.version})
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            text = _answer(request, proposal, form)
        if not form.errors:
            messages.success(request, text)
            return redirect("members:proposals")
        proposal.refresh_from_db()
    context = {
        "proposal": proposal,
        "rows": _compare(proposal),
        "form": form,
        "is_open": proposal.state == ProposalState.OPEN,
    }
    return render(request, "members/proposal.html", context, status=form.http_status)


def _answer(request: HttpRequest, proposal: Proposal, form: ProposalAnswerForm) -> str:
    """Accept or decline the proposal, and return the text that tells the person so."""
    values = {"actor": get_person(request), "proposal": proposal, "version": form.cleaned_data["version"]}
    name = proposal.organization.short_name
    if form.cleaned_data["act"] == "decline":
        operations.decline_proposal(**values, answer=form.cleaned_data["answer"], now=timezone.now())
        return _("Proposal for %(name)s declined.") % {"name": name}
    left_out = operations.accept_proposal(**values, now=timezone.now(), today=local_today())
    if not left_out:
        return _("Proposal for %(name)s accepted.") % {"name": name}
    fields = get_text_list([field_label(field) for field in left_out], _("and"))
    return _("Proposal for %(name)s accepted. Not changed: %(fields)s.") % {"name": name, "fields": fields}


def _compare(proposal: Proposal) -> list[FieldComparison]:
    stored = proposal.organization
    return [
        FieldComparison(
            capfirst(field_label(name)), str(proposal.seen.get(name, "")), str(getattr(stored, name)), str(value)
        )
        for name, value in proposal.values.items()
    ]
