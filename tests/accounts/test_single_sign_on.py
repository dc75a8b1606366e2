"""Single sign-on against a real, certified provider: who comes in, who is refused, and what a forged answer does."""

import html
import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.management import call_command
from django.test import Client

from accounts.models import Person, SecurityEvent
from mail.models import Delivery
from sos_portal.settings import single_sign_on
from tests.conftest import NOW
from tests.factories import PASSWORD, PersonFactory
from tests.skips import node

pytestmark = [pytest.mark.django_db, pytest.mark.node]
ROOT = Path(__file__).resolve().parents[2]
LOGIN, CALLBACK, PROFILE = "/accounts/oidc/sso/login/", "/accounts/oidc/sso/login/callback/", "/profile/"
PEOPLE = {
    "primary": {"email": "primary@example.org", "email_verified": True},
    "shouting": {"email": "Primary@Example.ORG", "email_verified": True},
    "unverified": {"email": "primary@example.org", "email_verified": False},
    "truthy": {"email": "primary@example.org", "email_verified": "false"},
    "nameless": {"email_verified": True},
    "unknown": {"email": "unknown@example.org", "email_verified": True},
    "deactivated": {"email": "deactivated@example.org", "email_verified": True},
    "listed": {"email": "listed@example.org", "email_verified": True},
    "invited": {"email": "new@example.org", "email_verified": True},
    "staff": {"email": "staff@example.org", "email_verified": True},
    "successor": {"email": "primary@example.org", "email_verified": True},
}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The address of a running provider."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    program = [node(), str(ROOT / "tests" / "identity_provider.mjs"), str(port)]
    process = subprocess.Popen(
        [*program, f"http://testserver{CALLBACK}", json.dumps(PEOPLE)], stdout=subprocess.PIPE, text=True
    )
    for line in process.stdout:
        if line.strip() == "ready":
            break
    assert process.poll() is None, "the provider did not start"
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=10)
    process.stdout.close()


@pytest.fixture
def configured(settings, issuer):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": single_sign_on(
            OIDC_ISSUER=issuer, OIDC_CLIENT_ID="portal", OIDC_CLIENT_SECRET="a-secret-between-the-two"
        )
    }


def begin(client: Client, **query: str) -> str:
    """Press the button; returns where the portal sends the browser."""
    response = client.get(LOGIN, query)
    assert response.status_code == 302
    return response["Location"]


def at_the_provider(login: str, address: str) -> str:
    """Sign in and agree there as a person does; returns the path that the provider sends the browser back to."""
    with requests.Session() as browser:
        response = browser.get(address, allow_redirects=False)
        for _ in range(12):
            while response.is_redirect:
                target = urljoin(response.url, response.headers["Location"])
                if target.startswith("http://testserver/"):
                    return target.removeprefix("http://testserver")
                response = browser.get(target, allow_redirects=False)
            action = re.search(r'<form[^>]+action="([^"]+)"', response.text)
            assert action, response.text
            typed = dict(re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', response.text))
            typed |= {"login": login, "password": "any"} if typed["prompt"] == "login" else {}
            response = browser.post(html.unescape(action[1]), typed, allow_redirects=False)
    raise AssertionError("the provider never came to an end")


def sign_on(login: str, client: Client | None = None, **query: str):
    """The whole way; returns the client and the portal's answer."""
    client = client or Client()
    return client, client.get(at_the_provider(login, begin(client, **query)))


def is_signed_in(client: Client) -> bool:
    return client.get(PROFILE).status_code == 200


def with_query(address: str, **values: str) -> str:
    parts = urlsplit(address)
    return urlunsplit(parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | values)))


def test_first_single_sign_on_links_and_notifies(cast, configured):
    history = cast.primary.history.count()
    client, response = sign_on("primary", next="/action-items/")
    assert (response.status_code, response["Location"]) == (302, "/action-items/")
    assert is_signed_in(client)
    link = SocialAccount.objects.get()
    assert link.user == cast.primary
    assert re.fullmatch(r"[0-9a-f]{64}", link.uid)
    assert link.extra_data == {}
    assert not SocialToken.objects.exists()
    cast.primary.refresh_from_db()
    assert cast.primary.check_password(PASSWORD)
    assert cast.primary.history.count() == history
    kinds = list(SecurityEvent.objects.order_by("pk").values_list("kind", "person"))
    assert kinds == [("sign_on_linked", cast.primary.pk), ("signed_in", cast.primary.pk)]
    assert list(Delivery.objects.values_list("kind", "address")) == [("account_notice", "primary@example.org")]


def test_second_single_sign_on_uses_the_link_without_notice(cast, configured):
    sign_on("primary")
    client, _ = sign_on("primary")
    assert is_signed_in(client)
    assert SocialAccount.objects.get().extra_data == {}
    assert Delivery.objects.count() == 1


def test_the_case_of_the_address_does_not_matter(cast, configured):
    client, _ = sign_on("shouting")
    assert is_signed_in(client)
    assert SocialAccount.objects.get().user == cast.primary


@pytest.mark.parametrize("login", ["unverified", "truthy", "nameless", "unknown", "deactivated", "listed", "invited"])
def test_others_get_one_refusal_page_and_no_account(cast, configured, invited, login):
    PersonFactory(email="listed@example.org", can_sign_in=False)
    invited()
    people = Person.objects.count()
    client, response = sign_on(login)
    _, unknown = sign_on("unknown")
    assert response.status_code == 403
    assert b"No account found" in response.content
    assert response.content == unknown.content
    assert not is_signed_in(client)
    assert Person.objects.count() == people
    assert not SocialAccount.objects.exists()
    assert SecurityEvent.objects.filter(kind="sign_in_failed").count() == 2


def test_linked_account_that_was_closed_is_rejected(cast, configured):
    sign_on("primary")
    Person.objects.filter(pk=cast.primary.pk).update(is_active=False)
    client, response = sign_on("primary")
    assert response.status_code == 403
    assert not is_signed_in(client)


def test_another_identity_with_the_same_email_is_rejected(cast, configured):
    sign_on("primary")
    client, response = sign_on("successor")
    assert response.status_code == 403
    assert not is_signed_in(client)
    assert SocialAccount.objects.count() == 1


def test_link_is_kept_when_staff_change_the_email(cast, configured):
    sign_on("primary")
    Person.objects.filter(pk=cast.primary.pk).update(email="moved@example.org")
    client, _ = sign_on("primary")
    assert is_signed_in(client)


def test_the_second_factor_is_still_asked_for(cast, configured, settings):
    settings.REQUIRE_STAFF_MFA = True
    Authenticator.objects.create(user=cast.staff, type="totp", data={"secret": "x"})
    client, response = sign_on("staff")
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert not is_signed_in(client)


def test_staff_without_a_factor_can_only_set_one_up(cast, configured, settings):
    settings.REQUIRE_STAFF_MFA = True
    client, _ = sign_on("staff")
    assert client.get("/staff/")["Location"] == "/accounts/2fa/"


def test_pkce_and_nonce_are_sent_and_query_is_ignored(configured):
    asked = parse_qs(urlsplit(begin(Client(), scope="offline_access", auth_params="prompt=none")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["code_challenge"][0]) == 43
    assert len(asked["nonce"][0]) == 32
    assert set(asked["scope"][0].split()) == {"email", "openid"}
    assert "prompt" not in asked


@pytest.mark.parametrize("state", ["", "forged"])
def test_forged_state_is_rejected(cast, configured, state):
    client = Client()
    back = at_the_provider("primary", begin(client))
    response = client.get(with_query(back, state=state))
    assert response.status_code == 401
    assert b"Single sign-on didn't work" in response.content
    assert not is_signed_in(client)


def test_forged_nonce_is_rejected(cast, configured):
    client = Client()
    response = client.get(at_the_provider("primary", with_query(begin(client), nonce="forged")))
    assert response.status_code == 401
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()


def test_response_in_another_browser_is_rejected(cast, configured):
    back = at_the_provider("primary", begin(Client()))
    other = Client()
    begin(other)
    assert other.get(back).status_code == 401
    assert not is_signed_in(other)


def test_response_works_once(cast, configured):
    client = Client()
    back = at_the_provider("primary", begin(client))
    assert client.get(back).status_code == 302
    client.post("/accounts/logout/")
    assert client.get(back).status_code == 401
    assert not is_signed_in(client)


def test_forged_code_is_rejected(cast, configured):
    client = Client()
    back = at_the_provider("primary", begin(client))
    assert client.get(with_query(back, code="forged")).status_code == 401
    assert not is_signed_in(client)


def test_signed_in_person_cannot_link_another_account(cast, configured):
    client = cast.client("alternate")
    _, response = sign_on("primary", client, process="connect")
    assert response.status_code == 302
    assert SocialAccount.objects.get().user == cast.primary
    assert b"primary@example.org" in client.get(PROFILE).content


def test_single_sign_on_redirects_only_within_the_site(cast, configured):
    _, response = sign_on("primary", next="https://elsewhere.example/")
    assert response["Location"] == "/home/"


def test_canceling_shows_a_page_with_a_link_to_sign_in(cast, configured):
    client = Client()
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    response = client.get(CALLBACK, {"error": "access_denied", "state": state}, follow=True)
    assert b"Single sign-on canceled" in response.content


def test_unavailable_provider_shows_other_sign_in_methods(settings, db, client):
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": single_sign_on(
            OIDC_ISSUER="http://127.0.0.1:1", OIDC_CLIENT_ID="portal", OIDC_CLIENT_SECRET="secret"
        )
    }
    response = client.get(LOGIN)
    assert response.status_code == 401
    assert b"use your password or a code that we email you" in response.content


def test_button_is_shown_only_if_configured(db, client, configured, settings, issuer):
    page = client.get("/accounts/login/?next=/staff/").content.decode()
    assert "Sign in with 127.0.0.1" in page
    assert f"{LOGIN}?next=%2Fstaff%2F" in page
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": single_sign_on(OIDC_ISSUER="", OIDC_CLIENT_ID="", OIDC_CLIENT_SECRET="")
    }
    assert "Single sign-on" not in client.get("/accounts/login/").content.decode()
    assert client.get(LOGIN).status_code == 404


def test_link_is_removed_after_reauthentication(cast, configured):
    client, _ = sign_on("primary")
    page = client.get("/accounts/3rdparty/").content.decode()
    account = re.search(r'name="account" value="(\d+)"', page)[1]
    response = client.post("/accounts/3rdparty/", {"account": account})
    assert response["Location"].startswith("/accounts/reauthenticate/")
    client.post(response["Location"], {"password": PASSWORD})
    client.post("/accounts/3rdparty/", {"account": account})
    assert not SocialAccount.objects.exists()
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="sign_on_unlinked", person=cast.primary).exists()


def test_email_says_what_changed_and_what_to_do(cast, configured, mailoutbox):
    sign_on("primary")
    Delivery.objects.update(deliver_after=NOW, next_attempt_at=NOW)
    call_command("send_reminders", at=NOW.isoformat(), verbosity=0)
    mail = mailoutbox[-1]
    assert (mail.to, mail.subject) == (["primary@example.org"], "Single sign-on was linked to your account")
    assert "http://portal.test/accounts/password/reset/" in mail.body
