"""Which passwords are taken: long ones, whatever they are made of, that nobody would try first."""

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
def test_long_passwords_are_taken_whatever_they_are_made_of(cast, password):
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
def test_common_ones_and_pairs_of_them_are_refused(cast, password):
    assert "password_too_common" in codes(password, cast.primary)


def test_fifteen_characters_alone_and_twelve_beside_a_second_factor(cast):
    assert codes("herons wait 14", cast.primary) == {"password_too_short"}
    assert codes("herons wait 15!", cast.primary) == set()
    Authenticator.objects.create(user=cast.primary, type="totp", data={})
    assert codes("herons wait", cast.primary) == {"password_too_short"}
    assert codes("herons wait!", cast.primary) == set()


def test_recovery_codes_are_no_second_factor(cast):
    Authenticator.objects.create(user=cast.primary, type="recovery_codes", data={})
    assert codes("herons wait!", cast.primary) == {"password_too_short"}


def test_the_words_of_this_site_and_person_are_refused(cast):
    assert codes("primary example data portal", cast.primary) == {"password_of_own_words"}


def test_looking_through_a_very_long_one_ends(cast):
    assert codes("dragon" * 42 + "x", cast.primary) == set()


def test_the_form_takes_what_is_pasted_and_a_manager_fills_in(cast):
    client = cast.client("primary")
    client.post("/accounts/reauthenticate/", {"password": "correct horse battery staple"})
    page = client.get("/accounts/password/change/").content.decode().split("<main")[1]
    assert 'autocomplete="new-password"' in page and 'autocomplete="current-password"' in page
    assert "onpaste" not in page and "maxlength" not in page.lower()
    assert "At least 15 characters, or 12 with two-step verification" in page
