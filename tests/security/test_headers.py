"""What every answer tells the browser: over every address, signed in and not, under HTTP and HTTPS."""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from http.cookies import Morsel

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http.response import ResponseHeaders
from django.test import Client, override_settings

from tests.cast import NOW
from tests.factories import PASSWORD
from tests.security.conftest import HTTPS, addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROLES = ("visitor", "representative", "administrator")


def answers(world):
    for role in ROLES:
        client = world.cast.client(role)
        for address in addresses(world):
            for method in ("get", "post"):
                yield role, method, address, getattr(client, method)(address)


def policy(headers) -> dict[str, list[str]]:
    """The content security policy as directive to sources."""
    parts = headers["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for words in (part.split() for part in parts)}


def test_every_answer_carries_the_headers_and_holds_no_inline_script(world):
    for role, method, address, response in answers(world):
        place = f"{role} {method} {address}"
        check_headers(place, response, is_page=not address.startswith("/static/"))
        private = role != "visitor" or address.startswith(("/accounts/", "/admin/", *settings.TOKEN_URL_PREFIXES))
        if private and not address.startswith("/static/"):
            assert "no-store" in response.get("Cache-Control", ""), place
        if "html" in response.get("Content-Type", "") and not address.startswith("/admin/"):
            check_markup(place, response.content.decode())


def check_headers(place, response, is_page):
    rules = policy(response)
    assert rules["default-src"] == ["'none'"], place
    if "sandbox" in rules:
        assert response["Content-Disposition"].startswith("attachment"), place
        assert response["X-Content-Type-Options"] == "nosniff", place
        return
    assert rules["script-src"] == rules["style-src"] == ["'self'"], place
    assert rules["base-uri"] == rules["frame-ancestors"] == ["'none'"], place
    assert rules["form-action"] == ["'self'"], place
    assert not re.search(r"unsafe|\*|http:", response["Content-Security-Policy"]), place
    assert response["X-Frame-Options"] == "DENY" or not is_page, place
    assert response["X-Content-Type-Options"] == "nosniff", place
    assert response["Referrer-Policy"] == "same-origin", place
    assert response["Cross-Origin-Opener-Policy"] == "same-origin", place
    assert response["Cross-Origin-Resource-Policy"] == "same-origin", place
    for feature in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture", "browsing-topics"):
        assert f"{feature}=()" in response["Permissions-Policy"], place
    assert "Server" not in response and "X-Powered-By" not in response, place


def check_markup(place, text):
    assert not re.search(r"<[^>]+\sstyle=", text), place
    assert not re.search(r"<[^>]+\son[a-z]+=", text), place
    assert "javascript:" not in text.lower(), place
    assert "<style" not in text, place
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert " src=" in tag or 'type="application/json"' in tag, f"{place}: {tag}"


def test_a_page_that_only_a_visitor_gets_may_be_kept(world):
    assert "no-store" not in Client().get("/organizations/").get("Cache-Control", "")


@dataclass
class Crawl:
    """What a site under HTTPS answered, for two tests: each answer's place and headers, and every cookie it set."""

    answers: list[tuple[str, ResponseHeaders]] = field(default_factory=list)
    cookies: dict[str, list[Morsel]] = field(default_factory=lambda: defaultdict(list))


@pytest.fixture(scope="module")
def crawl(module_world, django_db_blocker) -> Crawl:
    """Every address of the site, read and posted to over HTTPS by each role, who signs out at the end."""
    found = Crawl()
    with (
        django_db_blocker.unblock(),
        override_settings(**HTTPS),
        time_machine.travel(NOW),
        transaction.atomic(),
    ):
        for role in ROLES:
            client = Client()
            if role != "visitor":
                client.force_login(module_world.cast.people[role])
            for address in addresses(module_world):
                for method in ("get", "post"):
                    response = getattr(client, method)(address, secure=True)
                    found.answers.append((f"{role} {method} {address}", response.headers))
            client.post("/accounts/logout/", secure=True)
            for name, cookie in client.cookies.items():
                found.cookies[name].append(cookie)
        transaction.set_rollback(True)
    return found


def test_cookies_are_for_this_host_alone_over_https(crawl):
    assert set(crawl.cookies) == {"__Host-session", "__Host-csrf"}
    for name, cookies in crawl.cookies.items():
        for cookie in cookies:
            assert cookie["secure"] and cookie["httponly"] and cookie["path"] == "/", name
            assert cookie["samesite"] == "Lax" and not cookie["domain"], name


def test_over_http_cookies_have_plain_names_since_browsers_take_no_others(world):
    client = Client()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "representative@example.org", "password": PASSWORD})
    client.get("/profile/")
    assert set(client.cookies) == {"sos_session", "sos_csrf"}
    assert all(cookie["httponly"] for cookie in client.cookies.values())


def test_https_is_said_to_last_and_http_is_led_there(crawl, https):
    assert len(crawl.answers) > 700
    for place, headers in crawl.answers:
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload", place
        policies = policy(headers)
        assert "upgrade-insecure-requests" in policies or "sandbox" in policies, place
    led = Client().get("/organizations/")
    assert (led.status_code, led["Location"]) == (301, "https://testserver/organizations/")
    assert Client().get("/healthz").status_code == 200


def test_over_http_nothing_is_said_of_https(world):
    response = Client().get("/")
    assert "Strict-Transport-Security" not in response
    assert "upgrade-insecure-requests" not in response["Content-Security-Policy"]
