"""Reads of invitations: their state, what their link opens, and who could still be invited."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q

from accounts.models import Person
from mail.models import Delivery
from members.models import Invitation, InvitationQuerySet, Representation
from members.rules import InvitationLinkStatus, InvitationState, OrganizationStatus, RepresentationKind

_LINK_STATUS_BY_STATE = {
    InvitationState.ACCEPTED: InvitationLinkStatus.USED,
    InvitationState.REVOKED: InvitationLinkStatus.REVOKED,
    InvitationState.EXPIRED: InvitationLinkStatus.EXPIRED,
}


def invitation_rows(*, state: str, now: dt.datetime) -> InvitationQuerySet:
    """Return invitations for the staff's list, the latest first. `state` is an InvitationState, or empty for all."""
    rows = Invitation.objects.select_related("organization", "invited_by", "accepted_by")
    filters = {
        InvitationState.PENDING: Q(accepted_at=None, revoked_at=None, expires_at__gt=now),
        InvitationState.EXPIRED: Q(accepted_at=None, revoked_at=None, expires_at__lte=now),
        InvitationState.ACCEPTED: Q(accepted_at__isnull=False),
        InvitationState.REVOKED: Q(revoked_at__isnull=False),
    }
    return rows.filter(filters[InvitationState(state)]) if state in filters else rows


def not_invited() -> list[Representation]:
    """Return one representation of each listed person with rights who cannot sign in and was not invited.

    A person with an open or expired invitation is left out: that one is sent again instead.
    """
    unanswered = Invitation.objects.filter(accepted_at=None, revoked_at=None).values("email")
    rows = (
        Representation.objects.with_rights()
        .filter(person__is_active=True, person__can_sign_in=False)
        .exclude(person__email__in=unanswered)
        .select_related("person", "organization")
        .order_by("organization__name", "person__name", "pk")
    )
    by_person: dict[int, Representation] = {}
    for row in sorted(rows, key=lambda row: row.kind != RepresentationKind.PRIMARY):
        by_person.setdefault(row.person_id, row)
    return sorted(by_person.values(), key=lambda row: (row.organization.name.casefold(), row.person.name.casefold()))


def unanswered_invitations() -> list[Invitation]:
    """Return the open and expired invitations that may be sent again, each with its email as `delivery`."""
    rows = Invitation.objects.filter(accepted_at=None, revoked_at=None, organization__merged_into=None)
    rows = rows.exclude(organization__status=OrganizationStatus.FORMER).select_related("organization", "invited_by")
    return with_deliveries(rows.order_by("expires_at", "pk"))


def with_deliveries(invitations: Iterable[Invitation]) -> list[Invitation]:
    """Return the invitations, each with the email of its current link as `delivery`, or None. One query."""
    rows = list(invitations)
    deliveries = Delivery.objects.filter(key__in=[row.delivery_key for row in rows])
    by_key = {delivery.key: delivery for delivery in deliveries}
    for row in rows:
        row.delivery = by_key.get(row.delivery_key)
    return rows


def invitation_link_status(invitation: Invitation, visitor: Person | None, now: dt.datetime) -> InvitationLinkStatus:
    """Return what the holder of an invitation's link gets: the form to accept it, or why it can't be accepted.

    `visitor` is the person who is signed in, or None.
    """
    state = invitation.state(now)
    if state in _LINK_STATUS_BY_STATE:
        return _LINK_STATUS_BY_STATE[state]
    if visitor is not None and visitor.email != invitation.email:
        return InvitationLinkStatus.OTHER_ADDRESS
    organization = invitation.organization
    if organization.merged_into_id or organization.status == OrganizationStatus.FORMER:
        return InvitationLinkStatus.CLOSED
    person = Person.objects.filter(email=invitation.email).first()
    if person and not person.is_active:
        return InvitationLinkStatus.DEACTIVATED
    current = list(organization.representations.current())
    own = next((row for row in current if person and row.person_id == person.pk), None)
    if invitation.kind == RepresentationKind.PRIMARY and any(
        row.kind == RepresentationKind.PRIMARY and row != own for row in current
    ):
        return InvitationLinkStatus.TAKEN
    if person and person.can_sign_in:
        return InvitationLinkStatus.ALREADY if own and own.kind == invitation.kind else InvitationLinkStatus.KNOWN
    return InvitationLinkStatus.FRESH
