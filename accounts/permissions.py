"""Rights that follow from the account and its portal role, read anew at each question."""

from typing import TypeGuard

from django.contrib.auth.models import AnonymousUser

from accounts.models import Person
from accounts.rules import PortalRole

AnyPerson = Person | AnonymousUser


def signed_in(person: AnyPerson) -> TypeGuard[Person]:
    """Whether this is an account in force: active and allowed to sign in."""
    return isinstance(person, Person) and person.is_active and person.can_sign_in


def is_staff(person: AnyPerson) -> bool:
    """Workgroup staff or administrator."""
    return signed_in(person) and person.portal_role in (PortalRole.STAFF, PortalRole.ADMINISTRATOR)


def is_administrator(person: AnyPerson) -> bool:
    return signed_in(person) and person.portal_role == PortalRole.ADMINISTRATOR


def can_change_role(person: AnyPerson) -> bool:
    """Only an administrator sets a portal role."""
    return is_administrator(person)


def can_view_as(actor: AnyPerson, person: Person) -> bool:
    """Whether the actor may look at the portal as the person: staff, as members who can sign in, never as staff."""
    return is_staff(actor) and signed_in(person) and not is_staff(person)
