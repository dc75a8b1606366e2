"""No one learns whether an address has an account: what is answered, and the work that it takes, are the same."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
WAYS = [("/accounts/login/", "login"), ("/accounts/login/code/", "email"), ("/accounts/password/reset/", "email")]


class Counted(MD5PasswordHasher):
    """A hasher that counts how often it is used: each use takes a tenth of a second with the real one."""

    uses = 0

    def encode(self, *args, **kwargs):
        type(self).uses += 1
        return super().encode(*args, **kwargs)


def ask(path: str, field: str, email: str, mails) -> tuple:
    """Status, length, text, mails and hashes of the answer to one address."""
    Counted.uses, before = 0, len(mails)
    client = Client()
    client.get(path)
    response = client.post(path, {field: email, "password": "this is not it at all"}, follow=True)
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode()).replace(email, "ADDRESS")
    headers = {name: value for name, value in response.headers.items() if name not in {"Content-Length", "Expires"}}
    return response.status_code, response.redirect_chain, len(text), text, headers, len(mails) - before, Counted.uses


@pytest.fixture
def people(cast, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    PersonFactory(email="listed@example.org", can_sign_in=False)
    passwordless = PersonFactory(email="passless@example.org")
    passwordless.set_unusable_password()
    passwordless.save()
    for person in cast.people.values():
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return cast


@pytest.mark.parametrize(("path", "field"), WAYS)
def test_every_address_gets_the_same_answer_for_the_same_work(people, path, field, mailoutbox):
    answers = {
        name: ask(path, field, f"{name}@example.org", mailoutbox)
        for name in ("primary", "deactivated", "listed", "passless", "unknown", "staff")
    }
    assert len(set(map(repr, answers.values()))) == 1, {
        name: answer[:3] + answer[5:] for name, answer in answers.items()
    }
    assert answers["unknown"][6] == (1 if field == "login" else 0)
    assert answers["unknown"][5] == (0 if field == "login" else 1)


def test_an_invitations_link_says_nothing_of_other_tokens(db):
    answers = set()
    for token in ("never-was", "0" * 43, "a" * 64):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/invitations/{token}/")
        text = response.content.decode().replace(token, "TOKEN")
        answers.add((response.status_code, text, len(queries)))
    assert len(answers) == 1
