"""People by role, the organizations they represent, and their seats."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from accounts.models import Person
from accounts.rules import PortalRole
from core.operations import create
from demo.calendar import DemoCalendar
from demo.texts import texts_for_body
from members.models import Organization, Representation
from members.rules import OrganizationStatus, RepresentationKind
from taskforces.models import Body, Seat, Term
from taskforces.rules import BodyKind, SeatRole

DOMAIN = "example.org"
YEAR = 365


@dataclass
class DemoData:
    """The people of the demonstration by their role, and what the makers of the other records need."""

    encoded_password: str
    calendar: DemoCalendar
    staff: Person
    organizations: dict[str, Organization]
    members: dict[str, Person] = field(default_factory=dict)
    primaries: dict[str, Person] = field(default_factory=dict)
    alternates: dict[str, Person] = field(default_factory=dict)
    chairs: dict[str, Person] = field(default_factory=dict)
    seated: dict[str, list[tuple[Person, Organization | None]]] = field(default_factory=lambda: defaultdict(list))
    _turn: int = 0

    def organization(self, key: str | None) -> Organization:
        """Return the organization with this key, or the next one in turn if the key is empty or unknown."""
        if key and key in self.organizations:
            return self.organizations[key]
        self._turn += 1
        keys = list(self.organizations)
        return self.organizations[keys[self._turn % len(keys)]]

    def member(self, organization: Organization) -> Person:
        """Return the representative of an organization."""
        return self.members[organization.key]


def make_person(encoded_password: str, calendar: DemoCalendar, address: str, name: str, **values: Any) -> Person:
    """Make a person who can sign in with the password of the demonstration, unless `values` override it."""
    return create(
        Person,
        actor=None,
        recorded_at=calendar.ago(YEAR),
        email=f"{address}@{DOMAIN}",
        name=name,
        # All people share one password and its hash. Hashing it for each of them would take half a minute.
        password=encoded_password,
        is_demonstration=True,
        **{"can_sign_in": True, **values},
    )


def make_people(texts: dict[str, Any], encoded_password: str, calendar: DemoCalendar) -> DemoData:
    """Make staff, the representatives, primaries, and alternates of active organizations, and the seats of bodies."""
    make_person(
        encoded_password,
        calendar,
        "admin",
        "Portal administrator",
        portal_role=PortalRole.ADMINISTRATOR,
        position="Administrator",
    )
    staff = make_person(
        encoded_password, calendar, "staff", "Workgroup staff", portal_role=PortalRole.STAFF, position="Staff"
    )
    active = Organization.objects.filter(status=OrganizationStatus.ACTIVE, merged_into=None).order_by("pk")
    demo = DemoData(encoded_password, calendar, staff, {organization.key: organization for organization in active})
    for organization in demo.organizations.values():
        demo.members[organization.key] = _represent(demo, organization, RepresentationKind.REPRESENTATIVE, "member")
    for key in _existing_keys(texts["primaries"], demo, 6):
        organization = demo.organizations[key]
        assistant = _assistant_of(organization) if key in texts.get("assistants", ()) else {}
        demo.primaries[key] = _represent(demo, organization, RepresentationKind.PRIMARY, "primary", **assistant)
    for key in _existing_keys(texts["alternates"], demo, 3):
        organization = demo.organizations[key]
        demo.alternates[key] = _represent(demo, organization, RepresentationKind.ALTERNATE, "alternate")
    for key in texts.get("executives", ()):
        if key in demo.organizations:
            kind = RepresentationKind.EXECUTIVE_CONTACT
            _represent(demo, demo.organizations[key], kind, "executive", can_sign_in=False)
    for body in Body.objects.standing():
        _seat_body(demo, body, texts_for_body(texts, body.slug))
    return demo


def _existing_keys(keys: list[str], demo: DemoData, at_least: int) -> list[str]:
    known = [key for key in keys if key in demo.organizations]
    return known or list(demo.organizations)[:at_least]


def _assistant_of(organization: Organization) -> dict[str, str]:
    return {
        "assistant_name": f"Assistant at {organization.short_name}",
        "assistant_email": f"assistant.{organization.key}@{DOMAIN}",
    }


def _represent(demo: DemoData, organization: Organization, kind: str, prefix: str, **values: Any) -> Person:
    role = {
        "primary": "primary representative",
        "alternate": "alternate",
        "member": "representative",
        "executive": "executive contact",
    }[prefix]
    person = make_person(
        demo.encoded_password,
        demo.calendar,
        f"{prefix}.{organization.key}",
        f"{organization.short_name} {role}",
        position=role.capitalize(),
        **values,
    )
    _add_representation(demo, organization, person, kind)
    return person


def _add_representation(demo: DemoData, organization: Organization, person: Person, kind: str) -> None:
    create(
        Representation,
        actor=demo.staff,
        recorded_at=demo.calendar.ago(YEAR),
        organization=organization,
        person=person,
        kind=kind,
        starts_on=demo.calendar.day(-YEAR),
    )


def _seat_body(demo: DemoData, body: Body, texts: dict[str, Any]) -> None:
    _seat_chair(demo, body, texts)
    if body.kind == BodyKind.FULL:
        return
    for key, role, state in texts["seats"]:
        organization = demo.organization(key)
        member = demo.member(organization)
        if member not in [person for person, _ in demo.seated[body.slug]]:
            _fill(demo, _seat(demo, body, role, organization), member, state)
    _fill(demo, _seat(demo, body, SeatRole.STAFF_LIAISON, None), demo.staff, "current")


def _seat_chair(demo: DemoData, body: Body, texts: dict[str, Any]) -> None:
    organization = demo.organization(texts.get("chair") or slugify(body.workgroup.convened_by.rpartition("(")[2]))
    person = make_person(
        demo.encoded_password, demo.calendar, f"chair.{body.slug}", f"{body.title} chair", position="Chair"
    )
    _add_representation(demo, organization, person, RepresentationKind.REPRESENTATIVE)
    demo.chairs[body.slug] = person
    _fill(demo, _seat(demo, body, SeatRole.CHAIR, organization), person, "current")


def _seat(demo: DemoData, body: Body, role: str, organization: Organization | None) -> Seat:
    return create(
        Seat, actor=demo.staff, recorded_at=demo.calendar.ago(YEAR), body=body, role=role, organization=organization
    )


def _fill(demo: DemoData, seat: Seat, person: Person, state: str) -> None:
    """Make a current term, or the ended term of a vacant seat."""
    calendar = demo.calendar
    planned = {"current": 365, "holdover": -25, "ending soon": 26, "vacant": -48}[state]
    ended: dict[str, Any] = {}
    if state == "vacant":
        ended = {"ended_on": calendar.day(-48), "end_reason": "Moved to another office"}
    create(
        Term,
        actor=demo.staff,
        recorded_at=calendar.ago(YEAR),
        seat=seat,
        person=person,
        starts_on=calendar.day(-YEAR),
        planned_end_on=calendar.day(planned),
        **ended,
    )
    if state != "vacant":
        demo.seated[seat.body.slug].append((person, seat.organization))
