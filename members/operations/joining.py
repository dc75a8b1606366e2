"""Organizations that ask to join: the request, and what staff answer."""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import Person
from core.dates import local_today
from core.operations import OperationNotAllowedError, create, lock, save_changes
from mail.operations import enqueue
from members.models import JoinRequest, Organization
from members.operations.invitations import invite
from members.operations.organizations import add_organization, set_status
from members.rules import JOIN_REQUEST_TRANSITIONS, JoinRequestState, OrganizationStatus, RepresentationKind


@transaction.atomic
def submit_join_request(
    *, actor: Person | None, now: dt.datetime, is_spam: bool = False, email: str, organization_name: str, **values: Any
) -> JoinRequest:
    """The request as staff will see it, among the spam where `is_spam`; the one that waits where it was sent before.

    Raises ValidationError.
    """
    email = email.strip().lower()
    same = JoinRequest.objects.filter(
        email=email, organization_name__iexact=organization_name, state=JoinRequestState.WAITING
    ).first()
    if same:
        return same
    return create(
        JoinRequest,
        actor=actor,
        asked_at=now,
        state=JoinRequestState.SPAM if is_spam else JoinRequestState.WAITING,
        email=email,
        organization_name=organization_name,
        **values,
    )


@transaction.atomic
def accept_join_request(
    *,
    actor: Person,
    request: JoinRequest,
    version: int | None,
    organization: Organization | None,
    invites: bool,
    answer: str,
    now: dt.datetime,
    address: str | None = None,
) -> Organization:
    """The organization that comes of it: a new prospective one, or the given one, which was there already.

    A former one becomes prospective again. With `invites` the asker is invited at once, as the primary representative
    where there is none. The answer goes out by mail. Raises EditConflictError, and OperationNotAllowedError once
    answered and where the
    invitation could not work.
    """
    current, today = lock(request, version), local_today(now)
    _check_move(current, JoinRequestState.ACCEPTED)
    taken = _take(actor, organization, today) if organization else _add(actor, current, today)
    values = {"organization": taken, "answer": answer}
    _answer(actor, current, JoinRequestState.ACCEPTED, now, **values)
    if invites:
        has_primary = taken.representations.current(today).filter(kind=RepresentationKind.PRIMARY).exists()
        invite(
            actor=actor,
            organization=taken,
            kind=RepresentationKind.REPRESENTATIVE if has_primary else RepresentationKind.PRIMARY,
            email=current.email,
            name=current.name,
            now=now,
            address=address,
        )
    return taken


@transaction.atomic
def decline_join_request(
    *, actor: Person, request: JoinRequest, version: int | None, answer: str, now: dt.datetime
) -> JoinRequest:
    """The request declined with the reason, which goes to the asker by mail.

    Raises EditConflictError and OperationNotAllowedError.
    """
    current = lock(request, version)
    _check_move(current, JoinRequestState.DECLINED)
    _answer(actor, current, JoinRequestState.DECLINED, now, answer=answer)
    return current


@transaction.atomic
def mark_join_request_spam(
    *, actor: Person, request: JoinRequest, version: int | None, now: dt.datetime
) -> JoinRequest:
    """The request out of the queue, without an answer. Raises EditConflictError and OperationNotAllowedError."""
    current = lock(request, version)
    _check_move(current, JoinRequestState.SPAM)
    save_changes(current, actor=actor, state=JoinRequestState.SPAM, answered_by=actor, answered_at=now)
    return current


@transaction.atomic
def reopen_join_request(*, actor: Person, request: JoinRequest, version: int | None) -> JoinRequest:
    """What was taken for spam back in the queue. Raises EditConflictError and OperationNotAllowedError."""
    current = lock(request, version)
    _check_move(current, JoinRequestState.WAITING)
    save_changes(current, actor=actor, state=JoinRequestState.WAITING, answered_by=None, answered_at=None)
    return current


def answer_key(request: JoinRequest) -> str:
    """The key under which the mail with staff's answer stands in the ledger."""
    return f"join_answer:{request.pk}"


def _check_move(request: JoinRequest, target: str) -> None:
    if target not in JOIN_REQUEST_TRANSITIONS[request.state]:
        raise OperationNotAllowedError(f"This request is no longer open: it is {request.get_state_display().lower()}.")


def _answer(actor: Person, request: JoinRequest, state: str, now: dt.datetime, **values: Any) -> None:
    save_changes(request, actor=actor, state=state, answered_by=actor, answered_at=now, **values)
    enqueue(
        key=answer_key(request),
        kind="join_answer",
        address=request.email,
        person=Person.objects.filter(email=request.email).first(),
        subject_ref=str(request.pk),
        now=now,
    )


def _add(actor: Person, request: JoinRequest, today: dt.date) -> Organization:
    listed = Organization.objects.standing().filter(name__iexact=request.organization_name).first()
    if listed:
        raise OperationNotAllowedError(
            f"{listed.name} is listed already. Choose it in the list, so that it does not stand here twice."
        )
    return add_organization(
        actor=actor,
        today=today,
        name=request.organization_name,
        acronym=request.acronym,
        sector=request.sector,
        jurisdiction=request.jurisdiction,
        website=request.website,
        participation=request.participation,
        status=OrganizationStatus.PROSPECTIVE,
        status_reason="Asked to join",
    )


def _take(actor: Person, organization: Organization, today: dt.date) -> Organization:
    current = lock(organization)
    if current.merged_into_id:
        raise OperationNotAllowedError(f"{current.name} was merged into another organization. Choose that one.")
    if current.status == OrganizationStatus.FORMER:
        set_status(actor, current, OrganizationStatus.PROSPECTIVE, today, "Asked to join again")
    return current
