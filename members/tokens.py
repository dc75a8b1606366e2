"""The tokens in this app's mails.

That of an invitation is made from the secret key and the row's nonce, and stored only as a hash. That of a yearly
question is a signature over the question and the person, stored nowhere: whether it was used or is too old is read from
the question itself, so that a mail that is sent again is the same mail.
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
    """The raw token of a nonce, 43 characters that go into the mail and nowhere else."""
    digest = salted_hmac("members.invitation", nonce, secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_token(token: str) -> str:
    """What the database keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(invitation: Invitation) -> str | None:
    """The raw token, made again with the key of today or an earlier one; None when no key gives it."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = make_token(invitation.nonce, secret)
        if hash_token(token) == invitation.token_hash:
            return token
    return None


def confirmation_token(confirmation: Confirmation, person: Person) -> str:
    """What lets one person answer one organization's question of one year, and nothing else."""
    return signing.Signer(salt=_CONFIRMATION_SALT).sign_object([confirmation.pk, person.pk])


def read_confirmation_token(token: str) -> tuple[Confirmation, Person] | None:
    """The question and the person that a token was made for; None for any other token."""
    try:
        pk, person_pk = signing.Signer(salt=_CONFIRMATION_SALT).unsign_object(token)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    confirmation = Confirmation.objects.select_related("organization", "confirmed_by").filter(pk=pk).first()
    person = Person.objects.filter(pk=person_pk).first()
    return (confirmation, person) if confirmation and person else None
