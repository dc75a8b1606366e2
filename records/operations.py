"""Placing and lifting a hold, and removing contact data whose time is over."""

import datetime as dt
from typing import Any

from django.db import transaction

import accounts.operations as accounts_operations
import mail.operations as mail_operations
import members.operations as members_operations
from accounts.models import Person
from accounts.rules import SecurityEventKind
from core.operations import OperationNotAllowedError, create, lock, save_changes
from members.models import Organization
from records.models import LegalHold
from records.queries import holds_on, people_past_retention


@transaction.atomic
def place_hold(*, actor: Person, now: dt.datetime, **values: Any) -> LegalHold:
    """A hold in force from now on. Raises ValidationError, as where it names nothing."""
    hold = create(LegalHold, actor=actor, placed_by=actor, placed_at=now, **values)
    accounts_operations.record_security_event(
        actor=actor, kind=SecurityEventKind.HOLD_PLACED, now=now, person=hold.person, detail=hold.matter
    )
    return hold


@transaction.atomic
def lift_hold(*, actor: Person, hold: LegalHold, version: int | None, reason: str, now: dt.datetime) -> LegalHold:
    """The hold lifted, with the reason. Raises EditConflictError, and OperationNotAllowedError for a second time."""
    current = lock(hold, version)
    if current.lifted_at:
        raise OperationNotAllowedError("This hold was lifted already.")
    save_changes(current, actor=actor, reason=reason, lifted_by=actor, lifted_at=now, lift_reason=reason)
    accounts_operations.record_security_event(
        actor=actor, kind=SecurityEventKind.HOLD_LIFTED, now=now, person=current.person, detail=current.matter
    )
    return current


@transaction.atomic
def remove_contact(*, actor: Person, person: Person, version: int | None, now: dt.datetime, today: dt.date) -> Person:
    """The person without contact data in the record, invitations, requests to join and the mail ledger.

    The name and what they did stay, and so does an address in the append-only security events.

    Raises EditConflictError, and OperationNotAllowedError before its time and while a hold covers the person.
    """
    holds = holds_on(person)
    if holds:
        raise OperationNotAllowedError(
            f"A legal hold covers {person.name}: {holds[0].matter}. Nothing is removed until it is lifted."
        )
    if not people_past_retention(today).filter(pk=person.pk).exists():
        raise OperationNotAllowedError(f"The contact data of {person.name} must still be kept.")
    address, assistant = person.email, person.assistant_email
    removed = members_operations.remove_contact(
        actor=actor, person=person, version=version, reason="Kept long enough", now=now
    )
    for old in filter(None, (address, assistant)):
        mail_operations.remove_address(address=old, instead=removed.email)
    return removed


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Let every hold on `source`, a duplicate, cover `target` instead. Returns how many moved."""
    holds = list(LegalHold.objects.select_for_update().filter(organization=source))
    for hold in holds:
        save_changes(hold, actor=actor, reason=f"{source.short_name} merged", organization=target)
    return len(holds)
