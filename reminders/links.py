"""Signed addresses by which a person changes reminders without signing in. They open nothing else."""

from django.conf import settings
from django.core import signing
from django.urls import reverse

from members.models import Person
from reminders.rules import OPTIONAL_KINDS

_SALT = "reminders.preferences"


def preferences_url(person: Person, kind: str) -> str:
    """The full address at which this person stops this kind, or changes them all."""
    # Without the time of signing, so that a mail that is sent again is the same mail.
    token = signing.Signer(salt=_SALT).sign_object([person.pk, kind])
    return settings.SITE_URL + reverse("reminders:preferences_link", args=[token])


def read(token: str) -> tuple[Person, str] | None:
    """The active person and the kind that a token was made for; None for any other token."""
    try:
        pk, kind = signing.Signer(salt=_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    person = Person.objects.filter(pk=pk, is_active=True).first()
    return (person, kind) if person and kind in OPTIONAL_KINDS else None
