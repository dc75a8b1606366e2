"""Removal of a person's contact data."""

import datetime as dt

from django.db import transaction

from accounts import operations as accounts_operations
from accounts.models import Person
from core.operations import OperationNotAllowedError, lock
from members.models import Invitation, JoinRequest


@transaction.atomic
def remove_contact(*, actor: Person, person: Person, version: int | None, reason: str, now: dt.datetime) -> Person:
    """The person without e-mail, phone and assistant: in the record and its history, invitations, requests to join.

    The name and what the person said and did stay. Raises EditConflictError, and OperationNotAllowedError while they
    take part in any way.
    """
    current = lock(person, version)
    if current.representations.current().exists():
        raise OperationNotAllowedError(f"{current.name} still takes part. End what they hold first.")
    old = current.email
    current = accounts_operations.clear_contact_fields(
        actor=actor, person=current, version=None, reason=reason, now=now
    )
    Invitation.objects.filter(email=old).update(email=current.email)
    Invitation.history.filter(email=old).update(email=current.email)
    JoinRequest.objects.filter(email__iexact=old).update(email=current.email, phone="")
    JoinRequest.history.filter(email__iexact=old).update(email=current.email, phone="")
    return current
