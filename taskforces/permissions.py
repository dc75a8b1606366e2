"""Rights that follow from a current term in a seat, and from an organization's place in the full Workgroup."""

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
    """The person's current terms."""
    return Term.objects.current().filter(person=person) if signed_in(person) else Term.objects.none()


def bodies_of(person: AnyPerson) -> BodyQuerySet:
    """The bodies that the person belongs to: by a seat, or to the full Workgroup by representing a member of it."""
    seated = Q(pk__in=terms_of(person).values("seat__body"))
    if rights_of(person).filter(organization__participation=Participation.WORKGROUP).exists():
        seated |= Q(kind=BodyKind.FULL)
    return Body.objects.standing().filter(seated)


def bodies_chaired_by(person: AnyPerson) -> BodyQuerySet:
    """The bodies that the person chairs or co-chairs."""
    return Body.objects.standing().filter(
        pk__in=terms_of(person).filter(seat__role__in=CHAIR_ROLES).values("seat__body")
    )


def belongs_to(person: AnyPerson, body: Body) -> bool:
    return bodies_of(person).filter(pk=body.pk).exists()


def chairs(person: AnyPerson, body: Body) -> bool:
    return bodies_chaired_by(person).filter(pk=body.pk).exists()


def chairs_any(person: AnyPerson) -> bool:
    """Whether the person chairs or co-chairs any body, which asks for a second factor."""
    return bodies_chaired_by(person).exists()


def can_keep_minutes(person: AnyPerson, body: Body) -> bool:
    """Chair, co-chair or named secretary of the body, or staff."""
    roles = (*CHAIR_ROLES, SeatRole.SECRETARY)
    return is_staff(person) or terms_of(person).filter(seat__body=body, seat__role__in=roles).exists()


def leads(person: AnyPerson, body: Body) -> bool:
    """Whether the person may act for the body as a whole: its chair, its co-chair, or staff."""
    return is_staff(person) or chairs(person, body)


def bodies_managed_by(person: AnyPerson) -> BodyQuerySet:
    """The bodies for which `leads` is true."""
    return Body.objects.standing() if is_staff(person) else bodies_chaired_by(person)


def is_member(person: AnyPerson) -> bool:
    """Whether the members' side of the portal opens: staff, a representation with rights, or a seat."""
    return is_staff(person) or rights_of(person).exists() or terms_of(person).exists()


def people_of(body: Body) -> QuerySet[Person]:
    """The people who belong to a body today, each once."""
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
    """Everybody for staff; for a member those who sit on the same body, and oneself."""
    if is_staff(person):
        return Person.objects.all()
    if not (signed_in(person) and is_member(person)):
        return Person.objects.none()
    shown = Q(pk=person.pk)
    for body in bodies_of(person):
        shown |= Q(pk__in=people_of(body).values("pk"))
    return Person.objects.filter(shown)


def can_see_contact(person: AnyPerson, other: Person) -> bool:
    return people_with_contact_visible_to(person).filter(pk=other.pk).exists()


def organizations_on(body: Body) -> QuerySet[Organization]:
    """The organizations that hold an open seat on a body; for the full Workgroup its active members."""
    if body.kind == BodyKind.FULL:
        return Organization.objects.active().filter(participation=Participation.WORKGROUP)
    return Organization.objects.standing().filter(
        pk__in=body.seats.filter(closed_on=None).exclude(organization=None).values("organization")
    )


def can_edit_body(person: AnyPerson) -> bool:
    """Whether the person may add bodies and change what is said of them and how they work: staff."""
    return is_staff(person)


def people_for(seat: Seat) -> QuerySet[Person]:
    """Who may be put in a seat: people with rights of its organization who do not sit on its body yet.

    Where the seat is for no organization, anybody with rights or staff.
    """
    rights = Representation.objects.with_rights()
    if seat.organization_id:
        people = Q(pk__in=rights.filter(organization=seat.organization_id).values("person"))
    else:
        people = Q(pk__in=rights.values("person")) | Q(portal_role__in=[PortalRole.STAFF, PortalRole.ADMINISTRATOR])
    seated = Term.objects.current().filter(seat__body=seat.body_id).values("person")
    return Person.objects.filter(people, is_active=True).exclude(pk__in=seated)


def seats_visible_to(person: AnyPerson) -> QuerySet[Seat]:
    """All for members and staff; who sits where is not for others."""
    return Seat.objects.all() if is_member(person) else Seat.objects.none()


def terms_visible_to(person: AnyPerson) -> TermQuerySet:
    """All for members and staff."""
    return Term.objects.all() if is_member(person) else Term.objects.none()
