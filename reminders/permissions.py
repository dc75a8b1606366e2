"""Whom a person may name as delegate."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from members.models import Representation
from taskforces.models import Term


def colleagues_of(person: Person) -> QuerySet[Person]:
    """The active people who speak for an organization that the person stands for, by representation or by seat."""
    seats = Term.objects.current().filter(person=person).exclude(seat__organization=None)
    rights = Representation.objects.with_rights()
    own = rights.filter(person=person)
    homes = Q(organization__in=own.values("organization")) | Q(organization__in=seats.values("seat__organization"))
    people = Person.objects.filter(is_active=True, pk__in=rights.filter(homes).values("person"))
    return people.exclude(pk=person.pk)
