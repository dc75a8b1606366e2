"""What of membership waits for staff."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet

from members.models import Invitation, JoinRequest, Organization, Proposal
from members.queries.organizations import without_primary
from members.rules import JoinRequestState, ProposalState


@dataclass(frozen=True)
class ConsoleCounts:
    """What of membership waits for staff."""

    without_primary: int
    open_proposals: int
    waiting_invitations: int
    expired_invitations: int


def open_proposals() -> QuerySet[Proposal]:
    """Proposals that wait for staff, the oldest first."""
    return Proposal.objects.filter(state=ProposalState.OPEN).select_related("organization", "proposed_by")


def waiting_join_requests() -> QuerySet[JoinRequest]:
    """Requests to join that wait for staff, the oldest first."""
    return join_request_rows(state=JoinRequestState.WAITING)


def join_request_rows(*, state: str) -> QuerySet[JoinRequest]:
    """Requests to join in one state, the oldest first."""
    return JoinRequest.objects.filter(state=state).select_related("sector", "organization", "answered_by")


def console_counts(now: dt.datetime) -> ConsoleCounts:
    """The numbers of membership for the staff console."""
    unanswered = Invitation.objects.filter(accepted_at=None, revoked_at=None)
    return ConsoleCounts(
        without_primary=without_primary(Organization.objects.all()).count(),
        open_proposals=open_proposals().count(),
        waiting_invitations=unanswered.filter(expires_at__gt=now).count(),
        expired_invitations=unanswered.filter(expires_at__lte=now).count(),
    )
