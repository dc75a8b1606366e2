"""Reads over invitations: what became of them, and who could still be invited."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Person
from mail.models import Delivery
from members.models import Invitation, InvitationQuerySet, Representation
from members.rules import InvitationLinkStatus, InvitationState, OrganizationStatus, RepresentationKind

_STATE_CASES = {
    InvitationState.ACCEPTED: InvitationLinkStatus.USED,
    InvitationState.REVOKED: InvitationLinkStatus.REVOKED,
    InvitationState.EXPIRED: InvitationLinkStatus.EXPIRED,
}


def invitation_rows(*, state: str, now: dt.datetime) -> InvitationQuerySet:
    """Invitations for the staff list, the latest first; `state` is an InvitationState or empty for all."""
    rows = Invitation.objects.select_related("organization", "invited_by", "accepted_by")
    filters = {
        InvitationState.PENDING: Q(accepted_at=None, revoked_at=None, expires_at__gt=now),
        InvitationState.EXPIRED: Q(accepted_at=None, revoked_at=None, expires_at__lte=now),
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.REVOKED: Q(revoked_at__isnull=False),
    }
    return rows.filter(filters[InvitationState(state)]) if state in filters else rows


def not_invited() -> list[Representation]:
    """Whoever could be invited and was not: listed people with rights who may not sign in, each once.

    An invitation that waits or has expired is sent again instead.
    """
    unanswered = Invitation.objects.filter(accepted_at=None, revoked_at=None).values("email")
    rows = (
        Representation.objects.with_rights()
        .filter(person__is_active=True, person__can_sign_in=False)
        .exclude(person__email__in=unanswered)
        .select_related("person", "organization")
        .order_by("organization__name", "person__name", "pk")
    )
    once: dict[int, Representation] = {}
    for row in sorted(rows, key=lambda row: row.kind != RepresentationKind.PRIMARY):
        once.setdefault(row.person_id, row)
    return sorted(once.values(), key=lambda row: (row.organization.name.casefold(), row.person.name.casefold()))


def unanswered_invitations() -> list[Invitation]:
    """Invitations that nobody has answered and that may be sent again, with what became of their mail."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, organization__merged_into=None)
    rows = rows.exclude(organization__status=OrganizationStatus.FORMER).select_related("organization", "invited_by")
    return with_deliveries(rows.order_by("expires_at", "pk"))


def with_deliveries(invitations: Iterable[Invitation]) -> list[Invitation]:
    """The invitations, each with the ledger's row of its present link as `delivery`, or None. One query."""
    found = list(invitations)
    rows = Delivery.objects.filter(key__in=[row.delivery_key for row in found])
    by_key = {row.key: row for row in rows}
    for row in found:
        row.delivery = by_key.get(row.delivery_key)  # type: ignore[attr-defined]
    return found


def invitation_case(invitation: Invitation, visitor: Person | None, now: dt.datetime) -> InvitationLinkStatus:
    """What the holder of the invitation's link finds: the page of its case, or the way in."""
    state = invitation.state(now)
    if state in _STATE_CASES:
        return _STATE_CASES[state]
    if visitor is not None and visitor.email != invitation.email:
        return InvitationLinkStatus.OTHER_ADDRESS
    organization = invitation.organization
    if organization.merged_into_id or organization.status == OrganizationStatus.FORMER:
        return InvitationLinkStatus.CLOSED
    person = Person.objects.filter(email=invitation.email).first()
    if person and not person.is_active:
        return InvitationLinkStatus.DEACTIVATED
    current = list(organization.representations.current())
    held = next((row for row in current if person and row.person_id == person.pk), None)
    if invitation.kind == RepresentationKind.PRIMARY and any(
        row.kind == RepresentationKind.PRIMARY and row != held for row in current
    ):
        return InvitationLinkStatus.TAKEN
    if person and person.can_sign_in:
        return InvitationLinkStatus.ALREADY if held and held.kind == invitation.kind else InvitationLinkStatus.KNOWN
    return InvitationLinkStatus.FRESH
