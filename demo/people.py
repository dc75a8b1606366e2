"""People by role, for whom they speak and where they sit."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.utils.text import slugify

from accounts.models import Person
from accounts.rules import PortalRole
from core.operations import create
from demo import content
from demo.days import Days
from members.models import Organization, Representation
from members.rules import OrganizationStatus, RepresentationKind
from taskforces.models import Body, Seat, Term
from taskforces.rules import BodyKind, SeatRole

DOMAIN = "example.org"
YEAR = 365


@dataclass
class Cast:
    """Everybody the demonstration made, to be found by what they are."""

    encoded_password: str
    days: Days
    staff: Person
    organizations: dict[str, Organization]
    members: dict[str, Person] = field(default_factory=dict)
    primaries: dict[str, Person] = field(default_factory=dict)
    alternates: dict[str, Person] = field(default_factory=dict)
    chairs: dict[str, Person] = field(default_factory=dict)
    sitting: dict[str, list[tuple[Person, Organization | None]]] = field(default_factory=lambda: defaultdict(list))
    _turn: int = 0

    def organization(self, key: str | None) -> Organization:
        """The organization of that key, or the next in turn where the key is empty or unknown."""
        if key and key in self.organizations:
            return self.organizations[key]
        self._turn += 1
        keys = list(self.organizations)
        return self.organizations[keys[self._turn % len(keys)]]

    def member(self, organization: Organization) -> Person:
        return self.members[organization.key]


def make_person(encoded_password: str, days: Days, address: str, name: str, **values: Any) -> Person:
    """A person of the demonstration, who may sign in with its password unless `values` say otherwise."""
    return create(
        Person,
        actor=None,
        recorded_at=days.ago(YEAR),
        email=f"{address}@{DOMAIN}",
        name=name,
        # One hash for all of them: they share the password, and a hash for each would take half a minute.
        password=encoded_password,
        is_demonstration=True,
        **{"can_sign_in": True, **values},
    )


def make_cast(words: dict[str, Any], encoded_password: str, days: Days) -> Cast:
    """Staff, a representative of each active organization, primaries and alternates, and who sits where."""
    make_person(
        encoded_password,
        days,
        "admin",
        "Portal administrator",
        portal_role=PortalRole.ADMINISTRATOR,
        position="Administrator",
    )
    staff = make_person(
        encoded_password, days, "staff", "Workgroup staff", portal_role=PortalRole.STAFF, position="Staff"
    )
    active = Organization.objects.filter(status=OrganizationStatus.ACTIVE, merged_into=None).order_by("pk")
    cast = Cast(encoded_password, days, staff, {organization.key: organization for organization in active})
    for organization in cast.organizations.values():
        cast.members[organization.key] = _represent(cast, organization, RepresentationKind.REPRESENTATIVE, "member")
    for key in _known(words["primaries"], cast, 6):
        organization = cast.organizations[key]
        assistant = _assistant_of(organization) if key in words.get("assistants", ()) else {}
        cast.primaries[key] = _represent(cast, organization, RepresentationKind.PRIMARY, "primary", **assistant)
    for key in _known(words["alternates"], cast, 3):
        organization = cast.organizations[key]
        cast.alternates[key] = _represent(cast, organization, RepresentationKind.ALTERNATE, "alternate")
    for key in words.get("executives", ()):
        if key in cast.organizations:
            kind = RepresentationKind.EXECUTIVE_CONTACT
            _represent(cast, cast.organizations[key], kind, "executive", can_sign_in=False)
    for body in Body.objects.standing():
        _seat_body(cast, body, content.for_body(words, body.slug))
    return cast


def _known(keys: list[str], cast: Cast, at_least: int) -> list[str]:
    known = [key for key in keys if key in cast.organizations]
    return known or list(cast.organizations)[:at_least]


def _assistant_of(organization: Organization) -> dict[str, str]:
    return {
        "assistant_name": f"Assistant at {organization.short_name}",
        "assistant_email": f"assistant.{organization.key}@{DOMAIN}",
    }


def _represent(cast: Cast, organization: Organization, kind: str, prefix: str, **values: Any) -> Person:
    words = {
        "primary": "primary representative",
        "alternate": "alternate",
        "member": "representative",
        "executive": "executive contact",
    }[prefix]
    person = make_person(
        cast.encoded_password,
        cast.days,
        f"{prefix}.{organization.key}",
        f"{organization.short_name} {words}",
        position=words.capitalize(),
        **values,
    )
    _name_representative(cast, organization, person, kind)
    return person


def _name_representative(cast: Cast, organization: Organization, person: Person, kind: str) -> None:
    create(
        Representation,
        actor=cast.staff,
        recorded_at=cast.days.ago(YEAR),
        organization=organization,
        person=person,
        kind=kind,
        starts_on=cast.days.day(-YEAR),
    )


def _seat_body(cast: Cast, body: Body, words: dict[str, Any]) -> None:
    _seat_chair(cast, body, words)
    if body.kind == BodyKind.FULL:
        return
    for key, role, state in words["seats"]:
        organization = cast.organization(key)
        member = cast.member(organization)
        if member not in [person for person, _ in cast.sitting[body.slug]]:
            _fill(cast, _seat(cast, body, role, organization), member, state)
    _fill(cast, _seat(cast, body, SeatRole.STAFF_LIAISON, None), cast.staff, "held")


def _seat_chair(cast: Cast, body: Body, words: dict[str, Any]) -> None:
    organization = cast.organization(words.get("chair") or slugify(body.workgroup.convened_by.rpartition("(")[2]))
    person = make_person(
        cast.encoded_password, cast.days, f"chair.{body.slug}", f"{body.title} chair", position="Chair"
    )
    _name_representative(cast, organization, person, RepresentationKind.REPRESENTATIVE)
    cast.chairs[body.slug] = person
    _fill(cast, _seat(cast, body, SeatRole.CHAIR, organization), person, "held")


def _seat(cast: Cast, body: Body, role: str, organization: Organization | None) -> Seat:
    return create(
        Seat, actor=cast.staff, recorded_at=cast.days.ago(YEAR), body=body, role=role, organization=organization
    )


def _fill(cast: Cast, seat: Seat, person: Person, state: str) -> None:
    """A current term; a vacant seat shows the term that ended."""
    days = cast.days
    planned = {"held": 365, "carrying over": -25, "ending soon": 26, "vacant": -48}[state]
    ended: dict[str, Any] = {}
    if state == "vacant":
        ended = {"ended_on": days.day(-48), "end_reason": "Moved to another office"}
    create(
        Term,
        actor=cast.staff,
        recorded_at=days.ago(YEAR),
        seat=seat,
        person=person,
        starts_on=days.day(-YEAR),
        planned_end_on=days.day(planned),
        **ended,
    )
    if state != "vacant":
        cast.sitting[seat.body.slug].append((person, seat.organization))
