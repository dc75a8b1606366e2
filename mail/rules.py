"""States, waiting periods and limits of the delivery ledger. No ORM, no clock."""

import datetime as dt
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class DeliveryState(TextChoices):
    """The state of a delivery. `pending` and `retry` are queued, `claimed` is being sent, the others are final."""

    PENDING = "pending", _("Waiting")
    CLAIMED = "claimed", _("Sending")
    RETRY = "retry", _("Will try again")
    SENT = "sent", _("Sent")
    SKIPPED = "skipped", _("Skipped")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


UNFINISHED_STATES = (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.CLAIMED)
RESENDABLE_STATES = (DeliveryState.FAILED, DeliveryState.UNKNOWN)

# How long a worker may hold a claimed row. The hard time limit of a task is lower.
LEASE = dt.timedelta(minutes=5)
# The wait before the one retry of a message that a server may or may not have accepted.
UNSURE_WAIT = dt.timedelta(minutes=30)
# How long a message is retried that the server defers.
RETRY_LIFE = dt.timedelta(hours=24)
HARD_BOUNCES = 2
_FIRST_WAIT, _MAX_WAIT = 60.0, 3600.0


def retry_wait(attempts: int, chance: float) -> dt.timedelta:
    """Return the wait after the nth attempt: 60 s, doubled up to an hour, with 10% jitter (`chance` is 0 to 1)."""
    base = min(_FIRST_WAIT * 2 ** min(attempts - 1, 16), _MAX_WAIT)
    return dt.timedelta(seconds=base * (0.9 + 0.2 * chance))


def circuit_wait(seconds: int) -> int:
    """Return how long the circuit breaker stays open, in seconds, after it was open for `seconds` before."""
    return int(min(max(_FIRST_WAIT, seconds * 2), _MAX_WAIT))


@dataclass(frozen=True)
class Place:
    """The connection settings of a mailbox, from `imaps://user:password@host:993/Folder`."""

    host: str
    port: int
    user: str
    password: str
    folder: str
    is_encrypted: bool


def parse_mailbox_url(url: str) -> Place:
    """Parse the URL of a mailbox. Raise ValueError with an example if it is not valid."""
    parts = urlsplit(url)
    if parts.scheme not in ("imaps", "imap") or not (parts.hostname and parts.username and parts.password):
        raise ValueError("Use a URL like imaps://user:password@host:993/INBOX")
    is_encrypted = parts.scheme == "imaps"
    return Place(
        host=parts.hostname,
        port=parts.port or (993 if is_encrypted else 143),
        user=unquote(parts.username),
        password=unquote(parts.password),
        folder=unquote(parts.path.strip("/")) or "INBOX",
        is_encrypted=is_encrypted,
    )
