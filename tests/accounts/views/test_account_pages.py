"""Every page of the library that can be reached wears the portal's look and speaks its words."""

import re
import time
from pathlib import Path

import allauth
import pytest
from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, generate_totp_secret, hotp_value
from allauth.socialaccount import urls as social_urls
from allauth.usersessions import urls as session_urls
from django.test import Client
from django.urls import URLPattern, URLResolver

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LIBRARY = Path(allauth.__file__).parent / "templates"
WORDING = re.compile(
    r"""{%\s*trans(?:late)?\s+["'](.+?)["']|{%\s*blocktrans[^%]*%}(.+?){%\s*endblocktrans""", re.DOTALL
)
MOUNTED = {"": account_urls, "2fa/": mfa_urls, "3rdparty/": social_urls, "sessions/": session_urls}
# What the library says as plainly as we do.
OURS_TOO = {"Sign in with a passkey"}
# Answer with a file or with nothing to read.
NOT_PAGES = {"/accounts/2fa/recovery-codes/download/"}


def library_words() -> set[str]:
    """The sentences of the library's own templates, of three words or more."""
    found = set()
    for path in LIBRARY.rglob("*.html"):
        for groups in WORDING.findall(path.read_text(encoding="utf-8")):
            for part in re.split(r"{[{%].+?[}%]}", next(filter(None, groups))):
                text = " ".join(part.split())
                if len(text.split()) > 2:
                    found.add(text)
    return found - OURS_TOO


def paths(patterns, prefix: str):
    for pattern in patterns:
        here = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern):
            yield here


def every_path(key: int) -> list[str]:
    found = [path for mount, urls in MOUNTED.items() for path in paths(urls.urlpatterns, f"/accounts/{mount}")]
    return [path.replace("<int:pk>", str(key)).replace("^confirm-email/(?P<key>[-:\\w]+)/$", "x/") for path in found]


def check_page(address: str, client: Client, words: set[str]) -> str:
    """The page behind an address, in the portal's frame and words; where it leads on, the page there."""
    response = client.get(address, follow=True)
    text = response.content.decode()
    assert response.status_code in {200, 401, 404}, f"{address}: {response.status_code}"
    assert 'class="skip-link"' in text and "<footer" in text and "css/portal.css" in text, (
        f"{address} is not in our frame"
    )
    assert text.count("<h1") == 1, address
    main = " ".join(
        re.sub(r"<script.*?</script>|<[^>]+>", " ", text.split("<main")[1].split("</main")[0], flags=re.DOTALL).split()
    )
    spoken = [sentence for sentence in words if sentence in main]
    assert not spoken, f"{address} says {spoken}"
    assert not re.search(r"\bPlease\b|successfully|third-party|log ?in\b", main, re.IGNORECASE), f"{address}: {main}"
    return text


@pytest.fixture
def words() -> set[str]:
    found = library_words()
    assert len(found) > 60
    return found


@pytest.fixture
def with_factors(cast):
    """A person with an app, a key and recovery codes."""
    secret = generate_totp_secret()
    Authenticator.objects.create(user=cast.primary, type="totp", data={"secret": get_adapter().encrypt(secret)})
    Authenticator.objects.create(user=cast.primary, type="recovery_codes", data={"seed": "x", "used_mask": 0})
    key = Authenticator.objects.create(
        user=cast.primary, type="webauthn", data={"name": "Work laptop", "credential": CREDENTIAL}
    )
    return key.pk, secret


CREDENTIAL = {"clientExtensionResults": {}}


def confirmed(client: Client) -> Client:
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_visitor_pages_use_the_portals_templates(words, db):
    for address in every_path(1):
        if address not in NOT_PAGES:
            check_page(address, Client(), words)


def test_signed_in_pages_use_the_portals_templates(words, cast):
    client = confirmed(cast.client("primary"))
    for address in every_path(1):
        if address not in NOT_PAGES:
            check_page(address, client, words)
            assert client.get("/profile/").status_code == 200, f"{address} ended the session"


def test_reauthentication_pages_use_the_portals_templates(words, cast):
    for address in every_path(1):
        if address not in NOT_PAGES:
            check_page(address, cast.client("primary"), words)


def test_sign_in_steps_use_the_portals_templates(words, cast, with_factors, mailoutbox):
    client = Client()
    client.post("/accounts/login/code/", {"email": "alternate@example.org"})
    assert "code" in check_page("/accounts/login/code/confirm/", client, words)
    client = Client()
    client.post("/accounts/password/reset/", {"email": "alternate@example.org"})
    check_page("/accounts/password/reset/confirm/", client, words)
    code = re.search(r"^([A-Z0-9-]{6,})$", mailoutbox[-1].body, re.MULTILINE)[1]
    client.post("/accounts/password/reset/confirm/", {"code": code})
    assert "password1" in check_page("/accounts/password/reset/complete/", client, words)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/login/", {"login": "primary@example.org", "password": "wrong"}),
        ("/accounts/login/", {"login": "x", "password": ""}),
        ("/accounts/login/code/", {"email": "x"}),
        ("/accounts/password/reset/", {"email": ""}),
    ],
)
def test_errors_use_the_portals_texts(words, cast, path, data):
    page = Client().post(path, data).content.decode()
    assert 'class="skip-link"' in page
    assert "invalid-feedback" in page or "alert" in page
    assert not [sentence for sentence in words if sentence in page]
    assert "specified are not correct" not in page


def test_wrong_code_error_uses_the_portals_text(cast):
    secret = generate_totp_secret()
    Authenticator.objects.create(user=cast.primary, type="totp", data={"secret": get_adapter().encrypt(secret)})
    client = Client()
    client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD})
    page = client.post("/accounts/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "This code or key doesn&#x27;t work" in page
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/home/"
