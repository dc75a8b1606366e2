"""Signed addresses by which a person answers an email, or changes preferences, without signing in.

A link that answers is for one person, one object, one purpose and one cycle, and `UsedLink` records that it was used.
It does not hold the time of signing, so that an email that is composed again is the same email.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Person
from reminders.rules import OPTIONAL_KINDS

_SALT = "reminders.preferences"
_ANSWER_SALT = "reminders.answer"


@dataclass(frozen=True)
class Link:
    """What an answering link was made for. `cycle` names the occasion; `digest` is kept in place of the token."""

    purpose: str
    person: Person
    subject_id: int
    cycle: str
    expires_at: dt.datetime
    digest: str


def answer_url(purpose: str, person: Person, subject_id: int, cycle: str, expires_at: dt.datetime) -> str:
    """Return the full address of a link that answers.

    `cycle` and `expires_at` must depend only on the occasion. Two emails about one occasion with the same cycle have
    the same link, which works once; a different cycle for each email gives each its own link.
    """
    signer = signing.Signer(salt=f"{_ANSWER_SALT}.{purpose}")
    token = signer.sign_object([person.pk, subject_id, cycle, int(expires_at.timestamp())])
    return settings.SITE_URL + reverse("reminders:answer", args=[token, purpose])


def read_answer(purpose: str, token: str) -> Link | None:
    """Return the link that the token was created for, whether or not it has been used.

    Returns None if the token is invalid or was created for another purpose, or if the person no longer exists.
    """
    try:
        pk, subject_id, cycle, expires = signing.Signer(salt=f"{_ANSWER_SALT}.{purpose}").unsign_object(token)
        expires_at = dt.datetime.fromtimestamp(expires, dt.UTC)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.filter(pk=pk).first()
    if person is None:
        return None
    digest = hashlib.sha256(f"{purpose}:{token}".encode()).hexdigest()
    return Link(purpose, person, subject_id, cycle, expires_at, digest)


def preferences_url(person: Person, *kinds: str) -> str:
    """Return the full address of the page where the person unsubscribes from `kinds` or changes all email settings."""
    # Without the time of signing, so that an email that is sent again is the same email.
    token = signing.Signer(salt=_SALT).sign_object([person.pk, "+".join(kinds)])
    return settings.SITE_URL + reverse("reminders:preferences_link", args=[token])


def read_preferences(token: str) -> tuple[Person, list[str]] | None:
    """Return the active person and the kinds that a token was created for; None for any other token."""
    try:
        pk, kinds = signing.Signer(salt=_SALT).unsign_object(token)
        named = kinds.split("+") if kinds else []
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    person = Person.objects.filter(pk=pk, is_active=True).first()
    return (person, named) if person and all(kind in OPTIONAL_KINDS for kind in named) else None


def is_answer(url: str) -> bool:
    """Whether an address acts or opens something for its person alone, so that no copy may contain it."""
    return url.startswith(tuple(settings.SITE_URL + path for path in settings.TOKEN_URL_PREFIXES))
