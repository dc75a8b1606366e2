"""Read the bounce mailbox over IMAP. Reports are processed, and any other message is flagged and left unread."""

import datetime as dt
import email
import imaplib
from dataclasses import dataclass
from email import policy

from mail.bounces import parse_bounce, record_bounce
from mail.rules import Place

_TIMEOUT = 20
_MAX = 200


@dataclass(frozen=True)
class BounceReadResult:
    """The result of reading the mailbox: reports on our messages, on unknown messages, and other messages."""

    bounces: int = 0
    unknown: int = 0
    other: int = 0

    def __str__(self) -> str:
        return f"{self.bounces} bounced, {self.unknown} unknown, {self.other} not reports"


def read_bounces(mailbox: Place, now: dt.datetime) -> BounceReadResult:
    """Process up to 200 unread messages. Raise OSError or imaplib.IMAP4.error if the mailbox cannot be read.

    A message is marked as read only after its bounces are recorded, so that an interrupted one is read again.
    """
    connection = (imaplib.IMAP4_SSL if mailbox.is_encrypted else imaplib.IMAP4)(
        mailbox.host, mailbox.port, timeout=_TIMEOUT
    )
    try:
        connection.login(mailbox.user, mailbox.password)
        status, _ = connection.select(f'"{mailbox.folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"The folder {mailbox.folder} does not exist.")
        _, found = connection.uid("SEARCH", "UNSEEN", "UNFLAGGED")
        results = [_process(connection, uid, now) for uid in found[0].split()[:_MAX]]
    finally:
        connection.logout()
    return BounceReadResult(results.count("bounce"), results.count("unknown"), results.count("other"))


def _process(connection: imaplib.IMAP4, uid: bytes, now: dt.datetime) -> str:
    _, parts = connection.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
    raw = next(part[1] for part in parts if isinstance(part, tuple))
    bounces = parse_bounce(email.message_from_bytes(raw, policy=policy.compat32))
    if not bounces:
        # A person may have written to this mailbox: leave the message unread, and skip it from now on.
        connection.uid("STORE", uid.decode(), "+FLAGS", r"(\Flagged)")
        return "other"
    known = [record_bounce(bounce, now) for bounce in bounces]
    connection.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
    return "bounce" if any(known) else "unknown"
