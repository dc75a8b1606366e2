"""What organizations propose, side by side with what is stored."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from members import operations
from members.forms import AnswerForm
from members.models import Proposal
from members.operations.proposals import field_label
from members.queries import open_proposals
from members.rules import ProposalState


@dataclass(frozen=True)
class Comparison:
    """One proposed field: what the proposer saw, what is stored now and what is proposed."""

    label: str
    seen: str
    stored: str
    proposed: str

    @property
    def conflicts(self) -> bool:
        return self.seen != self.stored


@staff_only
@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """Proposals that wait for staff, the oldest first."""
    return render(request, "members/proposals.html", {"page": paginate(request, open_proposals())})


@staff_only
@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Compare a proposal with the record, and take it with one press or decline it with a reason."""
    found = get_object_or_404(Proposal.objects.select_related("organization", "proposed_by", "reviewed_by"), pk=pk)
    form = AnswerForm(request.POST or None, initial={"version": found.version})
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            said = _answer(request, found, form)
        except EditConflictError:
            status = 409
            form.add_error(None, "Somebody answered this proposal meanwhile. See below what became of it.")
            found.refresh_from_db()
        except OperationNotAllowedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("members:proposals")
    context = {"proposal": found, "rows": _compare(found), "form": form, "is_open": found.state == ProposalState.OPEN}
    return render(request, "members/proposal.html", context, status=status)


def _answer(request: HttpRequest, found: Proposal, form: AnswerForm) -> str:
    """Carry out the button that was pressed and say what happened."""
    name = found.organization.short_name
    if form.cleaned_data["act"] == "accept":
        left_out = operations.accept_proposal(
            actor=get_person(request),
            proposal=found,
            version=form.cleaned_data["version"],
            now=timezone.now(),
            today=local_today(),
        )
        fields = ", ".join(_label(field) for field in left_out)
        return f"The record of {name} is changed." + (f" Left as it was: {fields}." if fields else "")
    operations.decline_proposal(
        actor=get_person(request),
        proposal=found,
        version=form.cleaned_data["version"],
        answer=form.cleaned_data["answer"],
        now=timezone.now(),
    )
    return f"The proposal for {name} is declined."


def _compare(found: Proposal) -> list[Comparison]:
    return [
        Comparison(_label(name), str(found.seen.get(name, "")), str(getattr(found.organization, name)), str(value))
        for name, value in found.values.items()
    ]


def _label(name: str) -> str:
    return field_label(name).capitalize()
