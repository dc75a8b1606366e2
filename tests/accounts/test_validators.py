"""Which passwords are taken: long ones, whatever they are made of, that no one would try first."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

pytestmark = pytest.mark.django_db


def codes(password, user=None) -> set[str]:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return {each.code for each in error.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "seven green herons wait",
        "allinlowercaselettershere",
        "ALL IN CAPITALS QUITE FINE",
        "82736450192837465019",
        "пять зелёных цапель",
        "鷺が五羽で池の端に立っているのです",
        "mustang at the quiet harbor",
        "x7Q" * 5 + "vW2kp",
        "j4" * 32 + "herons wait",
        "a sentence of quite some length that goes on and on and on, well beyond sixty-four characters, with ünïcode",
    ],
)
def test_long_passwords_of_any_characters_are_accepted(cast, password):
    assert codes(password, cast.primary) == set()


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "password password1",
        "Qwertyuiop123456",
        "iloveyou-iloveyou-iloveyou",
        "letmein.letmein.letmein",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaaa",
        "abababababababab",
        "dragon_dragon_monkey",
    ],
)
def test_common_passwords_and_pairs_of_them_are_rejected(cast, password):
    assert "password_too_common" in codes(password, cast.primary)


def test_minimum_length_is_15_or_12_with_a_second_factor(cast):
    assert codes("herons wait 14", cast.primary) == {"password_too_short"}
    assert codes("herons wait 15!", cast.primary) == set()
    Authenticator.objects.create(user=cast.primary, type="totp", data={})
    assert codes("herons wait", cast.primary) == {"password_too_short"}
    assert codes("herons wait!", cast.primary) == set()


def test_recovery_codes_do_not_count_as_a_second_factor(cast):
    Authenticator.objects.create(user=cast.primary, type="recovery_codes", data={})
    assert codes("herons wait!", cast.primary) == {"password_too_short"}


def test_words_of_the_site_and_person_are_rejected(cast):
    assert codes("primary example data portal", cast.primary) == {"password_of_own_words"}


def test_very_long_password_is_checked_quickly(cast):
    assert codes("dragon" * 42 + "x", cast.primary) == set()


def test_form_allows_pasting_and_password_managers(cast):
    client = cast.client("primary")
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery staple"})
    page = client.get("/accounts/password/change/").content.decode().split("<main")[1]
    assert 'autocomplete="new-password"' in page and 'autocomplete="current-password"' in page
    assert "onpaste" not in page and "maxlength" not in page.lower()
    assert "At least 15 characters, or 12 with two-step verification" in page
