"""Rights that follow from the account and its portal role, read again for each question."""

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.rules import PortalRole

AnyPerson = Person | AnonymousUser

STAFF_ONLY = _("Only Workgroup staff can do this.")
ADMINISTRATORS_SET_ROLES = _("Only an administrator can set a portal role.")
ADMINISTRATORS_MANAGE_STAFF = _("Only an administrator can change the account of staff or an administrator.")


def signed_in(person: object) -> TypeGuard[Person]:
    """Return True for an account that is open: active, and allowed to sign in."""
    return isinstance(person, Person) and person.is_active and person.can_sign_in


def is_staff(person: AnyPerson) -> bool:
    """Return True for Workgroup staff and administrators whose account is open."""
    return signed_in(person) and person.portal_role in (PortalRole.STAFF, PortalRole.ADMINISTRATOR)


def is_administrator(person: AnyPerson) -> bool:
    """Return True for an administrator whose account is open."""
    return signed_in(person) and person.portal_role == PortalRole.ADMINISTRATOR


def is_staff_or_system(actor: AnyPerson | None) -> bool:
    """Return True for staff, and for the portal itself (None): its commands, its schedule, and its loader."""
    return actor is None or is_staff(actor)


def can_change_role(person: AnyPerson) -> bool:
    """Return True for administrators: only they set portal roles."""
    return is_administrator(person)


def can_manage_account(actor: AnyPerson | None, person: Person) -> bool:
    """Return True if the actor may edit, close, reopen or invite the person, or remove their contact data.

    Staff manage the accounts of members and their own; an account that was given a portal role is managed by
    administrators alone. The role counts whatever the state of the account: a closed administrator who could be edited
    and reopened by staff would be an administrator's account in their hands.
    """
    if person.portal_role == PortalRole.NONE or (actor is not None and actor.pk == person.pk):
        return is_staff_or_system(actor)
    return actor is None or is_administrator(actor)


def can_view_as(actor: AnyPerson, person: Person) -> bool:
    """Return True if the actor may view the portal as the person: staff, as members who can sign in."""
    return is_staff(actor) and signed_in(person) and not is_staff(person)
