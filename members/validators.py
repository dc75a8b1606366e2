"""Passwords that anybody who knows this site would try first are refused."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from members.models import Person

_LEAST_OF_ONES_OWN = 8


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
        if left != password.lower() and len(re.sub(r"[\W_]+", "", left)) < _LEAST_OF_ONES_OWN:
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
