"""The cast, the clock and the fences of the suite."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings

from tests.cast import NOW, ROLES, TODAY, Cast, make_cast  # noqa: F401
from tests.databases import quick
from tests.world import module_world, world  # noqa: F401


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite tests run on a file, as the portal does, so that races are real."""
    default = settings.DATABASES["default"]
    if default["ENGINE"] == "django.db.backends.sqlite3":
        default.setdefault("TEST", {})["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The library's own, emptied quickly after each test that commits."""
    with quick(django_db_blocker):
        yield


@pytest.fixture(scope="session", autouse=True)
def plain_static_and_fast_passwords():
    """Static files under their plain names, and passwords that take no time, for the whole session."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture
def cast(db) -> Cast:
    """The organization's people; `seated`, `secretary` and `chair` sit on the Data task force for it."""
    return make_cast()


@pytest.fixture(autouse=True)
def empty_cache(request):
    """Rate limits of one test do not reach the next."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()
