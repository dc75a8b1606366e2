"""Invitations to represent an organization: sending, revoking and accepting them."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.operations import allow_sign_in, record_security_event
from accounts.permissions import ADMINISTRATORS_MANAGE_STAFF, STAFF_ONLY, can_manage_account
from accounts.rules import SecurityEventKind
from core.dates import local_today
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from mail.operations import enqueue
from members.models import Invitation, Organization, Representation, new_nonce
from members.operations.organizations import set_status
from members.operations.representations import check_single_primary
from members.permissions import can_manage_membership
from members.queries.invitations import invitation_link_status
from members.rules import INVITATION_DAYS, InvitationLinkStatus, InvitationState, OrganizationStatus, RepresentationKind
from members.tokens import hash_token, make_token

_BEFORE_ACTIVE = (OrganizationStatus.PROSPECTIVE, OrganizationStatus.INVITED)

Row = TypeVar("Row")


@transaction.atomic
def invite(
    *,
    actor: Person,
    organization: Organization,
    kind: str,
    email: str,
    name: str,
    now: dt.datetime,
    address: str | None = None,
) -> Invitation:
    """Add an invitation and queue its email. The first one makes a prospective organization an invited one.

    Raises PermissionDenied, ValidationError, and OperationNotAllowedError if the invitation could not be accepted, or
    the address is of an account that the actor may not manage.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    organization = lock(organization)
    email = email.strip().lower()
    _require_member(organization)
    person = Person.objects.filter(email=email).first()
    check_single_primary(organization, kind, person)
    _check_invitee(actor, organization, kind, email, person)
    if organization.invitations.pending(now).filter(email=email).exists():
        text = _("%(email)s already has an open invitation. Send it again, or revoke it first.")
        raise OperationNotAllowedError(text % {"email": email})
    nonce = new_nonce()
    invitation = create(
        Invitation,
        actor=actor,
        organization=organization,
        kind=kind,
        email=email,
        name=name,
        nonce=nonce,
        token_hash=hash_token(make_token(nonce)),
        invited_by=actor,
        sent_at=now,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
    )
    _enqueue_email(invitation, person, now)
    if organization.status == OrganizationStatus.PROSPECTIVE:
        set_status(actor, organization, OrganizationStatus.INVITED, local_today(now), _("First invitation sent"))
    record_security_event(
        actor=actor, kind=SecurityEventKind.INVITED, now=now, person=person, address=address, detail=str(invitation)
    )
    return invitation


@dataclass(frozen=True)
class InvitationResults:
    """The result of inviting many: the invitations that are sent, and why others could not be."""

    invitations: list[Invitation]
    refusals: list[str]


@transaction.atomic
def invite_all(
    *, actor: Person, representations: Iterable[Representation], now: dt.datetime, address: str | None = None
) -> InvitationResults:
    """Invite the person of each representation. Return the reasons for those who can't be invited.

    Raises PermissionDenied.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)

    def invite_one(row: Representation) -> Invitation:
        return invite(
            actor=actor,
            organization=row.organization,
            kind=row.kind,
            email=row.person.email,
            name=row.person.name,
            now=now,
            address=address,
        )

    return _apply_to_each(representations, invite_one)


@transaction.atomic
def resend_all(
    *, actor: Person, invitations: Iterable[Invitation], now: dt.datetime, address: str | None = None
) -> InvitationResults:
    """Send each invitation again, with a new link. Return the reasons for those that can't be sent.

    Raises PermissionDenied.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    return _apply_to_each(invitations, lambda row: resend(actor=actor, invitation=row, now=now, address=address))


def _apply_to_each(rows: Iterable[Row], operation: Callable[[Row], Invitation]) -> InvitationResults:
    invitations, refusals = [], []
    for row in rows:
        try:
            invitations.append(operation(row))
        except OperationNotAllowedError as error:
            refusals.append(str(error))
    return InvitationResults(invitations, refusals)


@transaction.atomic
def resend(*, actor: Person, invitation: Invitation, now: dt.datetime, address: str | None = None) -> Invitation:
    """Send an invitation again, with a new link and expiration date. The old link no longer works.

    Raises PermissionDenied, and OperationNotAllowedError if it was accepted or revoked, the organization left, or the
    address is of an account that the actor may not manage.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(invitation)
    _require_unanswered(current)
    _require_member(current.organization)
    person = Person.objects.filter(email=current.email).first()
    _require_account_manager(actor, person)
    nonce = new_nonce()
    save_changes(
        current,
        actor=actor,
        reason=_("Sent again"),
        nonce=nonce,
        token_hash=hash_token(make_token(nonce)),
        sent_at=now,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
        opened_at=None,
    )
    _enqueue_email(current, person, now)
    detail = _("%(invitation)s, sent again") % {"invitation": current}
    record_security_event(actor=actor, kind=SecurityEventKind.INVITED, now=now, address=address, detail=detail)
    return current


@transaction.atomic
def revoke(*, actor: Person, invitation: Invitation, now: dt.datetime, address: str | None = None) -> Invitation:
    """Revoke an invitation. If its email is still waiting, it is not sent.

    Raises PermissionDenied, and OperationNotAllowedError if the invitation was accepted or revoked.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(invitation)
    _require_unanswered(current)
    save_changes(current, actor=actor, reason=_("Revoked"), revoked_at=now)
    record_security_event(
        actor=actor, kind=SecurityEventKind.INVITATION_REVOKED, now=now, address=address, detail=str(current)
    )
    return current


@transaction.atomic
def record_opened(*, invitation: Invitation, now: dt.datetime) -> None:
    """Store when the link was first opened, which staff can see. Opening it accepts nothing."""
    current = lock(invitation)
    if current.opened_at is None and current.state(now) == InvitationState.PENDING:
        save_changes(current, actor=None, opened_at=now)


@transaction.atomic
def accept_invitation(
    *,
    invitation: Invitation,
    visitor: Person | None,
    name: str,
    password: str | None,
    now: dt.datetime,
    today: dt.date,
    address: str | None = None,
) -> Person:
    """Accept an invitation, and return the person: new or listed, allowed to sign in, and representing it.

    The caller has checked the link's token. The first acceptance makes the organization active, so that the person has
    rights. An account that could already sign in keeps its name and password; `visitor` must be signed in to it.
    Raises OperationNotAllowedError unless the link is open. It is checked under lock, so of many who accept at once
    exactly one does.
    """
    # The organization is locked first, as in every operation, so that no two wait for each other.
    lock(invitation.organization)
    current = lock(invitation)
    status = invitation_link_status(current, visitor, now)
    if not status.is_open:
        raise OperationNotAllowedError(str(status.label))
    if status == InvitationLinkStatus.KNOWN and visitor is None:
        # The link in a mailbox is neither a password nor a second factor, so it must not open an account that has them.
        raise OperationNotAllowedError(_("This address has an account. Sign in first."))
    person = allow_sign_in(email=current.email, name=name, password=password, now=now, address=address)
    save_changes(current, actor=person, accepted_at=now, accepted_by=person)
    _start_representation(person, current, today)
    organization = lock(current.organization)
    if organization.status in _BEFORE_ACTIVE:
        set_status(person, organization, OrganizationStatus.ACTIVE, today, _("First invitation accepted"))
    record_security_event(
        actor=person, kind=SecurityEventKind.INVITATION_ACCEPTED, now=now, address=address, detail=str(current)
    )
    return person


def _start_representation(person: Person, invitation: Invitation, today: dt.date) -> None:
    """Add the representation of the invitation. One of another kind at the same organization ends."""
    existing = invitation.organization.representations.select_for_update().current(today).filter(person=person).first()
    if existing and existing.kind == invitation.kind:
        return
    if existing:
        reason = _("Replaced by a new invitation")
        ended_on = max(today, existing.starts_on)
        save_changes(existing, actor=person, reason=reason, ended_on=ended_on, end_reason=reason)
    create(
        Representation,
        actor=person,
        organization=invitation.organization,
        person=person,
        kind=RepresentationKind(invitation.kind),
        starts_on=today,
    )


def _check_invitee(actor: Person, organization: Organization, kind: str, email: str, person: Person | None) -> None:
    """Raise OperationNotAllowedError if the owner of the address can't be invited."""
    if person is None:
        return
    _require_account_manager(actor, person)
    if not person.is_active:
        text = _("The account of %(email)s is closed. Reopen it first.")
        raise OperationNotAllowedError(text % {"email": email})
    if person.can_sign_in and organization.representations.current().filter(person=person, kind=kind).exists():
        text = _("%(person)s already represents %(organization)s and can sign in.")
        raise OperationNotAllowedError(text % {"person": person.name, "organization": organization.short_name})


def _require_account_manager(actor: Person, person: Person | None) -> None:
    if person is not None and not can_manage_account(actor, person):
        raise OperationNotAllowedError(str(ADMINISTRATORS_MANAGE_STAFF))


def _require_member(organization: Organization) -> None:
    if organization.merged_into_id or organization.status == OrganizationStatus.FORMER:
        text = _("%(name)s is no longer a member. Change its status first.")
        raise OperationNotAllowedError(text % {"name": organization.name})


def _require_unanswered(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise OperationNotAllowedError(_("This invitation has already been accepted."))
    if invitation.revoked_at:
        raise OperationNotAllowedError(_("This invitation was revoked. Send a new one."))


def _enqueue_email(invitation: Invitation, person: Person | None, now: dt.datetime) -> None:
    enqueue(
        key=invitation.delivery_key,
        kind="invitation",
        address=invitation.email,
        person=person,
        subject_ref=str(invitation.pk),
        now=now,
        expires_at=invitation.expires_at,
    )
