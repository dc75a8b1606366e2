"""Staff, administrators and chairs need a second factor; its secret is stored encrypted."""

import re
import time

import pytest
import time_machine
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.test import Client

from accounts.models import SecurityEvent
from tests.conftest import NOW
from tests.factories import PASSWORD, SeatFactory, TermFactory

pytestmark = pytest.mark.django_db
PROFILE, INDEX, ACTIVATE = "/profile/", "/accounts/2fa/", "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.REQUIRE_STAFF_MFA = True


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def set_up(client) -> str:
    """Turn the second factor on as a person does, and return its secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = re.search(r"<code>([A-Z2-7]+)</code>", client.get(ACTIVATE).content.decode())[1]
    response = client.post(ACTIVATE, {"code": code_of(secret)})
    assert response["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


def sign_in(client, email):
    return client.post("/accounts/login/", {"login": email, "password": PASSWORD}, follow=True)


@pytest.mark.parametrize("who", ["staff", "administrator", "chair"])
def test_pages_are_closed_until_a_second_factor_is_set_up(cast, clock, who):
    client = cast.client(who)
    for url in (PROFILE, "/home/", "/staff/", "/organizations/", "/admin/", "/accounts/password/change/"):
        assert client.get(url)["Location"] == INDEX, url
    assert client.post(PROFILE, {"name": "x"})["Location"] == INDEX
    assert client.get(INDEX).status_code == 200
    set_up(client)
    assert client.get(PROFILE).status_code == 200


@pytest.mark.parametrize("who", ["primary", "seated", "secretary"])
def test_members_need_no_second_factor(cast, who):
    assert cast.client(who).get(PROFILE).status_code == 200


def test_new_chair_needs_a_second_factor(cast):
    client = cast.client("primary")
    assert client.get(PROFILE).status_code == 200
    TermFactory(seat=SeatFactory(body=cast.body, role="co_chair"), person=cast.primary)
    assert client.get(PROFILE)["Location"] == INDEX


def test_requirement_can_be_turned_off_for_a_demonstration(cast, settings):
    settings.REQUIRE_STAFF_MFA = False
    assert cast.client("staff").get(PROFILE).status_code == 200


def test_sign_in_asks_for_a_code_that_works_once(cast, clock):
    secret = set_up(cast.client("staff"))
    clock.shift(60)
    first, second = Client(), Client()
    for client in (first, second):
        assert b"Two-step verification" in sign_in(client, "staff@example.org").content
        assert client.get(PROFILE).status_code == 302
    code = code_of(secret)
    first.post("/accounts/2fa/authenticate/", {"code": code})
    second.post("/accounts/2fa/authenticate/", {"code": code})
    assert first.get(PROFILE).status_code == 200
    assert second.get(PROFILE).status_code == 302


def test_emailed_code_does_not_replace_the_second_factor(cast, clock, mailoutbox):
    set_up(cast.client("staff"))
    client = Client()
    client.post("/accounts/login/code/", {"email": "staff@example.org"})
    code = re.search(r"^([A-Z0-9-]{6,})$", mailoutbox[-1].body, re.MULTILINE)[1]
    response = client.post("/accounts/login/code/confirm/", {"code": code})
    assert response["Location"] == "/accounts/2fa/authenticate/"
    assert client.get(PROFILE).status_code == 302


@pytest.mark.django_db(transaction=True)  # the library tells of a new factor after the commit
def test_changing_a_factor_ends_other_sessions_and_is_recorded(cast, clock):
    here, there = cast.client("primary"), cast.client("primary")
    set_up(here)
    assert here.get(PROFILE).status_code == 200
    assert there.get(PROFILE).status_code == 302
    third = Client()
    third.force_login(type(cast.primary).objects.get(pk=cast.primary.pk))
    here.post("/accounts/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.primary).exists()
    assert here.get(PROFILE).status_code == 200
    assert third.get(PROFILE).status_code == 302
    kinds = set(SecurityEvent.objects.filter(person=cast.primary).values_list("kind", flat=True))
    assert {"factor_added", "factor_removed"} <= kinds


def test_wrong_code_is_recorded(cast, clock):
    set_up(cast.client("staff"))
    client = Client()
    sign_in(client, "staff@example.org")
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert SecurityEvent.objects.filter(kind="sign_in_failed", person=cast.staff).exists()


def test_recovery_code_works_once_and_is_shown_once(cast, clock):
    client = cast.client("staff")
    set_up(client)
    page = client.get("/accounts/2fa/recovery-codes/").content.decode()
    codes = re.search(r'<pre class="recovery-codes">(.*?)</pre>', page, re.DOTALL)[1].split()
    assert len(codes) == 10
    assert codes[0] not in client.get("/accounts/2fa/recovery-codes/").content.decode()
    for expected in (200, 302):
        other = Client()
        sign_in(other, "staff@example.org")
        other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
        assert other.get(PROFILE).status_code == expected


def test_secrets_are_encrypted_in_the_database(cast, clock):
    secret = set_up(cast.client("staff"))
    rows = repr(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in rows
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert get_adapter().decrypt(stored) == secret


def test_secrets_work_after_the_secret_key_changes(settings):
    stored = get_adapter().encrypt("ABC")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key of quite some length, really"
    with pytest.raises(InvalidToken):
        get_adapter().decrypt(stored)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert get_adapter().decrypt(stored) == "ABC"


@pytest.mark.parametrize(
    "url", ["/accounts/2fa/", "/accounts/2fa/webauthn/", "/accounts/2fa/webauthn/add/", "/accounts/sessions/"]
)
def test_account_pages_open(cast, clock, url):
    client = cast.client("primary")
    set_up(client)
    assert client.get(url).status_code == 200
