"""Requests of organizations to join, and the answers of staff."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import STAFF_ONLY
from core.dates import local_today
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from mail.operations import enqueue
from members.models import JoinRequest, Organization
from members.operations.invitations import invite
from members.operations.organizations import add_organization, set_status
from members.permissions import can_manage_membership
from members.rules import JOIN_REQUEST_TRANSITIONS, JoinRequestState, OrganizationStatus, RepresentationKind


@transaction.atomic
def submit_join_request(
    *, actor: Person | None, now: dt.datetime, is_spam: bool = False, email: str, organization_name: str, **values: Any
) -> JoinRequest:
    """Add a request to join, marked as spam if `is_spam`. Return the waiting request if it was sent before.

    Anyone may call it, since the form is public; `actor` is None for visitors. Raises ValidationError.
    """
    email = email.strip().lower()
    earlier = JoinRequest.objects.filter(
        email=email, organization_name__iexact=organization_name, state=JoinRequestState.WAITING
    ).first()
    if earlier:
        return earlier
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
    """Accept a request, and return its organization: a new prospective one, or `organization`, which was listed.

    A former member becomes prospective again. With `invites` the requester is invited too, as the primary
    representative if there is none. The answer is emailed. Raises PermissionDenied, EditConflictError, and
    OperationNotAllowedError if the request has been answered or the invitation could not be accepted.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current, today = lock(request, version), local_today(now)
    _check_transition(current, JoinRequestState.ACCEPTED)
    member = (
        _readmit_organization(actor, organization, today)
        if organization
        else _add_requested_organization(actor, current, today)
    )
    _answer(actor, current, JoinRequestState.ACCEPTED, now, organization=member, answer=answer)
    if invites:
        has_primary = member.representations.current(today).filter(kind=RepresentationKind.PRIMARY).exists()
        invite(
            actor=actor,
            organization=member,
            kind=RepresentationKind.REPRESENTATIVE if has_primary else RepresentationKind.PRIMARY,
            email=current.email,
            name=current.name,
            now=now,
            address=address,
        )
    return member


@transaction.atomic
def decline_join_request(
    *, actor: Person, request: JoinRequest, version: int | None, answer: str, now: dt.datetime
) -> JoinRequest:
    """Decline a request and email the reason to the requester.

    Raises PermissionDenied, EditConflictError and OperationNotAllowedError.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(request, version)
    _check_transition(current, JoinRequestState.DECLINED)
    _answer(actor, current, JoinRequestState.DECLINED, now, answer=answer)
    return current


@transaction.atomic
def mark_join_request_spam(
    *, actor: Person, request: JoinRequest, version: int | None, now: dt.datetime
) -> JoinRequest:
    """Mark a request as spam, without an answer.

    Raises PermissionDenied, EditConflictError and OperationNotAllowedError.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(request, version)
    _check_transition(current, JoinRequestState.SPAM)
    save_changes(current, actor=actor, state=JoinRequestState.SPAM, answered_by=actor, answered_at=now)
    return current


@transaction.atomic
def reopen_join_request(*, actor: Person, request: JoinRequest, version: int | None) -> JoinRequest:
    """Return a request that was marked as spam to the queue.

    Raises PermissionDenied, EditConflictError and OperationNotAllowedError.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(request, version)
    _check_transition(current, JoinRequestState.WAITING)
    save_changes(current, actor=actor, state=JoinRequestState.WAITING, answered_by=None, answered_at=None)
    return current


def answer_key(request: JoinRequest) -> str:
    """Return the key of the email with the answer in the email log."""
    return f"join_answer:{request.pk}"


def _check_transition(request: JoinRequest, target: str) -> None:
    if target not in JOIN_REQUEST_TRANSITIONS[request.state]:
        text = _("This can't be done: the status of this request is now “%(status)s”.")
        raise OperationNotAllowedError(text % {"status": request.get_state_display()})


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


def _add_requested_organization(actor: Person, request: JoinRequest, today: dt.date) -> Organization:
    listed = Organization.objects.standing().filter(name__iexact=request.organization_name).first()
    if listed:
        text = _("%(name)s is already listed. Select it from the list instead of adding it again.")
        raise OperationNotAllowedError(text % {"name": listed.name})
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
        status_reason=_("Asked to join"),
    )


def _readmit_organization(actor: Person, organization: Organization, today: dt.date) -> Organization:
    current = lock(organization)
    if current.merged_into_id:
        text = _("%(name)s was merged into another organization. Select that one.")
        raise OperationNotAllowedError(text % {"name": current.name})
    if current.status == OrganizationStatus.FORMER:
        set_status(actor, current, OrganizationStatus.PROSPECTIVE, today, _("Asked to join again"))
    return current
