"""Once a year each organization is asked whether its record is still right: asking, answering, letting it lapse."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import transaction

from accounts.models import Person
from core.operations import OperationNotAllowedError, create, lock, save_changes
from members.models import Confirmation, Organization, Proposal
from members.operations.on_behalf import OnBehalf, record_act_on_behalf, speaker
from members.operations.organizations import cancel_confirmation
from members.operations.proposals import propose
from members.queries import speaks_for, to_be_asked, with_contact
from members.rules import CONFIRMATION_COOLDOWN_DAYS, ConfirmedVia, OrganizationStatus

# An answer that nobody asked for is taken once within this time, so that a second press makes no second row.
_ANSWER_STANDS_FOR = dt.timedelta(hours=12)


@transaction.atomic
def request_confirmation(
    *, actor: Person | None, organization: Organization, now: dt.datetime, today: dt.date
) -> Confirmation:
    """The question to an organization, open from `now`; the reminders carry it to its people.

    One that stayed open past its rest lapses. Raises OperationNotAllowedError where the organization is not active or
    is asked already.
    """
    organization = lock(organization)
    _refuse_inactive(organization)
    rested = now - dt.timedelta(days=CONFIRMATION_COOLDOWN_DAYS)
    if organization.confirmations.open().filter(asked_at__gt=rested).exists():
        raise OperationNotAllowedError(
            f"{organization.short_name} is asked already. Wait for its answer, or confirm after a call."
        )
    cancel_confirmation(actor=actor, organization=organization, reason="Asked anew", today=today)
    return create(Confirmation, actor=actor, organization=organization, period=today.year, asked_at=now, asked_by=actor)


@transaction.atomic
def request_all_confirmations(*, actor: Person | None, now: dt.datetime, today: dt.date) -> list[Confirmation]:
    """The questions to all active organizations that are due and have somebody to ask."""
    asked = []
    for organization in with_contact(to_be_asked(now).order_by("pk")):
        with suppress(OperationNotAllowedError):
            asked.append(request_confirmation(actor=actor, organization=organization, now=now, today=today))
    return asked


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
    """The record is still right: the open question answered, or an answer that nobody had asked for.

    `on_behalf`: staff enter what somebody who may answer said elsewhere. Raises OperationNotAllowedError for anybody
    else's word, and
    where the organization is not active or has just answered.
    """
    says = speaker(actor, on_behalf)
    if on_behalf and not speaks_for(says, organization):
        raise OperationNotAllowedError(
            f"{says.name} does not speak for {organization.short_name}, so this is not theirs to confirm."
        )
    answer = _answer(actor, says, organization, now, today, via, None)
    record_act_on_behalf(
        actor=actor, on_behalf=on_behalf, row=answer, what=f"The record of {organization.short_name}: still right"
    )
    return answer


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
    """The record is not quite right: what is to be changed goes to staff as a proposal, and the question is answered.

    Raises EditConflictError, and OperationNotAllowedError as `propose` and `confirm_organization` do.
    """
    proposal = propose(
        actor=actor,
        organization=organization,
        version=version,
        values=values,
        people_note=people_note,
        note=note,
        now=now,
    )
    return _answer(actor, actor, organization, now, today, via, proposal)


def _answer(
    actor: Person,
    says: Person,
    organization: Organization,
    now: dt.datetime,
    today: dt.date,
    via: str,
    proposal: Proposal | None,
) -> Confirmation:
    organization = lock(organization)
    _refuse_inactive(organization)
    answer: dict[str, Any] = {
        "confirmed_at": now,
        "confirmed_by": Person.objects.get(pk=says.pk),
        "via": ConfirmedVia(via),
        "proposal": proposal,
    }
    standing = organization.confirmations.select_for_update().open().first()
    if standing:
        save_changes(standing, actor=actor, **answer)
        return standing
    just = organization.confirmations.filter(confirmed_at__gt=now - _ANSWER_STANDS_FOR).first()
    if just:
        raise OperationNotAllowedError(f"{just.confirmed_by} answered for {organization.short_name} already.")
    return create(Confirmation, actor=actor, organization=organization, period=today.year, **answer)


def _refuse_inactive(organization: Organization) -> None:
    if organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        raise OperationNotAllowedError(f"{organization.name} is not an active member, so its record is not confirmed.")
