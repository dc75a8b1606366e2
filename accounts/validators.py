"""Password validators: length, common passwords, and words of the person and the site."""

import re
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Person

_MIN_OWN_CHARACTERS = 8
_MIN_LENGTH, _MIN_LENGTH_WITH_MFA = 15, 12
_MIN_LETTERS = 5
_MIN_WORD_LENGTH, _MAX_WORDS = 4, 2


class LengthValidator:
    """Requires 15 characters, or 12 for an account with a second factor (NIST SP 800-63B-4, 3.1.1)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError for a password that is too short."""
        factors = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        has_factor = user is not None and user.pk is not None and is_mfa_enabled(user, factors)
        min_length = _MIN_LENGTH_WITH_MFA if has_factor else _MIN_LENGTH
        if len(password) < min_length:
            text = _("This password is too short. Use at least %(count)d characters, such as several unrelated words.")
            raise ValidationError(text % {"count": min_length}, code="password_too_short")

    def get_help_text(self) -> str:
        """Return the requirement for the page."""
        text = _("At least %(count)d characters, or %(with_mfa)d with two-step verification. Use unrelated words.")
        return text % {"count": _MIN_LENGTH, "with_mfa": _MIN_LENGTH_WITH_MFA}


class CommonWordsValidator(CommonPasswordValidator):
    """Rejects Django's 20,000 common passwords, and passwords made of one or two of them, repeated or not.

    Few of the common passwords are as long as a password has to be here, but two of them together are.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError for a password made of common ones."""
        plain = re.sub(r"[\W_]+", "", password.lower())
        if len(set(plain)) < _MIN_LETTERS or self._is_made_of_common_words(plain):
            raise ValidationError(
                _("This password is too common. Use several words that don't usually go together."),
                code="password_too_common",
            )
        super().validate(password, user)

    def _is_made_of_common_words(self, plain: str) -> bool:
        """Return True if the text can be split into common passwords, no more than two of them different."""
        visited: set[tuple[int, frozenset[str]]] = set()
        pending: list[tuple[int, frozenset[str]]] = [(0, frozenset())]
        while pending:
            state = pending.pop()
            start, used = state
            if start == len(plain):
                return True
            if state in visited:
                continue
            visited.add(state)
            for end in range(start + _MIN_WORD_LENGTH, min(len(plain), start + 32) + 1):
                word = plain[start:end]
                if word in used or (len(used) < _MAX_WORDS and word in self.passwords):
                    pending.append((end, used | {word}))
        return False

    def get_help_text(self) -> str:
        """Return the requirement for the page."""
        return _("Not a common password, and not two common passwords put together.")


class OwnWordsValidator:
    """Rejects a password made mostly of words from the names of the person, the Workgroup and the site.

    Those words are removed; at least eight letters or digits must be left. They come from the person, SITE_URL, the
    sender's name and the functions in settings.PASSWORD_CONTEXT (OWASP ASVS 5.0, 6.1.2 and 6.2.11). Django's own
    validator compares letters only, so it rejects some long passphrases by chance.
    """

    def validate(self, password: str, user: Person | None = None) -> None:
        """Raise ValidationError for a password made mostly of those words."""
        left = password.lower()
        about_person = _words([user.name, user.email]) if user else set()
        for word in sorted(own_words() | about_person, key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.lower() and len(re.sub(r"[\W_]+", "", left)) < _MIN_OWN_CHARACTERS:
            raise ValidationError(
                _("This password is mostly your name or words from this site. Add words that relate to neither."),
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        """Return the requirement for the page."""
        return _("Not only your name or words from this site.")


def own_words() -> set[str]:
    """Return the words of three letters or more in the names of the site and the Workgroup, in lower case."""
    texts = [urlsplit(settings.SITE_URL).hostname or "", settings.DEFAULT_FROM_EMAIL]
    for path in settings.PASSWORD_CONTEXT:
        texts += import_string(path)()
    return _words(texts) | {"password"}


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text.lower())}
