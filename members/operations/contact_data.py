"""Removal of a person's contact data."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import operations as accounts_operations
from accounts.models import Person
from accounts.permissions import ADMINISTRATORS_MANAGE_STAFF, STAFF_ONLY, can_manage_account, is_staff
from core.operations import OperationNotAllowedError, lock, require_permission
from members.models import Invitation, JoinRequest


@transaction.atomic
def remove_contact(*, actor: Person, person: Person, version: int | None, reason: str, now: dt.datetime) -> Person:
    """Remove a person's email, phone and assistant from their record and its history, invitations and join requests.

    The name and what the person entered are kept. Raises PermissionDenied, EditConflictError, and
    OperationNotAllowedError while the person represents an organization or has a portal role.
    """
    message = ADMINISTRATORS_MANAGE_STAFF if is_staff(actor) else STAFF_ONLY
    require_permission(can_manage_account(actor, person), message)
    current = lock(person, version)
    if current.representations.current().exists():
        text = _("%(name)s still represents an organization. End their roles first.")
        raise OperationNotAllowedError(text % {"name": current.name})
    old = current.email
    current = accounts_operations.clear_contact_fields(
        actor=actor, person=current, version=None, reason=reason, now=now
    )
    Invitation.objects.filter(email=old).update(email=current.email)
    Invitation.history.filter(email=old).update(email=current.email)
    JoinRequest.objects.filter(email__iexact=old).update(email=current.email, phone="")
    JoinRequest.history.filter(email__iexact=old).update(email=current.email, phone="")
    return current
