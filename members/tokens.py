"""The token of an invitation: made from the secret key and the row's nonce, stored only as a hash."""

import base64
import hashlib

from django.conf import settings
from django.utils.crypto import salted_hmac

from members.models import Invitation


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
