"""Every write to legal holds, and the removal of contact data past its retention period."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.operations as accounts_operations
import mail.operations as mail_operations
import members.operations as members_operations
from accounts.models import Person
from accounts.permissions import is_staff
from accounts.rules import SecurityEventKind
from core.operations import OperationNotAllowedError, create, lock, require_permission, save_changes
from members.models import Organization
from records.models import LegalHold
from records.permissions import can_manage_records
from records.queries import holds_on, people_past_retention


@transaction.atomic
def place_hold(*, actor: Person, now: dt.datetime, **values: Any) -> LegalHold:
    """Place a hold, in force from now on. Raises ValidationError, for example if it covers nothing."""
    _require_records_manager(actor)
    hold = create(LegalHold, actor=actor, placed_by=actor, placed_at=now, **values)
    accounts_operations.record_security_event(
        actor=actor, kind=SecurityEventKind.HOLD_PLACED, now=now, person=hold.person, detail=hold.matter
    )
    return hold


@transaction.atomic
def lift_hold(*, actor: Person, hold: LegalHold, version: int | None, reason: str, now: dt.datetime) -> LegalHold:
    """Lift a hold, with the reason. Raises EditConflictError, and OperationNotAllowedError if it was already lifted."""
    _require_records_manager(actor)
    current = lock(hold, version)
    if current.lifted_at:
        raise OperationNotAllowedError(_("This hold was already lifted."))
    save_changes(current, actor=actor, reason=reason, lifted_by=actor, lifted_at=now, lift_reason=reason)
    accounts_operations.record_security_event(
        actor=actor, kind=SecurityEventKind.HOLD_LIFTED, now=now, person=current.person, detail=current.matter
    )
    return current


@transaction.atomic
def remove_contact(*, actor: Person, person: Person, version: int | None, now: dt.datetime, today: dt.date) -> Person:
    """Remove a person's contact data from the record, invitations, requests to join and the email log.

    The name and what the person did stay, and so does an address in the append-only security events. Raises
    EditConflictError,
    and OperationNotAllowedError before the retention period ends and while a hold covers the person.
    """
    _require_records_manager(actor)
    holds = holds_on(person)
    if holds:
        values = {"name": person.name, "matter": holds[0].matter}
        raise OperationNotAllowedError(
            _("A legal hold covers %(name)s: %(matter)s. Lift it before you remove contact information.") % values
        )
    if not people_past_retention(today).filter(pk=person.pk).exists():
        raise OperationNotAllowedError(
            _("The retention period of %(name)s's contact information has not ended.") % {"name": person.name}
        )
    addresses = [person.email, person.assistant_email]
    removed = members_operations.remove_contact(
        actor=actor, person=person, version=version, reason="Retention period ended", now=now
    )
    for address in filter(None, addresses):
        mail_operations.remove_address(address=address, instead=removed.email)
    return removed


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Make every hold on `source`, a duplicate, cover `target` instead. Returns how many holds moved."""
    require_permission(is_staff(actor), _("Only staff can merge organizations."))
    holds = list(LegalHold.objects.select_for_update().filter(organization=source))
    for hold in holds:
        save_changes(hold, actor=actor, reason=f"Merged from {source.short_name}", organization=target)
    return len(holds)


def _require_records_manager(actor: Person) -> None:
    require_permission(
        can_manage_records(actor), _("Only staff can manage legal holds and remove contact information.")
    )
