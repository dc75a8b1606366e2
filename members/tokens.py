"""The tokens in the links of this app's emails.

An invitation's token is derived from the secret key and the row's nonce; only its hash is stored. The token of a
yearly confirmation request is a signature over the request and the person and is not stored: whether it was used or
has expired follows from the request, so an email that is sent again is the same email.
"""

import base64
import hashlib

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from accounts.models import Person
from members.models import Confirmation, Invitation

_CONFIRMATION_SALT = "members.confirmation"


def make_token(nonce: str, secret: str | None = None) -> str:
    """Return the raw token of a nonce: 43 characters that are only ever in the email."""
    digest = salted_hmac("members.invitation", nonce, secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_token(token: str) -> str:
    """Return the hash of a token, which is what the database stores."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(invitation: Invitation) -> str | None:
    """Return the raw token, derived again with the current or an earlier secret key; None if no key fits."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = make_token(invitation.nonce, secret)
        if hash_token(token) == invitation.token_hash:
            return token
    return None


def confirmation_token(confirmation: Confirmation, person: Person) -> str:
    """Return a token that lets one person answer one request, and nothing else."""
    return signing.Signer(salt=_CONFIRMATION_SALT).sign_object([confirmation.pk, person.pk])


def read_confirmation_token(token: str) -> tuple[Confirmation, Person] | None:
    """Return the request and the person of a token; None for an invalid token."""
    try:
        pk, person_pk = signing.Signer(salt=_CONFIRMATION_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    confirmation = Confirmation.objects.select_related("organization", "confirmed_by").filter(pk=pk).first()
    person = Person.objects.filter(pk=person_pk).first()
    return (confirmation, person) if confirmation and person else None
