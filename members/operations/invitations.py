"""How somebody comes in: invited by staff, bound to an organization, a kind and an address."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from accounts.models import Person
from accounts.operations import allow_sign_in, record_security_event
from accounts.rules import SecurityEventKind
from core.dates import local_today
from core.operations import OperationNotAllowedError, create, lock, save_changes
from mail.operations import enqueue
from members.models import Invitation, Organization, Representation, new_nonce
from members.operations.organizations import set_status
from members.operations.representations import check_single_primary
from members.queries import invitation_case
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
    """A new invitation, its mail in the ledger; the first one makes a prospective organization an invited one.

    Raises OperationNotAllowedError where accepting it could not work, and ValidationError.
    """
    organization = lock(organization)
    email = email.strip().lower()
    if organization.merged_into_id or organization.status == OrganizationStatus.FORMER:
        raise OperationNotAllowedError(f"{organization.name} is no longer a member. Change its status first.")
    known = Person.objects.filter(email=email).first()
    check_single_primary(organization, kind, known)
    if known and not known.is_active:
        raise OperationNotAllowedError(f"The account of {email} is closed. Reactivate it first.")
    if known and organization.representations.current().filter(person=known, kind=kind).exists() and known.can_sign_in:
        raise OperationNotAllowedError(f"{known.name} represents {organization.short_name} already and can sign in.")
    if organization.invitations.pending(now).filter(email=email).exists():
        raise OperationNotAllowedError(f"An invitation to {email} waits for an answer. Send it again or withdraw it.")
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
    _send(invitation, now)
    if organization.status == OrganizationStatus.PROSPECTIVE:
        set_status(actor, organization, OrganizationStatus.INVITED, local_today(now), "First invitation sent")
    record_security_event(
        actor=actor, kind=SecurityEventKind.INVITED, now=now, person=known, address=address, detail=str(invitation)
    )
    return invitation


@dataclass(frozen=True)
class Sent:
    """What came of inviting many: the invitations that go out, and in words those that do not."""

    invitations: list[Invitation]
    refused: list[str]


@transaction.atomic
def invite_all(
    *, actor: Person, representations: Iterable[Representation], now: dt.datetime, address: str | None = None
) -> Sent:
    """An invitation for each listed person who represents as said; whom the rules refuse is named with the reason."""

    def one(row: Representation) -> Invitation:
        return invite(
            actor=actor,
            organization=row.organization,
            kind=row.kind,
            email=row.person.email,
            name=row.person.name,
            now=now,
            address=address,
        )

    return _each(representations, one)


@transaction.atomic
def resend_all(
    *, actor: Person, invitations: Iterable[Invitation], now: dt.datetime, address: str | None = None
) -> Sent:
    """Each invitation with a new link; whom the rules refuse is named with the reason."""
    return _each(invitations, lambda row: resend(actor=actor, invitation=row, now=now, address=address))


def _each(rows: Iterable[Row], act: Callable[[Row], Invitation]) -> Sent:
    sent, refused = [], []
    for row in rows:
        try:
            sent.append(act(row))
        except OperationNotAllowedError as error:
            refused.append(str(error))
    return Sent(sent, refused)


@transaction.atomic
def resend(*, actor: Person, invitation: Invitation, now: dt.datetime, address: str | None = None) -> Invitation:
    """The invitation with a new token and a new term; the old link opens nothing.

    Raises OperationNotAllowedError once answered.
    """
    current = lock(invitation)
    _refuse_answered(current)
    if current.organization.merged_into_id or current.organization.status == OrganizationStatus.FORMER:
        raise OperationNotAllowedError(f"{current.organization.name} is no longer a member. Change its status first.")
    nonce = new_nonce()
    save_changes(
        current,
        actor=actor,
        reason="Sent again",
        nonce=nonce,
        token_hash=hash_token(make_token(nonce)),
        sent_at=now,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
        opened_at=None,
    )
    _send(current, now)
    record_security_event(
        actor=actor, kind=SecurityEventKind.INVITED, now=now, address=address, detail=f"{current}, sent again"
    )
    return current


@transaction.atomic
def revoke(*, actor: Person, invitation: Invitation, now: dt.datetime, address: str | None = None) -> Invitation:
    """The invitation withdrawn; its mail, if still waiting, is not sent.

    Raises OperationNotAllowedError once answered.
    """
    current = lock(invitation)
    _refuse_answered(current)
    save_changes(current, actor=actor, reason="Withdrawn", revoked_at=now)
    record_security_event(
        actor=actor, kind=SecurityEventKind.INVITATION_REVOKED, now=now, address=address, detail=str(current)
    )
    return current


@transaction.atomic
def note_opened(*, invitation: Invitation, now: dt.datetime) -> None:
    """Remember when the link was first opened, which staff see; it answers nothing."""
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
    """The person who accepted: made or bound, allowed to sign in, representing the organization.

    The first one makes the organization active, so that whoever accepted has rights. An account that is in force keeps
    its name and password. Raises OperationNotAllowedError for any case but a fresh invitation or one to an account in
    force, so of many
    who accept at once exactly one does.
    """
    # The organization first, as every operation takes it, so that no two wait for each other.
    lock(invitation.organization)
    current = lock(invitation)
    case = invitation_case(current, visitor, now)
    if case not in (InvitationLinkStatus.FRESH, InvitationLinkStatus.KNOWN):
        raise OperationNotAllowedError(f"{case.label}.")
    if case == InvitationLinkStatus.KNOWN and visitor is None:
        # A link in a mailbox is no password, and no second factor: it must not open an account that has them.
        raise OperationNotAllowedError("This address has an account. Sign in first.")
    person = allow_sign_in(email=current.email, name=name, password=password, now=now, address=address)
    save_changes(current, actor=person, accepted_at=now, accepted_by=person)
    _represent(person, current, today)
    organization = lock(current.organization)
    if organization.status in _BEFORE_ACTIVE:
        set_status(person, organization, OrganizationStatus.ACTIVE, today, "First invitation accepted")
    record_security_event(
        actor=person, kind=SecurityEventKind.INVITATION_ACCEPTED, now=now, address=address, detail=str(current)
    )
    return person


def _represent(person: Person, invitation: Invitation, today: dt.date) -> None:
    """Name the person as invited; another kind that they hold at the organization gives way to it."""
    held = invitation.organization.representations.select_for_update().current(today).filter(person=person).first()
    if held and held.kind == invitation.kind:
        return
    if held:
        save_changes(
            held, actor=person, reason="Invited anew", ended_on=max(today, held.starts_on), end_reason="Invited anew"
        )
    create(
        Representation,
        actor=person,
        organization=invitation.organization,
        person=person,
        kind=RepresentationKind(invitation.kind),
        starts_on=today,
    )


def _refuse_answered(invitation: Invitation) -> None:
    if invitation.accepted_at:
        raise OperationNotAllowedError("This invitation was accepted already.")
    if invitation.revoked_at:
        raise OperationNotAllowedError("This invitation was withdrawn. Invite the person anew.")


def _send(invitation: Invitation, now: dt.datetime) -> None:
    enqueue(
        key=invitation.delivery_key,
        kind="invitation",
        address=invitation.email,
        person=Person.objects.filter(email=invitation.email).first(),
        subject_ref=str(invitation.pk),
        now=now,
        expires_at=invitation.expires_at,
    )
