"""Rights that follow from current representations, read again for each question."""

from copy import copy

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, is_staff_or_system, signed_in
from members.models import Organization, OrganizationQuerySet, Representation, RepresentationQuerySet
from members.rules import CONFIRMING_KINDS, MANAGER_KINDS

MANAGERS_ONLY = _("Only the primary representative and alternates of an organization can do this.")
STAFF_ACT_FOR_OTHERS = _("Only staff can enter updates for other people, and only for active members.")


def rights_of(person: AnyPerson) -> RepresentationQuerySet:
    """Return the person's current representations that give rights."""
    if not signed_in(person):
        return Representation.objects.none()
    return Representation.objects.with_rights().filter(person=person)


def organizations_of(person: AnyPerson) -> OrganizationQuerySet:
    """Return the organizations for which the person has rights."""
    return Organization.objects.filter(pk__in=rights_of(person).values("organization"))


def organizations_managed_by(person: AnyPerson) -> OrganizationQuerySet:
    """Return the organizations that the person represents as primary representative or alternate."""
    managed = rights_of(person).filter(kind__in=MANAGER_KINDS)
    return Organization.objects.filter(pk__in=managed.values("organization"))


def represents(person: AnyPerson, organization: Organization) -> bool:
    """Return True if the person has rights for the organization."""
    return rights_of(person).filter(organization=organization).exists()


def organizations_visible_to(person: AnyPerson) -> OrganizationQuerySet:
    """Return all organizations for staff; for others the public ones and their own."""
    if is_staff(person):
        return Organization.objects.all()
    public = Q(pk__in=Organization.objects.public().values("pk"))
    return Organization.objects.filter(public | Q(pk__in=organizations_of(person).values("pk")))


def can_manage_membership(actor: AnyPerson | None) -> bool:
    """Return True for staff, who manage organizations, their people and requests; also for the system (None)."""
    return is_staff_or_system(actor)


def can_propose(person: AnyPerson, organization: Organization) -> bool:
    """Return True if the person may propose changes to the organization's public information."""
    return organizations_managed_by(person).filter(pk=organization.pk).exists()


def can_confirm(person: AnyPerson, organization: Organization, *, by_link: bool = False) -> bool:
    """Return True if the person may answer the yearly request for the organization, and propose changes with it.

    With `by_link` the person holds the link that was emailed to them, and needs no account: then the executive contact
    may answer too. The caller has checked the link's token.
    """
    if not by_link:
        return can_propose(person, organization)
    return isinstance(person, Person) and person.is_active and is_confirming_contact(person, organization)


def is_confirming_contact(person: Person, organization: Organization) -> bool:
    """Return True if the person currently represents the organization in a kind that answers the yearly request."""
    return organization.representations.current().filter(person=person, kind__in=CONFIRMING_KINDS).exists()


def can_act_for(actor: AnyPerson, person: Person) -> bool:
    """Return True if the actor may enter what the person told them: staff, for any other person who is active."""
    return is_staff(actor) and actor.pk != person.pk and person.is_active


def with_account_rights(person: Person) -> Person:
    """Return a copy of the person that the rules treat as able to sign in.

    Staff may enter updates for people without an account. The copy is only passed to permission functions, and never
    saved.
    """
    account = copy(person)
    account.can_sign_in = True
    return account
