"""Mail that comes back after a server had taken it: read from reports, counted against the address, told to staff."""

import datetime as dt
import re
from dataclasses import dataclass
from email.message import Message as Mail
from email.utils import parseaddr

import structlog
from django.db import transaction
from django.db.models import Q

from mail import rules
from mail.messages import validate_single_line
from mail.models import Attempt, Delivery, Suppression
from mail.rules import DeliveryState

log = structlog.get_logger("mail")
BOUNCED = "bounced"
# How long after sending a report without a Message-ID is still laid to the last mail that went to the address.
_REPORT_LIFE = dt.timedelta(days=7)
_REPEATED = re.compile(r"\s+")


@dataclass(frozen=True)
class Bounce:
    """What a report says of one address. `is_final`: the address refuses for good, not only for now."""

    address: str
    code: str
    is_final: bool
    message_id: str = ""


def parse_bounce(mail: Mail) -> list[Bounce]:
    """The bounces of a delivery status notification (RFC 3464), one a recipient that failed; empty for other mail."""
    if mail.get_content_type() != "multipart/report" or mail.get_param("report-type") != "delivery-status":
        return []
    message_id, found = _original(mail), []
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for group in part.get_payload():
            if isinstance(group, Mail) and str(group.get("Action", "")).strip().lower() == "failed":
                found.append(_bounce(group, message_id))
    return [bounce for bounce in found if bounce.address]


def _bounce(group: Mail, message_id: str) -> Bounce:
    # The address that we wrote to is the original one; a forwarding host names its own as the final one.
    named = group.get("Original-Recipient") or group.get("Final-Recipient") or ""
    _, _, address = str(named).rpartition(";")
    status = str(group.get("Status", "")).strip()
    _, _, words = str(group.get("Diagnostic-Code", "")).partition(";")
    code = " ".join(_REPEATED.sub(" ", f"{status} {words}").split())
    return Bounce(parseaddr(address.strip())[1].lower(), code[:300], status.startswith("5"), message_id)


def _original(mail: Mail) -> str:
    """The Message-ID of the mail that came back: of the last part that holds it or its headers."""
    found = ""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            inner = next((part for part in part.walk() if part.get("Message-ID")), None)
            found = str(inner["Message-ID"]) if inner else found
        elif part.get_content_type() == "text/rfc822-headers":
            match = re.search(r"^message-id:\s*(<[^>]+>)", str(part.get_payload()), re.IGNORECASE | re.MULTILINE)
            found = match[1] if match else found
    return found.strip()


@transaction.atomic
def record_bounce(bounce: Bounce, now: dt.datetime) -> Delivery | None:
    """Write that a mail came back; the delivery that it was, or None when none of ours is known by it.

    The same report twice counts once. A final refusal counts against the address as one at sending time does.
    """
    delivery = _delivery_of(bounce, now)
    if delivery is None:
        log.warning("mail.unknown_bounce", code=bounce.code)
        return None
    if Attempt.objects.filter(delivery=delivery, outcome=BOUNCED).exists():
        return delivery
    Attempt.objects.create(delivery=delivery, at=now, outcome=BOUNCED, code=bounce.code)
    if delivery.state in (DeliveryState.SENT, DeliveryState.UNKNOWN):
        delivery.state = DeliveryState.FAILED
        delivery.reason = validate_single_line(f"It came back: {bounce.code}")[:300]
        delivery.last_code = bounce.code
        delivery.ended_at = now
        delivery.save(update_fields=["state", "reason", "last_code", "ended_at"])
    if bounce.is_final:
        count_bounce(delivery.address, bounce.code, now)
    return delivery


def _delivery_of(bounce: Bounce, now: dt.datetime) -> Delivery | None:
    rows = Delivery.objects.select_for_update(of=("self",))
    if bounce.message_id:
        return rows.filter(message_id=bounce.message_id).first()
    went = Q(sent_at__gt=now - _REPORT_LIFE) & Q(state__in=[DeliveryState.SENT, DeliveryState.FAILED])
    return rows.filter(went, address__iexact=bounce.address).order_by("-sent_at", "-pk").first()


def count_bounce(address: str, code: str, now: dt.datetime) -> None:
    """One more final refusal of an address; after the second nothing more goes there. Must run in a transaction."""
    Suppression.objects.bulk_create([Suppression(address=address, first_at=now)], ignore_conflicts=True)
    entry = Suppression.objects.select_for_update().get(address=address)
    entry.bounces += 1
    entry.last_code = code
    if entry.bounces >= rules.HARD_BOUNCES and entry.suppressed_at is None:
        entry.suppressed_at = now
        log.error("mail.address_suppressed", address=address, code=code)
    entry.save(update_fields=["bounces", "last_code", "suppressed_at"])
