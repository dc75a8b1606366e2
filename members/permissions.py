"""Rights that follow from current representations, read anew at each question."""

from copy import copy

from django.db.models import Q

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from members.models import Organization, OrganizationQuerySet, Representation, RepresentationQuerySet
from members.rules import RepresentationKind

# Those who speak for an organization: its primary representative, and its alternates.
MANAGER_KINDS = (RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE)


def rights_of(person: AnyPerson) -> RepresentationQuerySet:
    """The person's current representations that carry rights."""
    if not signed_in(person):
        return Representation.objects.none()
    return Representation.objects.with_rights().filter(person=person)


def organizations_of(person: AnyPerson) -> OrganizationQuerySet:
    """The organizations for which the person has rights."""
    return Organization.objects.filter(pk__in=rights_of(person).values("organization"))


def organizations_managed_by(person: AnyPerson) -> OrganizationQuerySet:
    """The organizations for which the person speaks as primary representative or alternate."""
    led = rights_of(person).filter(kind__in=MANAGER_KINDS)
    return Organization.objects.filter(pk__in=led.values("organization"))


def represents(person: AnyPerson, organization: Organization) -> bool:
    return rights_of(person).filter(organization=organization).exists()


def organizations_visible_to(person: AnyPerson) -> OrganizationQuerySet:
    """All for staff; what is public and one's own for others."""
    if is_staff(person):
        return Organization.objects.all()
    public = Q(pk__in=Organization.objects.public().values("pk"))
    return Organization.objects.filter(public | Q(pk__in=organizations_of(person).values("pk")))


def can_propose(person: AnyPerson, organization: Organization) -> bool:
    """Whether the person may propose changes to the organization's public record."""
    return organizations_managed_by(person).filter(pk=organization.pk).exists()


def may_act_for(actor: AnyPerson, person: Person) -> bool:
    """Whether the actor may enter what the person said elsewhere: staff, for anybody else who is still here."""
    return is_staff(actor) and actor.pk != person.pk and person.is_active


def with_account_rights(person: Person) -> Person:
    """The person as the rules would see one with an account, so that staff can enter the word of one without.

    A copy to ask the rules with; no operation saves it.
    """
    voice = copy(person)
    voice.can_sign_in = True
    return voice
