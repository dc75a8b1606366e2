"""The cast, the clock and the fences of the suite."""

import datetime as dt
from dataclasses import dataclass, field

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.models import Person
from accounts.rules import PortalRole
from members.models import Organization
from members.rules import RepresentationKind
from taskforces.models import Body
from taskforces.rules import BodyKind, SeatRole
from tests import factories

NOW = dt.datetime(2026, 11, 22, 18, 0, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite tests run on a file, as the portal does, so that races are real."""
    default = settings.DATABASES["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The library's own; at the end nobody else is left in PostgreSQL's test database, which could not be dropped then.

    A thread of the live server keeps its connection a moment longer than the browser that it served.
    """
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def plain_static_and_fast_passwords(settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@dataclass
class Cast:
    """One person for each fixed role, around one task force and two organizations."""

    organization: Organization
    other_organization: Organization
    body: Body
    full: Body
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error

    def client(self, name: str) -> Client:
        """A browser signed in as that person; "visitor" is nobody."""
        client = Client()
        if name != "visitor":
            client.force_login(self.people[name])
        return client


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


@pytest.fixture
def cast(db) -> Cast:
    """The organization's people; `seated`, `secretary` and `chair` sit on the Data task force for it."""
    organization = factories.OrganizationFactory(key="dx", name="Department of Examples", acronym="DX")
    other = factories.OrganizationFactory(key="other", name="Other Department", acronym="OD")
    full = factories.BodyFactory(kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup")
    body = factories.BodyFactory()
    cast = Cast(organization, other, body, full)

    def person(name: str, **values: object) -> Person:
        cast.people[name] = factories.PersonFactory(email=f"{name}@example.org", name=f"The {name}", **values)
        return cast.people[name]

    for name, at, kind in (
        ("representative", organization, RepresentationKind.REPRESENTATIVE),
        ("alternate", organization, RepresentationKind.ALTERNATE),
        ("primary", organization, RepresentationKind.PRIMARY),
        ("seated", organization, RepresentationKind.REPRESENTATIVE),
        ("secretary", organization, RepresentationKind.REPRESENTATIVE),
        ("chair", organization, RepresentationKind.REPRESENTATIVE),
        ("other_primary", other, RepresentationKind.PRIMARY),
        ("executive", organization, RepresentationKind.EXECUTIVE_CONTACT),
        ("deactivated", organization, RepresentationKind.REPRESENTATIVE),
    ):
        factories.RepresentationFactory(person=person(name), organization=at, kind=kind)
    for name, role in (("seated", SeatRole.MEMBER), ("secretary", SeatRole.SECRETARY), ("chair", SeatRole.CHAIR)):
        seat = factories.SeatFactory(body=body, organization=organization, role=role)
        factories.TermFactory(seat=seat, person=cast.people[name])
    person("staff", portal_role=PortalRole.STAFF)
    person("administrator", portal_role=PortalRole.ADMINISTRATOR)
    cast.people["deactivated"].is_active = False
    cast.people["deactivated"].save(update_fields=["is_active"])
    return cast


@pytest.fixture(autouse=True)
def empty_cache(request):
    """Rate limits of one test do not reach the next."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()
