"""Who may do what with email, and whom a person may name as delegate."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff
from members.models import Representation
from taskforces.models import Term


def can_manage_email(person: AnyPerson) -> bool:
    """Whether the person may read and change what the portal sends: staff."""
    return is_staff(person)


def staff_only() -> str:
    """Return the reason why someone may not manage email."""
    return _("Only Workgroup staff can manage email.")


def can_choose_preferences(person: AnyPerson) -> bool:
    """Whether the person has email preferences: everyone who gets email, also without an account to sign in with."""
    return isinstance(person, Person) and person.is_active


def colleagues_of(person: Person) -> QuerySet[Person]:
    """Return the other active people who represent an organization that the person belongs to.

    A person belongs to an organization as its representative or by a seat.
    """
    seats = Term.objects.current().filter(person=person).exclude(seat__organization=None)
    rights = Representation.objects.with_rights()
    own = rights.filter(person=person)
    homes = Q(organization__in=own.values("organization")) | Q(organization__in=seats.values("seat__organization"))
    people = Person.objects.filter(is_active=True, pk__in=rights.filter(homes).values("person"))
    return people.exclude(pk=person.pk)
