"""Whom a reminder may reach: read from seats, representations and statuses, in a few queries whatever the number."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import Person
from accounts.permissions import is_staff
from accounts.rules import PortalRole
from actionitems.models import ActionItem
from members.models import Organization, Representation
from members.rules import OrganizationStatus, Participation, RepresentationKind
from objectives.models import Strategy
from reminders.wishes import NotificationPreferences
from taskforces.models import Body, Term
from taskforces.rules import CHAIR_ROLES, BodyKind, SeatRole

# On leave keeps sign-in and stops reminders.
_SILENT = (OrganizationStatus.ON_LEAVE, OrganizationStatus.FORMER)


@dataclass
class Audience:
    """Active people by what makes them be reminded; a body's chairs are its chair, else its co-chairs."""

    people: dict[int, Person] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    chairs: dict[int, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    speakers: dict[int, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    secretaries: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    staff: list[Person] = field(default_factory=list)
    # The organizations that a person stands for, by representation or by seat.
    homes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def members_of(self, body_id: int) -> list[Person]:
        """The people of a body, each once, in a fixed order."""
        return [self.people[pk] for pk in sorted(self.members.get(body_id, ()))]

    def chairs_of(self, body_id: int) -> list[Person]:
        roles = self.chairs.get(body_id, {})
        return self._people(roles.get(SeatRole.CHAIR) or roles.get(SeatRole.CO_CHAIR) or ())

    def minute_takers_of(self, body_id: int) -> list[Person]:
        """Who keeps a body's minutes: its secretaries and its chairs, each once."""
        secretaries = self._people(self.secretaries.get(body_id, ()))
        return list({person.pk: person for person in (*secretaries, *self.chairs_of(body_id))}.values())

    def _people(self, ids: Iterable[int]) -> list[Person]:
        return [self.people[pk] for pk in ids]

    def delegate(self, person: Person, wishes: NotificationPreferences, moment: dt.datetime) -> Person | None:
        """Who gets a person's reminders while they are away, send somebody, or no mail reaches them.

        The colleague whom they named, else an alternate of an organization of theirs; nobody who is away as well.
        """
        named = wishes.delegate_of(person.pk)
        colleagues: dict[int, bool] = {}
        for organization in sorted(self.homes.get(person.pk, ())):
            for kind, ids in self.speakers.get(organization, {}).items():
                for pk in ids:
                    colleagues[pk] = colleagues.get(pk, False) or kind == RepresentationKind.ALTERNATE
        colleagues.pop(person.pk, None)
        alternates = [pk for pk, is_alternate in colleagues.items() if is_alternate]
        for pk in [named, *alternates] if named in colleagues else alternates:
            colleague = self.people[pk]
            if not wishes.is_absent(colleague, moment):
                return colleague
        return None

    def stands_for(self, person: Person, organization: Organization | None) -> bool:
        """Whether the person still acts for the organization; without one, whether the person is still one of us."""
        if not person.is_active:
            return False
        if organization is None:
            seated = any(person.pk in people for people in self.members.values())
            speaks = any(person.pk in ids for kinds in self.speakers.values() for ids in kinds.values())
            return seated or speaks or is_staff(person)
        speaks = any(person.pk in ids for ids in self.speakers.get(organization.pk, {}).values())
        return speaks or organization.pk in self.homes.get(person.pk, ())

    def owners_of(self, item: ActionItem) -> list[Person]:
        """Who is reminded of an action item: its person; else who speaks for its organization; else the chair."""
        organization = item.owner_organization
        if organization and organization.status in _SILENT:
            return []
        if item.owner_person and self.stands_for(item.owner_person, organization):
            return [item.owner_person]
        kinds = self.speakers.get(organization.pk, {}) if organization else {}
        named = kinds.get(RepresentationKind.PRIMARY) or kinds.get(RepresentationKind.ALTERNATE) or ()
        return self._people(named) or self.chairs_of(item.body_id)

    def escalated_to(self, item: ActionItem) -> list[Person]:
        """Who is told once when an owner stays silent: the body's chair, unless that is the owner."""
        owners = {person.pk for person in self.owners_of(item)}
        return [person for person in self.chairs_of(item.body_id) if person.pk not in owners]

    def reporters_of(self, strategy: Strategy) -> list[Person]:
        """Who owes the word on a strategy: its responsible person, else the body's chair."""
        person = strategy.responsible_person
        if person and (
            person.pk in self.members.get(strategy.body_id, ()) or self.stands_for(person, strategy.lead_organization)
        ):
            return [person]
        return self.chairs_of(strategy.body_id)


def load(
    *,
    person_id: int | None = None,
    owner_id: int | None = None,
    body_id: int | None = None,
    organization_ids: Iterable[int | None] = (),
) -> Audience:
    """Everybody; or, for a check of one reminder, that person with the body's chairs and who speaks for those.

    `owner_id` is the owner of what the reminder speaks of, who stands beside the person where they are two.
    """
    audience = Audience()
    staff = Person.objects.filter(portal_role__in=[PortalRole.STAFF, PortalRole.ADMINISTRATOR], is_active=True)
    if person_id is not None:
        staff = staff.filter(pk=person_id)
    audience.staff = list(staff.order_by("pk"))
    terms = Term.objects.current().filter(person__is_active=True)
    rights = Representation.objects.with_rights().filter(
        person__is_active=True, organization__status=OrganizationStatus.ACTIVE
    )
    if person_id is not None:
        terms = terms.filter(
            Q(person__in=[person_id, owner_id])
            | Q(seat__body=body_id, seat__role__in=(*CHAIR_ROLES, SeatRole.SECRETARY))
        )
        organizations = [pk for pk in organization_ids if pk]
        rights = rights.filter(Q(person__in=[person_id, owner_id]) | Q(organization__in=organizations))
    for term in terms.select_related("person", "seat__organization").order_by("pk"):
        seat = term.seat
        if seat.organization and seat.organization.status in _SILENT:
            continue
        audience.people[term.person_id] = term.person
        audience.members[seat.body_id].add(term.person_id)
        if seat.role in CHAIR_ROLES:
            audience.chairs[seat.body_id][seat.role].append(term.person_id)
        if seat.role == SeatRole.SECRETARY:
            audience.secretaries[seat.body_id].append(term.person_id)
        if seat.organization_id:
            audience.homes[term.person_id].add(seat.organization_id)
    full = list(Body.objects.standing().filter(kind=BodyKind.FULL).values_list("pk", flat=True))
    for right in rights.select_related("person", "organization").order_by("pk"):
        audience.people[right.person_id] = right.person
        audience.speakers[right.organization_id][right.kind].append(right.person_id)
        audience.homes[right.person_id].add(right.organization_id)
        if right.organization.participation == Participation.WORKGROUP:
            for pk in full:
                audience.members[pk].add(right.person_id)
    return audience


def load_around(person: Person) -> Audience:
    """A person with their colleagues: who speaks for the organizations that the person stands for."""
    terms = Term.objects.current().filter(person=person).exclude(seat__organization=None)
    rights = Representation.objects.with_rights().filter(person=person)
    homes = {*terms.values_list("seat__organization", flat=True), *rights.values_list("organization", flat=True)}
    return load(person_id=person.pk, organization_ids=homes)
