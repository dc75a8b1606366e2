"""Every way in: password, mailed code, reset; who is refused, and what the answer gives away."""

import re

import pytest
from django.core import mail as outbox
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import operations
from accounts.checks import check_cache_is_shared
from accounts.models import Person, SecurityEvent
from tests.factories import PASSWORD, PersonFactory

pytestmark = pytest.mark.django_db
LOGIN, CODE, RESET = "/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/"


def sign_in(client, email, password=PASSWORD, **values):
    return client.post(LOGIN, {"login": email, "password": password}, **values)


def is_signed_in(client) -> bool:
    return client.get(reverse("accounts:profile")).status_code == 200


def code_in_mail() -> str:
    return re.search(r"^([A-Z0-9-]{6,})$", outbox.outbox[-1].body, re.MULTILINE)[1]


@pytest.fixture
def not_in_force(cast):
    cast.people["listed"] = PersonFactory(email="listed@example.org", can_sign_in=False)
    return cast


def test_sign_in_with_a_password_ignores_the_case_of_the_email(cast, client):
    assert sign_in(client, "Primary@Example.ORG")["Location"] == "/home/"
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="signed_in", person=cast.primary).exists()


def test_sign_in_with_an_emailed_code(cast, client):
    response = client.post(CODE, {"email": "primary@example.org"}, follow=True)
    assert response.status_code == 200
    assert outbox.outbox[-1].to == ["primary@example.org"]
    assert outbox.outbox[-1].extra_headers["Auto-Submitted"] == "auto-generated"
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})
    assert is_signed_in(client)


def test_five_wrong_codes_end_the_attempt(cast, client):
    client.post(CODE, {"email": "primary@example.org"})
    right = code_in_mail()
    for _ in range(5):
        client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})
    client.post("/accounts/login/code/confirm/", {"code": right})
    assert not is_signed_in(client)


def test_password_reset_by_code_ends_every_session(cast, client):
    old = cast.client("primary")
    client.post(RESET, {"email": "primary@example.org"})
    client.post("/accounts/password/reset/confirm/", {"code": code_in_mail()})
    new = "seven green herons wait"
    response = client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    assert response.status_code == 302
    assert not is_signed_in(old)
    assert not is_signed_in(client)
    sign_in(client, "primary@example.org", new)
    assert is_signed_in(client)
    assert SecurityEvent.objects.filter(kind="password_changed", person=cast.primary).exists()


@pytest.mark.parametrize("who", ["deactivated", "listed"])
def test_closed_account_cannot_sign_in_by_any_method(not_in_force, client, who):
    email = f"{who}@example.org"
    sign_in(client, email)
    assert not is_signed_in(client)
    for way in (CODE, RESET):
        client.post(way, {"email": email})
        assert "No account uses this email address" in outbox.outbox[-1].body.replace("\n", " ")
        assert not re.search(r"^[A-Z0-9-]{6,}$", outbox.outbox[-1].body, re.MULTILINE)


@pytest.mark.parametrize("take_away", ["is_active", "can_sign_in"])
def test_code_sent_before_closing_does_not_open_the_account(cast, client, take_away):
    client.post(CODE, {"email": "primary@example.org"})
    code = code_in_mail()
    Person.objects.filter(pk=cast.primary.pk).update(**{take_away: False})
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert not is_signed_in(client)


@pytest.mark.parametrize("take_away", ["is_active", "can_sign_in"])
def test_session_of_a_closed_account_ends(cast, take_away):
    client = cast.client("primary")
    Person.objects.filter(pk=cast.primary.pk).update(**{take_away: False})
    assert not is_signed_in(client)


def answer(path: str, email: str, data: dict[str, str]) -> tuple[int, str, str]:
    client = Client()
    response = client.post(path, data, follow=True)
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", response.content.decode())
    return response.status_code, str(response.redirect_chain), text.replace(email, "ADDRESS")


@pytest.mark.parametrize("who", ["primary", "deactivated", "listed"])
@pytest.mark.parametrize(("path", "field"), [(LOGIN, "login"), (CODE, "email"), (RESET, "email")])
def test_known_and_unknown_addresses_get_the_same_answer(not_in_force, path, field, who):
    answers = []
    for email in (f"{who}@example.org", "n" * len(who) + "@example.org"):
        data = {field: email, "password": "this is not the password"}
        answers.append(answer(path, email, data))
    assert answers[0] == answers[1]
    assert len(outbox.outbox) == (0 if path == LOGIN else 2)


@pytest.mark.parametrize("who", ["deactivated", "listed"])
def test_right_password_of_a_closed_account_is_rejected(not_in_force, who):
    email = f"{who}@example.org"
    right = answer(LOGIN, email, {"login": email, "password": PASSWORD})
    unknown = answer(LOGIN, "n@example.org", {"login": "n@example.org", "password": PASSWORD})
    assert right == (unknown[0], unknown[1], unknown[2])


def test_no_one_can_sign_up(client):
    response = client.post(
        "/accounts/signup/", {"email": "me@example.org", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert b"You need an invitation" in response.content
    assert not Person.objects.filter(email="me@example.org").exists()


def test_no_one_changes_their_own_email_address(cast):
    client = cast.client("primary")
    assert b"Only staff can change this address" in client.get("/accounts/email/").content
    data = {"email": "mine@example.org", "action_add": ""}
    assert client.post("/accounts/email/", data).status_code == 405
    cast.primary.refresh_from_db()
    assert cast.primary.email == "primary@example.org"


def test_five_failures_lock_one_account_from_one_address(cast, client):
    for _ in range(5):
        sign_in(client, "primary@example.org", "wrong", REMOTE_ADDR="10.0.0.1")
    page = sign_in(client, "primary@example.org", PASSWORD, REMOTE_ADDR="10.0.0.1")
    assert b"Too many" in page.content
    assert sign_in(Client(), "alternate@example.org", PASSWORD, REMOTE_ADDR="10.0.0.1").status_code == 302
    assert sign_in(Client(), "primary@example.org", PASSWORD, REMOTE_ADDR="10.0.0.2").status_code == 302


def test_people_sharing_an_address_can_all_sign_in(db):
    for number in range(40):
        PersonFactory(email=f"office{number}@example.org")
        assert sign_in(Client(), f"office{number}@example.org").status_code == 302


def test_a_hundred_failures_lock_an_account(cast):
    for number in range(100):
        sign_in(Client(), "primary@example.org", "wrong", REMOTE_ADDR=f"10.0.{number}.1")
    assert b"Too many" in sign_in(Client(), "primary@example.org", REMOTE_ADDR="10.1.1.1").content


def test_failures_are_recorded(cast, client):
    sign_in(client, "primary@example.org", "wrong")
    sign_in(client, "unknown@example.org", "wrong")
    rows = SecurityEvent.objects.filter(kind="sign_in_failed").values_list("person", "detail")
    assert set(rows) == {(cast.primary.pk, "primary@example.org"), (None, "unknown@example.org")}


@pytest.mark.parametrize(
    "url", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:1"]
)
def test_sign_in_redirects_only_within_the_site(cast, client, url):
    response = client.post(LOGIN, {"login": "primary@example.org", "password": PASSWORD, "next": url})
    assert response["Location"] == "/home/"


def test_sign_in_and_password_change_add_no_history(cast, client):
    before = cast.primary.history.count()
    sign_in(client, "primary@example.org")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    new = "seven green herons wait"
    client.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    cast.primary.refresh_from_db()
    assert cast.primary.check_password(new) and cast.primary.last_login
    assert cast.primary.history.count() == before


def test_history_contains_no_password(cast):
    operations.edit_profile(actor=cast.primary, version=None, phone="1")
    fields = {field.name for field in cast.primary.history.model._meta.fields}
    assert not fields & {"password", "last_login", "last_seen_at", "session_version"}


def test_admin_site_has_no_sign_in_of_its_own(cast, client):
    for follow in (client.get, client.post):
        response = follow("/admin/login/", {"username": "staff@example.org", "password": PASSWORD, "next": "/admin/"})
        assert response.status_code == 302
        assert response["Location"].startswith(LOGIN)
    assert not is_signed_in(client)
    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith(LOGIN)
    refused = cast.client("primary").get("/admin/login/?next=/admin/")
    assert refused.status_code == 403 and b"password" not in refused.content


@pytest.mark.parametrize("backend", ["locmem.LocMemCache", "dummy.DummyCache"])
def test_cache_of_a_single_process_fails_the_check(settings, backend):
    settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
    assert [error.id for error in check_cache_is_shared(None)] == ["accounts.E001"]
    settings.DEBUG = True
    assert check_cache_is_shared(None) == []


def test_cache_is_shared_and_not_evicted(db):
    assert check_cache_is_shared(None) == []
    cache.set("a-used-code", "y")
    for number in range(400):
        cache.set(f"of-someone-{number}", "y")
    assert cache.get("a-used-code") == "y"


def test_pages_for_signed_in_people_are_not_cached(cast, client):
    for url in ("/", "/organizations/", reverse("accounts:profile")):
        assert "no-store" in cast.client("primary").get(url)["Cache-Control"], url
    assert "no-store" not in client.get("/organizations/").get("Cache-Control", "")


def test_times_are_shown_in_the_persons_time_zone(cast):
    Person.objects.filter(pk=cast.staff.pk).update(time_zone="America/New_York")
    page = cast.client("staff").get(reverse("members:person", args=[cast.staff.pk]))
    assert b" ET</time>" in page.content
