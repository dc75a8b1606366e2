"""Proposals and requests to join, as lists that staff work through."""

from django.db.models import QuerySet

from members.models import JoinRequest, Proposal
from members.rules import JoinRequestState, ProposalState


def open_proposals() -> QuerySet[Proposal]:
    """Return the proposals that are waiting for staff, the oldest first."""
    return Proposal.objects.filter(state=ProposalState.OPEN).select_related("organization", "proposed_by")


def waiting_join_requests() -> QuerySet[JoinRequest]:
    """Return the requests to join that are waiting for staff, the oldest first."""
    return join_request_rows(state=JoinRequestState.WAITING)


def join_request_rows(*, state: str) -> QuerySet[JoinRequest]:
    """Return the requests to join in one state, the oldest first."""
    return JoinRequest.objects.filter(state=state).select_related("sector", "organization", "answered_by")
