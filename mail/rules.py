"""The words of the delivery ledger and how long it waits. No ORM, no clock."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.db.models import TextChoices


class DeliveryState(TextChoices):
    """`pending` and `retry` are still to do, `claimed` is in a sender's hands, the others are outcomes."""

    PENDING = "pending", "Waiting"
    CLAIMED = "claimed", "Being sent"
    RETRY = "retry", "Will be tried again"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "Skipped"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


UNFINISHED_STATES = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.CLAIMED)
RESENDABLE_STATES = (DeliveryState.FAILED, DeliveryState.UNKNOWN)

# How long a sender may hold a row; a task's hard time limit lies below it.
LEASE = dt.timedelta(minutes=5)
# A message that a server may or may not have is sent once more, and not before this.
UNSURE_WAIT = dt.timedelta(minutes=30)
# How long an address that says "later" is tried.
RETRY_LIFE = dt.timedelta(hours=24)
HARD_BOUNCES = 2
_FIRST_WAIT, _MAX_WAIT = 60.0, 3600.0


def retry_wait(attempts: int, chance: float) -> dt.timedelta:
    """The wait after the nth try: 60 s doubling to an hour, shifted by up to a tenth (`chance` from 0 to 1)."""
    base = min(_FIRST_WAIT * 2 ** min(attempts - 1, 16), _MAX_WAIT)
    return dt.timedelta(seconds=base * (0.9 + 0.2 * chance))


def circuit_wait(seconds: int) -> int:
    """How long the server is let alone, in seconds, after it was let alone for `seconds` before."""
    return int(min(max(_FIRST_WAIT, seconds * 2), _MAX_WAIT))


@dataclass(frozen=True)
class Place:
    """Where the mailbox is, read from `imaps://user:password@host:993/Folder`."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_encrypted: bool


def parse_mailbox_url(url: str) -> Place:
    """The place that an address names. Raises ValueError with an example on anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("imaps", "imap") or not (parts.hostname and parts.username and parts.password):
        raise ValueError("Write for example imaps://user:password@host:993/INBOX")
    is_encrypted = parts.scheme == "imaps"
    return Place(
        host=parts.hostname,
        port=parts.port or (993 if is_encrypted else 143),
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_encrypted=is_encrypted,
    )
