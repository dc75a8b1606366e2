"""Rights that come from a current term in a seat, or from an organization's membership in the full Workgroup."""

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import AnyPerson, is_staff, signed_in
from accounts.rules import PortalRole
from members.models import Organization, Representation
from members.permissions import rights_of
from members.rules import OrganizationStatus, Participation
from taskforces.models import Body, BodyQuerySet, Seat, Term, TermQuerySet
from taskforces.rules import CHAIR_ROLES, BodyKind, SeatRole


def terms_of(person: AnyPerson) -> TermQuerySet:
    """Return the person's current terms."""
    return Term.objects.current().filter(person=person) if signed_in(person) else Term.objects.none()


def bodies_of(person: AnyPerson) -> BodyQuerySet:
    """Return the bodies of which the person is a member.

    A person is a member by a seat; of the full Workgroup also by representing one of its active members.
    """
    seated = Q(pk__in=terms_of(person).values("seat__body"))
    if rights_of(person).filter(organization__participation=Participation.WORKGROUP).exists():
        seated |= Q(kind=BodyKind.FULL)
    return Body.objects.standing().filter(seated)


def bodies_chaired_by(person: AnyPerson) -> BodyQuerySet:
    """Return the bodies that the person chairs or co-chairs."""
    return Body.objects.standing().filter(
        pk__in=terms_of(person).filter(seat__role__in=CHAIR_ROLES).values("seat__body")
    )


def belongs_to(person: AnyPerson, body: Body) -> bool:
    """Return True if the person is a member of the body."""
    return bodies_of(person).filter(pk=body.pk).exists()


def chairs(person: AnyPerson, body: Body) -> bool:
    """Return True if the person chairs or co-chairs the body."""
    return bodies_chaired_by(person).filter(pk=body.pk).exists()


def chairs_any(person: AnyPerson) -> bool:
    """Return True if the person chairs or co-chairs any body, which requires two-step verification."""
    return bodies_chaired_by(person).exists()


def can_keep_minutes(person: AnyPerson, body: Body) -> bool:
    """Return True for the chair, co-chair and secretary of the body, and for staff."""
    roles = (*CHAIR_ROLES, SeatRole.SECRETARY)
    return is_staff(person) or terms_of(person).filter(seat__body=body, seat__role__in=roles).exists()


def leads(person: AnyPerson, body: Body) -> bool:
    """Return True if the person may act for the whole body: its chair, its co-chair, or staff."""
    return is_staff(person) or chairs(person, body)


def bodies_managed_by(person: AnyPerson) -> BodyQuerySet:
    """Return the bodies for which the person may act: all for staff, else those that the person chairs."""
    return Body.objects.standing() if is_staff(person) else bodies_chaired_by(person)


def is_member(person: AnyPerson) -> bool:
    """Return True for everyone who may use the members' pages: staff, representatives with rights, seat holders."""
    return is_staff(person) or rights_of(person).exists() or terms_of(person).exists()


def people_of(body: Body) -> QuerySet[Person]:
    """Return the members of a body today, each once."""
    people = Q(pk__in=Term.objects.current().filter(seat__body=body).values("person"))
    if body.kind == BodyKind.FULL:
        people |= Q(
            pk__in=Representation.objects.with_rights()
            .filter(
                organization__participation=Participation.WORKGROUP,
                organization__status=OrganizationStatus.ACTIVE,
            )
            .values("person")
        )
    return Person.objects.filter(people, is_active=True)


def people_with_contact_visible_to(person: AnyPerson) -> QuerySet[Person]:
    """Return the people whose contact data the person may see.

    Staff see everyone's; a member sees their own and that of the members of the same bodies.
    """
    if is_staff(person):
        return Person.objects.all()
    if not (signed_in(person) and is_member(person)):
        return Person.objects.none()
    visible = Q(pk=person.pk)
    for body in bodies_of(person):
        visible |= Q(pk__in=people_of(body).values("pk"))
    return Person.objects.filter(visible)


def can_see_contact(person: AnyPerson, other: Person) -> bool:
    """Return True if the person may see the contact data of the other."""
    return people_with_contact_visible_to(person).filter(pk=other.pk).exists()


def organizations_on(body: Body) -> QuerySet[Organization]:
    """Return the organizations with an open seat on a body; for the full Workgroup, its active members."""
    if body.kind == BodyKind.FULL:
        return Organization.objects.active().filter(participation=Participation.WORKGROUP)
    return Organization.objects.standing().filter(
        pk__in=body.seats.filter(closed_on=None).exclude(organization=None).values("organization")
    )


def can_edit_body(person: AnyPerson) -> bool:
    """Return True if the person may add bodies and change their charters, settings and requirements: staff."""
    return is_staff(person)


def can_edit_workgroup(person: AnyPerson) -> bool:
    """Return True if the person may change the Workgroup's profile and the public history: staff."""
    return is_staff(person)


def people_for(seat: Seat) -> QuerySet[Person]:
    """Return the people who can be given a seat.

    They represent its organization with rights and hold no other seat on its body. A seat for no organization is open
    to everyone with rights and to staff.
    """
    rights = Representation.objects.with_rights()
    if seat.organization_id:
        people = Q(pk__in=rights.filter(organization=seat.organization_id).values("person"))
    else:
        people = Q(pk__in=rights.values("person")) | Q(portal_role__in=[PortalRole.STAFF, PortalRole.ADMINISTRATOR])
    seated = Term.objects.current().filter(seat__body=seat.body_id).values("person")
    return Person.objects.filter(people, is_active=True).exclude(pk__in=seated)


def seats_visible_to(person: AnyPerson) -> QuerySet[Seat]:
    """Return all seats for members and staff, none for others."""
    return Seat.objects.all() if is_member(person) else Seat.objects.none()


def terms_visible_to(person: AnyPerson) -> TermQuerySet:
    """Return all terms for members and staff, none for others."""
    return Term.objects.all() if is_member(person) else Term.objects.none()
