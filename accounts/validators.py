"""Passwords that anybody who knows this site would try first are refused."""

import re
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from accounts.models import Person

_MIN_OWN_CHARACTERS = 8
_MIN_LENGTH, _MIN_LENGTH_WITH_MFA = 15, 12
_MIN_LETTERS = 5
_SHORTEST_WORD, _MAX_WORDS = 4, 2


class LengthValidator:
    """Asks for 15 characters, or for 12 where a second factor stands beside the password (NIST SP 800-63B-4, 3.1.1)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        has_factor = user is not None and user.pk is not None and is_mfa_enabled(user, factors)
        least = _MIN_LENGTH_WITH_MFA if has_factor else _MIN_LENGTH
        if len(password) < least:
            raise ValidationError(
                f"This password is too short. Use {least} characters or more; a few words do well.",
                code="password_too_short",
            )

    def get_help_text(self) -> str:
        return (
            f"{_MIN_LENGTH} characters or more, or {_MIN_LENGTH_WITH_MFA} with a second step at sign-in. "
            "A few words that belong to nobody else do well."
        )


class CommonWordsValidator(CommonPasswordValidator):
    """Refuses Django's 20,000 common passwords, and what is one or two of them put together however often.

    Of 20,000 hardly any is as long as a password must be here, but their pairs are.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        plain = re.sub(r"[\W_]+", "", password.lower())
        if len(set(plain)) < _MIN_LETTERS or self._is_made_of_common_words(plain):
            raise ValidationError(
                "This password is made of very common ones. Use a few words that do not usually stand together.",
                code="password_too_common",
            )
        super().validate(password, user)

    def _is_made_of_common_words(self, plain: str) -> bool:
        """Whether the text can be cut into common passwords of which no more than two differ."""
        seen: set[tuple[int, frozenset[str]]] = set()
        waiting: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
        while waiting:
            place = waiting.pop()
            start, used = place
            if start == len(plain):
                return True
            if place in seen:
                continue
            seen.add(place)
            for end in range(start + _SHORTEST_WORD, min(len(plain), start + 32) + 1):
                word = plain[start:end]
                if word in used or (len(used) < _MAX_WORDS and word in self.passwords):
                    waiting.append((end, used | {word}))
        return False

    def get_help_text(self) -> str:
        return "Not a common password, nor two of them put together."


class OwnWordsValidator:
    """Refuses a password that is little more than the words of the person's, the Workgroup's and the site's name.

    Those words are taken out; eight letters or digits must be left. They come from the person, SITE_URL, the sender's
    name and the functions in settings.PASSWORD_CONTEXT (OWASP ASVS 5.0, 6.1.2 and 6.2.11). Django's own comparison
    with the person counts letters only, so that it refuses long passphrases by chance.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raises ValidationError."""
        left = password.lower()
        about_person = _words([user.name, user.email]) if user else set()
        for word in sorted(own_words() | about_person, key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(re.sub(r"[\W_]+", "", left)) < _MIN_OWN_CHARACTERS:
            raise ValidationError(
                "This password is little more than your name and this site's own words. "
                "Add a few that have nothing to do with either.",
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return "Not only words of your name and of this site's."


def own_words() -> set[str]:
    """The words of three letters or more in the names of the site and the Workgroup, in lower case."""
    texts = [urlsplit(settings.SITE_URL).hostname or "", settings.DEFAULT_FROM_EMAIL]
    for path in settings.PASSWORD_CONTEXT:
        texts += import_string(path)()
    return _words(texts) | {"password"}


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text.lower())}
