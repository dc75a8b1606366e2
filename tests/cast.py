"""The cast of the suite: one person for each fixed role, around one task force and two organizations."""

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from django.db import transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from accounts.models import Person
from accounts.rules import PortalRole
from members.models import Organization
from members.operations.status_periods import add_first_status_periods
from members.rules import RepresentationKind
from taskforces.models import Body
from taskforces.rules import BodyKind, SeatRole
from tests import factories

NOW = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)


@contextmanager
def kept_for_the_module(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Open the database for a fixture of a module's scope; what is written is rolled back after the module's tests."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class Cast:
    """One person for each fixed role, around one task force and two organizations."""

    organization: Organization
    other_organization: Organization
    body: Body
    full: Body
    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, SimpleCookie] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def client(self, name: str) -> Client:
        """A browser signed in as that person; "visitor" is no one."""
        client = Client()
        if name in self.sessions:
            client.cookies = copy.deepcopy(self.sessions[name])
        elif name != "visitor":
            client.force_login(self.people[name])
        return client

    def sign_in_all(self) -> None:
        """Give each person a session that every later `client` of theirs goes on with."""
        self.sessions = {name: self.client(name).cookies for name in self.people}


ROLES = (
    "visitor",
    "representative",
    "alternate",
    "primary",
    "seated",
    "secretary",
    "chair",
    "other_primary",
    "executive",
    "staff",
    "administrator",
    "deactivated",
)


REPRESENTED = {
    "representative": RepresentationKind.REPRESENTATIVE,
    "alternate": RepresentationKind.ALTERNATE,
    "primary": RepresentationKind.PRIMARY,
    "seated": RepresentationKind.REPRESENTATIVE,
    "secretary": RepresentationKind.REPRESENTATIVE,
    "chair": RepresentationKind.REPRESENTATIVE,
    "other_primary": RepresentationKind.PRIMARY,
    "executive": RepresentationKind.EXECUTIVE_CONTACT,
    "deactivated": RepresentationKind.REPRESENTATIVE,
}
SEATED = {"seated": SeatRole.MEMBER, "secretary": SeatRole.SECRETARY, "chair": SeatRole.CHAIR}
PORTAL_ROLES = {"staff": PortalRole.STAFF, "administrator": PortalRole.ADMINISTRATOR}


def make_cast() -> Cast:
    """Store the cast, a statement a table: people of two organizations, three of whom sit on the Data task force."""
    organization, other = factories.create_all(
        [
            factories.OrganizationFactory.build(key=key, name=name, acronym=acronym, sector=factories.SectorFactory())
            for key, name, acronym in (
                ("dx", "Department of Examples", "DX"),
                ("other", "Other Department", "OD"),
            )
        ]
    )
    add_first_status_periods(actor=None, organizations=[organization, other])
    workgroup = factories.WorkgroupFactory()
    full, body = factories.create_all(
        [
            factories.BodyFactory.build(
                workgroup=workgroup, kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup"
            ),
            factories.BodyFactory.build(workgroup=workgroup),
        ]
    )
    people = factories.create_all(
        factories.PersonFactory.build(
            email=f"{name}@example.org",
            name=f"The {name}",
            portal_role=PORTAL_ROLES.get(name, PortalRole.NONE),
            is_active=name != "deactivated",
        )
        for name in [*REPRESENTED, *PORTAL_ROLES]
    )
    cast = Cast(organization, other, body, full, dict(zip([*REPRESENTED, *PORTAL_ROLES], people, strict=True)))
    factories.create_all(
        factories.RepresentationFactory.build(
            person=cast.people[name], organization=other if name == "other_primary" else organization, kind=kind
        )
        for name, kind in REPRESENTED.items()
    )
    seats = factories.create_all(
        factories.SeatFactory.build(body=body, organization=organization, role=role) for role in SEATED.values()
    )
    factories.create_all(
        factories.TermFactory.build(seat=seat, person=cast.people[name])
        for name, seat in zip(SEATED, seats, strict=True)
    )
    return cast
