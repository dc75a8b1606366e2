"""Who may get reminders: read from seats, representations and statuses, in a few queries whatever the number."""

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
from taskforces.models import Body, Term
from taskforces.rules import CHAIR_ROLES, BodyKind, SeatRole

# On leave keeps sign-in and stops reminders.
_NOT_REMINDED = (OrganizationStatus.ON_LEAVE, OrganizationStatus.FORMER)


@dataclass
class Audience:
    """Active people by the roles for which they are reminded; a body's chairs are its chair, else its co-chairs."""

    people: dict[int, Person] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    chairs: dict[int, dict[str, list[int]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))
    # By organization and kind.
    representatives: dict[int, dict[str, list[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    secretaries: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    staff: list[Person] = field(default_factory=list)
    # The organizations that a person belongs to, by representation or by seat.
    homes: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def members_of(self, body_id: int) -> list[Person]:
        """Return the people of a body, each once, in a fixed order."""
        return [self.people[pk] for pk in sorted(self.members.get(body_id, ()))]

    def chairs_of(self, body_id: int) -> list[Person]:
        roles = self.chairs.get(body_id, {})
        return self._people(roles.get(SeatRole.CHAIR) or roles.get(SeatRole.CO_CHAIR) or ())

    def minute_takers_of(self, body_id: int) -> list[Person]:
        """Who takes a body's minutes: its secretaries and its chairs, each once."""
        secretaries = self._people(self.secretaries.get(body_id, ()))
        return list({person.pk: person for person in (*secretaries, *self.chairs_of(body_id))}.values())

    def _people(self, ids: Iterable[int]) -> list[Person]:
        return [self.people[pk] for pk in ids]

    def acts_for(self, person: Person, organization: Organization | None) -> bool:
        """Whether the person still acts for the organization; without one, whether they still belong to any body."""
        if not person.is_active:
            return False
        if organization is None:
            seated = any(person.pk in people for people in self.members.values())
            represents = any(person.pk in ids for kinds in self.representatives.values() for ids in kinds.values())
            return seated or represents or is_staff(person)
        represents = any(person.pk in ids for ids in self.representatives.get(organization.pk, {}).values())
        return represents or organization.pk in self.homes.get(person.pk, ())

    def owners_of(self, item: ActionItem) -> list[Person]:
        """Who is reminded of an action item: its person; else a representative of its organization; else the chair."""
        organization = item.owner_organization
        if organization and organization.status in _NOT_REMINDED:
            return []
        if item.owner_person and self.acts_for(item.owner_person, organization):
            return [item.owner_person]
        kinds = self.representatives.get(organization.pk, {}) if organization else {}
        named = kinds.get(RepresentationKind.PRIMARY) or kinds.get(RepresentationKind.ALTERNATE) or ()
        return self._people(named) or self.chairs_of(item.body_id)

    def escalated_to(self, item: ActionItem) -> list[Person]:
        """Who is reminded once when an owner does not respond: the body's chair, unless that is the owner."""
        owners = {person.pk for person in self.owners_of(item)}
        return [person for person in self.chairs_of(item.body_id) if person.pk not in owners]

    def reporters_of(self, strategy: Strategy) -> list[Person]:
        """Who reports on a strategy: its responsible person, else the body's chair."""
        person = strategy.responsible_person
        if person and (
            person.pk in self.members.get(strategy.body_id, ()) or self.acts_for(person, strategy.lead_organization)
        ):
            return [person]
        return self.chairs_of(strategy.body_id)


def load_audience(
    *,
    person_id: int | None = None,
    owner_id: int | None = None,
    body_id: int | None = None,
    organization_ids: Iterable[int | None] = (),
) -> Audience:
    """Everyone; or, for a check of one reminder, that person with the body's chairs and the organizations' people.

    `owner_id` is the owner of the reminder's subject, where that is someone else than the person.
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
        if seat.organization and seat.organization.status in _NOT_REMINDED:
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
        audience.representatives[right.organization_id][right.kind].append(right.person_id)
        audience.homes[right.person_id].add(right.organization_id)
        if right.organization.participation == Participation.WORKGROUP:
            for pk in full:
                audience.members[pk].add(right.person_id)
    return audience


def load_audience_around(person: Person) -> Audience:
    """Return the person and the representatives of the organizations that the person belongs to."""
    terms = Term.objects.current().filter(person=person).exclude(seat__organization=None)
    rights = Representation.objects.with_rights().filter(person=person)
    homes = {*terms.values_list("seat__organization", flat=True), *rights.values_list("organization", flat=True)}
    return load_audience(person_id=person.pk, organization_ids=homes)
