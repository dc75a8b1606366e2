"""The yearly confirmation of an organization's information: requesting, answering and canceling it."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import STAFF_ONLY
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from members.models import Confirmation, Organization, Proposal
from members.operations.on_behalf import OnBehalf, record_act_on_behalf, represented_person
from members.operations.organizations import cancel_confirmation
from members.operations.proposals import propose
from members.permissions import MANAGERS_ONLY, can_confirm, can_manage_membership, is_confirming_contact
from members.queries.confirmations import to_be_asked, with_contact
from members.rules import CONFIRMATION_COOLDOWN_DAYS, ConfirmedVia, OrganizationStatus

# An answer without a request is stored once within this time, so that a second click adds no second row.
_ANSWER_REPEAT_PERIOD = dt.timedelta(hours=12)


@transaction.atomic
def request_confirmation(
    *, actor: Person | None, organization: Organization, now: dt.datetime, today: dt.date
) -> Confirmation:
    """Add a confirmation request to an organization, for which reminders are sent from now on.

    An open request that is older than the cooldown is canceled first. Raises PermissionDenied, and
    OperationNotAllowedError if the organization is not active or already has an open request.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    organization = lock(organization)
    _require_active(organization)
    since = now - dt.timedelta(days=CONFIRMATION_COOLDOWN_DAYS)
    if organization.confirmations.open().filter(asked_at__gt=since).exists():
        text = _("%(name)s already has an open request. Wait for a response, or enter one after a call.")
        raise OperationNotAllowedError(text % {"name": organization.short_name})
    cancel_confirmation(actor=actor, organization=organization, reason=_("Replaced by a new request"), today=today)
    return create(Confirmation, actor=actor, organization=organization, period=today.year, asked_at=now, asked_by=actor)


@transaction.atomic
def request_all_confirmations(*, actor: Person | None, now: dt.datetime, today: dt.date) -> list[Confirmation]:
    """Add a request to each active organization that is due and has a contact. Return the requests.

    Raises PermissionDenied.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    requests = []
    for organization in with_contact(to_be_asked(now).order_by("pk")):
        with suppress(OperationNotAllowedError):
            requests.append(request_confirmation(actor=actor, organization=organization, now=now, today=today))
    return requests


@transaction.atomic
def confirm_organization(
    *,
    actor: Person,
    organization: Organization,
    via: str,
    now: dt.datetime,
    today: dt.date,
    on_behalf: OnBehalf | None = None,
) -> Confirmation:
    """Confirm that an organization's information is correct, in answer to an open request or without one.

    With `via` LINK the actor is the holder of an emailed link, whose token the caller has checked. With `on_behalf`
    staff enter the answer of a person who may give it. Raises PermissionDenied, and OperationNotAllowedError if that
    person may not, the organization is not active, or it has just been answered.
    """
    person = represented_person(actor, on_behalf)
    if on_behalf is None:
        require_permission(can_confirm(actor, organization, by_link=via == ConfirmedVia.LINK), MANAGERS_ONLY)
    elif not is_confirming_contact(person, organization):
        text = _("%(person)s can't confirm this for %(organization)s. Select another person.")
        raise OperationNotAllowedError(text % {"person": person.name, "organization": organization.short_name})
    confirmation = _answer(actor, person, organization, now, today, via, None)
    text = _("Information of %(name)s: confirmed as correct")
    record_act_on_behalf(
        actor=actor, on_behalf=on_behalf, row=confirmation, what=text % {"name": organization.short_name}
    )
    return confirmation


@transaction.atomic
def confirm_with_changes(
    *,
    actor: Person,
    organization: Organization,
    version: int | None,
    values: dict[str, str],
    people_note: str,
    note: str,
    via: str,
    now: dt.datetime,
    today: dt.date,
) -> Confirmation:
    """Answer the request with changes: they go to staff as a proposal.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError as `propose` and `confirm_organization`
    do.
    """
    by_link = via == ConfirmedVia.LINK
    require_permission(can_confirm(actor, organization, by_link=by_link), MANAGERS_ONLY)
    proposal = propose(
        actor=actor,
        organization=organization,
        version=version,
        values=values,
        people_note=people_note,
        note=note,
        now=now,
        by_link=by_link,
    )
    return _answer(actor, actor, organization, now, today, via, proposal)


def _answer(
    actor: Person,
    person: Person,
    organization: Organization,
    now: dt.datetime,
    today: dt.date,
    via: str,
    proposal: Proposal | None,
) -> Confirmation:
    """Store the answer of `person` in the open request, or in a row of its own if there is none."""
    organization = lock(organization)
    _require_active(organization)
    answer: dict[str, Any] = {
        "confirmed_at": now,
        "confirmed_by": Person.objects.get(pk=person.pk),
        "via": ConfirmedVia(via),
        "proposal": proposal,
    }
    request = organization.confirmations.select_for_update().open().first()
    if request:
        save_changes(request, actor=actor, **answer)
        return request
    recent = organization.confirmations.filter(confirmed_at__gt=now - _ANSWER_REPEAT_PERIOD).first()
    if recent:
        text = _("%(person)s has already answered for %(organization)s.")
        raise OperationNotAllowedError(text % {"person": recent.confirmed_by, "organization": organization.short_name})
    return create(Confirmation, actor=actor, organization=organization, period=today.year, **answer)


def _require_active(organization: Organization) -> None:
    if organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        text = _("%(name)s is not an active member, so its information can't be confirmed.")
        raise OperationNotAllowedError(text % {"name": organization.name})
