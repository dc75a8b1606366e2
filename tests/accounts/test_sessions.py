"""How long a session lives, when its key changes, and what happens to a form that it ends under."""

import datetime as dt
import re

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.drafts import MAX_LENGTH_IN_SESSION, SESSION_KEY
from accounts.models import Person
from accounts.sessions import device_name
from tests.conftest import NOW
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PROFILE = "/profile/"


def opens(client) -> bool:
    return client.get(PROFILE).status_code == 200


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.mark.parametrize(
    ("who", "idle", "lives"),
    [
        ("staff", dt.timedelta(minutes=29), True),
        ("staff", dt.timedelta(minutes=30), False),
        ("administrator", dt.timedelta(minutes=30), False),
        ("chair", dt.timedelta(minutes=30), False),
        ("seated", dt.timedelta(minutes=31), True),
        ("primary", dt.timedelta(hours=11, minutes=59), True),
        ("primary", dt.timedelta(hours=12), False),
    ],
)
def test_idle_session_ends(cast, clock, who, idle, lives):
    client = cast.client(who)
    assert opens(client)
    clock.shift(idle)
    assert opens(client) is lives


@pytest.mark.parametrize("who", ["staff", "primary"])
def test_session_in_use_ends_after_24_hours(cast, clock, who):
    client = cast.client(who)
    for _ in range(71):
        clock.shift(dt.timedelta(minutes=20))
        assert opens(client)
    clock.shift(dt.timedelta(minutes=20))
    assert not opens(client)


def test_last_seen_is_stored_once_a_minute_without_history(cast, clock):
    client = cast.client("primary")
    before = cast.primary.history.count()
    for seconds, expected in ((61, 61), (30, 61), (29, 61), (2, 122)):
        clock.shift(seconds)
        opens(client)
        assert Person.objects.get(pk=cast.primary.pk).last_seen_at == NOW + dt.timedelta(seconds=expected)
    assert cast.primary.history.count() == before


def test_reauthentication_changes_the_session_key(cast):
    client = cast.client("primary")
    old = client.session.session_key
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.session.session_key != old
    assert opens(client)


def test_password_change_ends_the_other_sessions(cast):
    here, there = cast.client("primary"), cast.client("primary")
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    new = "seven green herons wait"
    data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", data).status_code == 302
    assert opens(here)
    assert not opens(there)


def test_ending_other_sessions_needs_reauthentication(cast):
    here, there = Client(), Client()
    for client in (here, there):
        client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD})
    response = here.post("/accounts/sessions/")
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert opens(there)
    here.post(response["Location"], {"password": PASSWORD})
    here.post("/accounts/sessions/")
    assert opens(here)
    assert not opens(there)


def sign_in(**headers) -> Client:
    client = Client(headers=headers)
    client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD})
    assert opens(client)
    return client


def test_one_session_is_ended_after_reauthentication(cast):
    here, phone, third = sign_in(), sign_in(**{"user-agent": "Mozilla/5.0 (iPhone) Firefox/1"}), sign_in()
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("End session") == 2
    assert "Firefox on iPhone" in page
    row = UserSession.objects.get(session_key=phone.session.session_key)
    end = reverse("accounts:end_session", args=[row.pk])
    assert end in page
    response = here.post(end)
    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert opens(phone)
    assert here.post(response["Location"], {"password": PASSWORD})["Location"] == "/accounts/sessions/"
    assert not opens(phone)
    assert opens(here) and opens(third)


def test_only_ones_own_other_sessions_can_be_ended(cast):
    here, other = sign_in(), cast.client("alternate")
    assert other.get(PROFILE).status_code == 200
    for client in (here, other):
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        key = UserSession.objects.get(session_key=here.session.session_key).pk
        assert client.post(reverse("accounts:end_session", args=[key])).status_code == 404
    assert opens(here)


def test_account_without_password_or_factor_signs_in_again(cast, clock, mailoutbox):
    Person.objects.filter(pk=cast.primary.pk).update(password="!none")
    client = Client()
    client.post("/accounts/login/code/", {"email": "primary@example.org"})
    code = re.search(r"^([A-Z0-9-]{6,})$", mailoutbox[-1].body, re.MULTILINE)[1]
    client.post("/accounts/login/code/confirm/", {"code": code})
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    clock.shift(dt.timedelta(minutes=6))
    response = client.get("/accounts/2fa/totp/activate/")
    assert response["Location"] == "/accounts/login/?next=/accounts/2fa/totp/activate/"
    assert b"sign in again to continue" in client.get(response["Location"]).content
    assert not opens(client)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/1 Safari/1 Edg/1", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/1 Safari/1", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17 like Mac OS X) Safari/1", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/1 Safari/1", "Chrome on Linux"),
        ("", "Unknown browser"),
    ],
)
def test_session_shows_its_device(user_agent, words):
    assert device_name(user_agent) == words


def typed(cast, **values):
    whole = {"name": "Typed name", "position": "Typed position", "phone": "", "time_zone": "", "version": 1}
    return {**whole, **values}


def test_form_posted_after_the_session_ended_is_restored(cast, clock):
    client = cast.client("staff")
    assert opens(client)
    clock.shift(dt.timedelta(minutes=31))
    response = client.post(PROFILE, typed(cast), headers={"referer": f"http://testserver{PROFILE}"})
    assert response["Location"] == "/accounts/login/?next=/profile/"
    login = client.get(response["Location"])
    assert b"Your session ended" in login.content
    data = {"login": "staff@example.org", "password": PASSWORD, "next": PROFILE}
    assert client.post("/accounts/login/", data)["Location"] == PROFILE
    page = client.get(PROFILE)
    assert b"Typed name" in page.content and b"Typed position" in page.content
    assert b"It has not been saved" in page.content
    cast.staff.refresh_from_db()
    assert cast.staff.name == "The staff"
    assert b"Typed name" not in client.get(PROFILE).content


def test_restored_form_is_not_shown_to_another_person(cast, clock):
    client = cast.client("staff")
    opens(client)
    clock.shift(dt.timedelta(minutes=31))
    client.post(PROFILE, typed(cast))
    client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD, "next": PROFILE})
    assert b"Typed name" not in client.get(PROFILE).content


def test_form_is_stored_for_30_minutes(cast, clock):
    client = cast.client("staff")
    opens(client)
    clock.shift(dt.timedelta(minutes=31))
    client.post(PROFILE, typed(cast))
    clock.shift(dt.timedelta(minutes=31))
    client.post("/accounts/login/", {"login": "staff@example.org", "password": PASSWORD, "next": PROFILE})
    assert b"Typed name" not in client.get(PROFILE).content


def test_passwords_and_long_texts_are_not_stored(cast, clock):
    client = cast.client("staff")
    opens(client)
    clock.shift(dt.timedelta(minutes=31))
    client.post(PROFILE, typed(cast, new_password="hunter2hunter2", code="123456"))
    kept = client.session[SESSION_KEY]["content"]
    assert "hunter2" not in kept and "123456" not in kept and "Typed" in kept
    other = cast.client("staff")
    opens(other)
    clock.shift(dt.timedelta(minutes=31))
    other.post(PROFILE, typed(cast, name="x" * MAX_LENGTH_IN_SESSION))
    assert SESSION_KEY not in other.session


def test_form_is_restored_after_sign_out_in_another_tab(cast, clock):
    client = cast.client("staff")
    opens(client)
    del client.cookies[settings.SESSION_COOKIE_NAME]
    client.cookies[settings.CSRF_COOKIE_NAME] = "kept"
    client.post(PROFILE, typed(cast))
    client.post("/accounts/login/", {"login": "staff@example.org", "password": PASSWORD, "next": PROFILE})
    assert b"Typed name" in client.get(PROFILE).content


def test_visitor_without_a_cookie_adds_no_session(client):
    response = client.post(PROFILE, {"name": "x"})
    assert response.status_code == 302
    assert SESSION_KEY not in client.session


def test_button_used_after_the_session_leads_to_its_page(cast, clock):
    client = cast.client("staff")
    opens(client)
    clock.shift(dt.timedelta(minutes=31))
    page = reverse("members:person", args=[cast.deactivated.pk])
    button = reverse("members:person_reactivate", args=[cast.deactivated.pk])
    response = client.post(button, headers={"referer": f"http://testserver{page}"})
    assert response["Location"] == f"/accounts/login/?next={page}"
    elsewhere = client.post(button, headers={"referer": "https://elsewhere.example/x"})
    assert "elsewhere" not in elsewhere["Location"]
