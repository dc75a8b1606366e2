"""Whether "may I?" and "which may I?" of members and bodies agree, also with the rules told again in plain Python.

Those of objectives, meetings and action items are held beside their own apps.
"""

from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import permissions as accounts
from accounts.models import Person
from accounts.rules import PortalRole
from members import permissions as members
from members.models import Organization, Representation
from members.rules import KINDS_WITH_RIGHTS, STATUSES_WITH_RIGHTS, Participation, RepresentationKind
from taskforces import permissions as bodies
from taskforces.models import Body, Seat, Term
from taskforces.rules import CHAIR_ROLES, BodyKind
from tests.meetings import worlds

WORLDS, PARTS = 1000, 4
many = settings(
    max_examples=WORLDS // PARTS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Facts:
    """What stands in the tables of one world, read once."""

    people: list[Person]
    bodies: list[Body]
    organizations: set[Organization] = field(default_factory=lambda: set(Organization.objects.all()))
    public: set[Organization] = field(default_factory=lambda: set(Organization.objects.public()))
    seats: set[Seat] = field(default_factory=lambda: set(Seat.objects.all()))
    terms: list[Term] = field(default_factory=lambda: list(Term.objects.select_related("seat__body")))
    representations: list[Representation] = field(
        default_factory=lambda: list(Representation.objects.select_related("organization"))
    )
    sitting: dict[int, set[Person]] = field(default_factory=dict)

    def people_of(self, body: Body) -> set[Person]:
        """Who belongs to the body, asked once."""
        if body.pk not in self.sitting:
            self.sitting[body.pk] = set(bodies.people_of(body))
        return self.sitting[body.pk]


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("part", range(PARTS))
@many
@given(st.data())
def test_in_a_thousand_worlds_the_two_questions_have_one_answer(part, no_history, data):
    with transaction.atomic():
        drawn = worlds.build(data.draw, meetings=0)
        for organization in drawn.organizations:
            organization.is_public = data.draw(st.booleans())
            organization.save(update_fields=["is_public"])
        world = Facts(drawn.people, drawn.bodies)
        for person in [*world.people, AnonymousUser()]:
            check(person, world)
        transaction.set_rollback(True)


@pytest.fixture
def no_history(settings):
    """The questions read no history, so none is written."""
    settings.SIMPLE_HISTORY_ENABLED = False


def check(person, world):
    in_force = bool(person.pk) and person.is_active and person.can_sign_in
    staff = in_force and person.portal_role in (PortalRole.STAFF, PortalRole.ADMINISTRATOR)
    held = [
        row
        for row in world.representations
        if in_force
        and row.person_id == person.pk
        and row.ended_on is None
        and row.kind in KINDS_WITH_RIGHTS
        and row.organization.status in STATUSES_WITH_RIGHTS
        and row.organization.merged_into_id is None
    ]
    own = {row.organization for row in held}
    led = {row.organization for row in held if row.kind != RepresentationKind.REPRESENTATIVE}
    check_organizations(person, world, staff, own, led)
    terms = [
        term
        for term in world.terms
        if in_force
        and term.person_id == person.pk
        and term.ended_on is None
        and term.seat.closed_on is None
        and term.seat.body.dissolved_on is None
    ]
    check_bodies(person, world, staff, held, terms)


def check_organizations(person, world, staff, own, led):
    assert set(members.organizations_of(person)) == own
    assert set(members.organizations_managed_by(person)) == led
    visible = set(members.organizations_visible_to(person))
    assert visible == (world.organizations if staff else world.public | own)
    for organization in world.organizations:
        assert members.represents(person, organization) == (organization in own)
        assert members.can_propose(person, organization) == (organization in led)
    assert accounts.is_staff(person) == staff
    assert accounts.can_change_role(person) == (staff and person.portal_role == PortalRole.ADMINISTRATOR)


def check_bodies(person, world, staff, held, terms):
    standing = {body for body in world.bodies if body.dissolved_on is None}
    seated = {term.seat.body for term in terms}
    chaired = {term.seat.body for term in terms if term.seat.role in CHAIR_ROLES} & standing
    full = {body for body in standing if body.kind == BodyKind.FULL}
    through = full if any(row.organization.participation == Participation.WORKGROUP for row in held) else set()
    belongs = (seated & standing) | through
    assert set(bodies.bodies_of(person)) == belongs
    assert set(bodies.bodies_chaired_by(person)) == chaired
    assert set(bodies.bodies_managed_by(person)) == (standing if staff else chaired)
    assert bodies.chairs_any(person) == bool(chaired)
    member = staff or bool(held) or bool(terms)
    assert bodies.is_member(person) == member
    for body in world.bodies:
        assert bodies.belongs_to(person, body) == (body in belongs)
        assert bodies.chairs(person, body) == (body in chaired)
        assert bodies.leads(person, body) == (staff or body in chaired)
    assert set(bodies.seats_visible_to(person)) == (world.seats if member else set())
    assert set(bodies.terms_visible_to(person)) == (set(world.terms) if member else set())
    check_contacts(person, world, staff, member, belongs)


def check_contacts(person, world, staff, member, belongs):
    shown = set(bodies.people_with_contact_visible_to(person))
    sits_with = {other for body in belongs for other in world.people_of(body)}
    expected = set(world.people) if staff else ({person} | sits_with if member else set())
    assert shown & set(world.people) == expected & set(world.people)
    for other in world.people:
        assert bodies.can_see_contact(person, other) == (other in expected)
