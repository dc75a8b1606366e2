"""What the tests of the holes share: the settings as they are under HTTPS, and every address of the portal."""

import os
import runpy
from collections.abc import Iterator

import pytest
from django.urls import reverse

from tests.test_permission_table import TABLE
from tests.world import World


def settings_under(**environment: str) -> dict[str, object]:
    """What the settings file says with these variables set, its names in capitals."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        found = runpy.run_path("sos_portal/settings.py")
    finally:
        os.environ.clear()
        os.environ.update(before)
    return {name: value for name, value in found.items() if name.isupper()}


HTTPS = {
    name: value
    for name, value in settings_under(SITE_URL="https://portal.test").items()
    if name.startswith(("SECURE_", "SESSION_", "CSRF_", "CONTENT_", "PERMISSIONS_", "MESSAGE_", "X_"))
    or name in {"SITE_URL", "MIDDLEWARE"}
}


@pytest.fixture
def https(settings) -> None:
    """The settings of a site whose SITE_URL is https://."""
    for name, value in HTTPS.items():
        setattr(settings, name, value)


ACCOUNT_PAGES = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/signup/",
    "/accounts/2fa/",
    "/accounts/2fa/webauthn/",
    "/accounts/sessions/",
    "/accounts/3rdparty/",
    "/accounts/3rdparty/login/error/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/admin/",
)
OTHERS = ("/no-such-page/", "/static/css/portal.css")


def addresses(world: World) -> Iterator[str]:
    """Every address of the permission table in the world, the account pages, a page that is not there, a file."""
    for name, row in TABLE.items():
        yield reverse(name, kwargs=row.args(world)) + row.query
    yield from ACCOUNT_PAGES
    yield from OTHERS
