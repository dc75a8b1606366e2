"""The mailbox to which mail comes back, read over IMAP; only reports are taken, whatever else lies there is flagged."""

import datetime as dt
import email
import imaplib
from dataclasses import dataclass
from email import policy

from mail.bouncing import parse_bounce, record_bounce
from mail.rules import Place

_TIMEOUT = 20
_MAX = 200


@dataclass(frozen=True)
class BounceReadResult:
    """What one reading brought: reports of mail of ours, reports of other mail, and what is no report."""

    bounces: int = 0
    unknown: int = 0
    other: int = 0

    def __str__(self) -> str:
        return f"{self.bounces} came back, {self.unknown} unknown, {self.other} no report"


def read_bounces(place: Place, now: dt.datetime) -> BounceReadResult:
    """Take up to 200 unread mails. Raises OSError or imaplib.IMAP4.error when the mailbox cannot be read.

    Each is marked as read only after it was written down, so that one that was cut short is read again.
    """
    box = (imaplib.IMAP4_SSL if place.is_encrypted else imaplib.IMAP4)(place.host, place.port, timeout=_TIMEOUT)
    try:
        box.login(place.user, place.password)
        status, _ = box.select(f'"{place.folder}"')
        if status != "OK":
            raise imaplib.IMAP4.error(f"There is no folder {place.folder}.")
        _, found = box.uid("SEARCH", "UNSEEN", "UNFLAGGED")
        kinds = [_take(box, uid, now) for uid in found[0].split()[:_MAX]]
    finally:
        box.logout()
    return BounceReadResult(kinds.count("bounce"), kinds.count("unknown"), kinds.count("other"))


def _take(box: imaplib.IMAP4, uid: bytes, now: dt.datetime) -> str:
    _, parts = box.uid("FETCH", uid.decode(), "(BODY.PEEK[])")
    raw = next(part[1] for part in parts if isinstance(part, tuple))
    bounces = parse_bounce(email.message_from_bytes(raw, policy=policy.compat32))
    if not bounces:
        # Somebody may have written here by hand: it stays unread, and is passed over from now on.
        box.uid("STORE", uid.decode(), "+FLAGS", r"(\Flagged)")
        return "other"
    known = [record_bounce(bounce, now) for bounce in bounces]
    box.uid("STORE", uid.decode(), "+FLAGS", r"(\Seen)")
    return "bounce" if any(known) else "unknown"
