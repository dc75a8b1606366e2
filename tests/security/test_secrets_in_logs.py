"""The suite's log is searched for the secrets that the suite issued (tests/secrets.py); here that is shown to work."""

import logging

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.core.signing import dumps

from core.logs import masked
from members.tokens import make_token
from tests import secrets
from tests.factories import PASSWORD


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
    logging.getLogger("members").warning("somebody logs %s", token)
    assert any(token in line for line in secrets.lines)
    secrets.lines.clear()


@pytest.mark.parametrize("path", ["/invitations/", "/answer/", "/reminders/"])
def test_addresses_that_open_something_are_masked(path):
    assert masked(f"GET {path}abc.def:ghi/done/?x=1") == f"GET {path}…/done/?x=1"


def test_parameters_that_open_something_are_masked():
    assert masked("GET /callback/?code=abc&state=def&iss=x") == "GET /callback/?code=…&state=…&iss=x"
