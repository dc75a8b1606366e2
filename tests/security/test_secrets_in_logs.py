"""The suite's log is searched for the secrets that the suite issued (tests/secrets.py); here that is shown to work."""

import logging
import sys

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.signing import dumps

from core.logs import mask_secrets
from members.tokens import make_token
from tests import secrets
from tests.factories import PASSWORD
from tests.security.conftest import settings_under


@pytest.mark.django_db
def test_what_is_issued_is_heard_of(cast, client, mailoutbox):
    client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD})
    assert client.session.session_key in secrets.issued
    client.post("/accounts/logout/")
    client.post("/accounts/login/code/", {"email": "primary@example.org"})
    assert any(secret in mailoutbox[-1].body for secret in secrets.issued)
    assert make_token("nonce") in secrets.issued
    assert dumps([1], salt="any") in secrets.issued
    assert SessionStore()._get_new_session_key() in secrets.issued


def test_a_line_that_tells_a_secret_is_found():
    token = make_token("told")
    logging.getLogger("members").warning("someone logs %s", token)
    assert any(token in line for line in secrets.lines)
    secrets.lines.clear()


@pytest.mark.parametrize("path", ["/invitations/", "/answer/", "/reminders/"])
def test_addresses_that_open_something_are_masked(path):
    assert mask_secrets(f"GET {path}abc.def:ghi/done/?x=1") == f"GET {path}…/done/?x=1"


def test_parameters_that_open_something_are_masked():
    assert mask_secrets("GET /callback/?code=abc&state=def&iss=x") == "GET /callback/?code=…&state=…&iss=x"


def fails_with_a_secret_at_hand() -> None:
    token = "-".join(["held", "by", "a", "variable"])
    raise LookupError(f"nothing under a key of {len(token)} letters")


@pytest.mark.parametrize("demo", ["on", "off"])
def test_a_traceback_tells_what_failed_and_no_variable(demo):
    line = settings_under(DEMO=demo)["LOGGING"]["formatters"]["line"]
    formatter = line["()"](**{name: value for name, value in line.items() if name != "()"})
    try:
        fails_with_a_secret_at_hand()
    except LookupError:
        record = logging.LogRecord("django.request", logging.ERROR, __file__, 1, "It failed", (), sys.exc_info())
    said = formatter.format(record)
    assert "nothing under a key of 18 letters" in said
    assert "held-by-a-variable" not in said
