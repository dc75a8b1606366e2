"""Passkeys in a real browser with a virtual authenticator: adding one, signing in with it alone or as second step."""

import re

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, expect

from accounts.models import SecurityEvent
from tests.browser.conftest import Visit
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True),
]
LOCK = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """The lock of the device that the browser runs on."""

    def __init__(self, visit: Visit) -> None:
        self.cdp: CDPSession = visit.page.context.new_cdp_session(visit.page)
        self.cdp.send("WebAuthn.enable")
        self.id = self.cdp.send("WebAuthn.addVirtualAuthenticator", {"options": LOCK})["authenticatorId"]

    def keys(self) -> list[dict]:
        return self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def knows_its_owner(self, answer: bool) -> None:
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": answer})


@pytest.fixture
def device(visit: Visit) -> Device:
    return Device(visit)


def add_key(visit: Visit, *, alone: bool) -> None:
    """From the security page, as a person does."""
    page = visit.page
    visit.go("/accounts/2fa/")
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_label("Sign in with this key only").set_checked(alone)
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")


def sign_out(visit: Visit) -> None:
    visit.go("/accounts/logout/")
    visit.page.locator("main").get_by_role("button", name="Sign out").click()
    visit.page.wait_for_url(re.compile(r"/$"))


def press_passkey(visit: Visit, then: str = "") -> None:
    visit.go(f"/accounts/login/?next={then}")
    visit.page.get_by_role("button", name="Sign in with a passkey").click()


def test_a_passkey_signs_staff_in_with_one_press_and_no_second_step(visit: Visit, cast, settings, device: Device):
    settings.REQUIRE_STAFF_MFA = True
    visit.go("/accounts/login/")
    visit.page.locator("#id_login").fill("staff@example.org")
    visit.page.locator("#id_password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Two-step verification")
    add_key(visit, alone=True)
    (key,) = device.keys()
    assert key["isResidentCredential"] is True
    sign_out(visit)
    press_passkey(visit, then="/staff/")
    visit.page.wait_for_url("**/staff/")
    assert Authenticator.objects.get(user=cast.staff, type="webauthn").wrap().name == "Work laptop"
    assert SecurityEvent.objects.filter(person=cast.staff, kind="factor_added").count() == 1


def test_a_passkey_that_does_not_know_its_owner_is_refused(visit: Visit, cast, device: Device):
    visit.sign_in("primary@example.org")
    add_key(visit, alone=True)
    sign_out(visit)
    device.knows_its_owner(False)
    press_passkey(visit)
    expect(visit.page.get_by_role("alert")).to_have_text("We didn't get a key. Try again, or sign in another way.")
    visit.go("/profile/")
    visit.page.wait_for_url("**/accounts/login/**")


def test_a_removed_passkey_signs_nobody_in(visit: Visit, cast, device: Device):
    visit.sign_in("primary@example.org")
    add_key(visit, alone=True)
    visit.go("/accounts/2fa/webauthn/")
    visit.page.get_by_role("link", name="Remove Work laptop").click()
    visit.page.get_by_role("button", name="Remove the key").click()
    expect(visit.page.get_by_text("No keys yet")).to_be_visible()
    sign_out(visit)
    assert len(device.keys()) == 1
    press_passkey(visit)
    expect(visit.page.locator("main")).to_contain_text("doesn't work")
    visit.go("/profile/")
    visit.page.wait_for_url("**/accounts/login/**")


def test_a_key_is_the_second_step_after_a_password_and_proves_anew_who_one_is(visit: Visit, cast, device: Device):
    visit.sign_in("primary@example.org")
    add_key(visit, alone=False)
    sign_out(visit)
    visit.go("/accounts/login/")
    visit.page.locator("#id_login").fill("primary@example.org")
    visit.page.locator("#id_password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Two-step verification")
    visit.page.get_by_role("button", name="Use a passkey or security key").click()
    visit.page.wait_for_url("**/home/")
    visit.go("/accounts/2fa/webauthn/add/")
    visit.page.get_by_role("link", name="Use a passkey or security key").click()
    visit.page.get_by_role("button", name="Use a passkey or security key").click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Add a passkey or security key")
