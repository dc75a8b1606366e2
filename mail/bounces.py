"""Bounces: email that a server accepted and then returned. Parse the reports and count them for the address."""

import datetime as dt
import re
from dataclasses import dataclass
from email.message import Message as RawMessage
from email.utils import parseaddr

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from mail import rules
from mail.messages import to_single_line
from mail.models import Attempt, Delivery, Suppression
from mail.rules import DeliveryState

log = structlog.get_logger("mail")
BOUNCED = "bounced"
# A report without a Message-ID is attributed to the last message sent to the address within this period.
_REPORT_PERIOD = dt.timedelta(days=7)
_WHITESPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Bounce:
    """The result for one address in a report. `is_final`: a permanent failure."""

    address: str
    code: str
    is_final: bool
    message_id: str = ""


def parse_bounce(message: RawMessage) -> list[Bounce]:
    """Return the failed recipients of a delivery status notification (RFC 3464), or [] for any other message."""
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return []
    message_id, found = _original_message_id(message), []
    for part in message.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        found += [
            _bounce(group, message_id)
            for group in part.get_payload()
            if isinstance(group, RawMessage) and str(group.get("Action", "")).strip().lower() == "failed"
        ]
    return [bounce for bounce in found if bounce.address]


def _bounce(group: RawMessage, message_id: str) -> Bounce:
    # Original-Recipient is the address that we wrote to. A forwarding host names its own as Final-Recipient.
    named = group.get("Original-Recipient") or group.get("Final-Recipient") or ""
    address = str(named).rpartition(";")[2]
    status = str(group.get("Status", "")).strip()
    diagnostic = str(group.get("Diagnostic-Code", "")).partition(";")[2]
    code = " ".join(_WHITESPACE.sub(" ", f"{status} {diagnostic}").split())
    return Bounce(parseaddr(address.strip())[1].lower(), code[:300], status.startswith("5"), message_id)


def _original_message_id(message: RawMessage) -> str:
    """Return the Message-ID of the returned message, from the last part that contains it or its headers."""
    found = ""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            inner = next((part for part in part.walk() if part.get("Message-ID")), None)
            found = str(inner["Message-ID"]) if inner else found
        elif part.get_content_type() == "text/rfc822-headers":
            match = re.search(r"^message-id:\s*(<[^>]+>)", str(part.get_payload()), re.IGNORECASE | re.MULTILINE)
            found = match[1] if match else found
    return found.strip()


@transaction.atomic
def record_bounce(bounce: Bounce, now: dt.datetime) -> Delivery | None:
    """Record that a message bounced. Return its delivery, or None if it is not one of ours.

    The same report twice counts once. A permanent failure counts for the address like one at sending time.
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
        delivery.reason = to_single_line(_("Bounced: %(code)s") % {"code": bounce.code})[:300]
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
    recent = Q(sent_at__gt=now - _REPORT_PERIOD) & Q(state__in=[DeliveryState.SENT, DeliveryState.FAILED])
    return rows.filter(recent, address__iexact=bounce.address).order_by("-sent_at", "-pk").first()


def count_bounce(address: str, code: str, now: dt.datetime) -> None:
    """Count a permanent failure of an address and suppress it after the second. Must run in a transaction."""
    Suppression.objects.bulk_create([Suppression(address=address, first_at=now)], ignore_conflicts=True)
    entry = Suppression.objects.select_for_update().get(address=address)
    entry.bounces += 1
    entry.last_code = code
    if entry.bounces >= rules.HARD_BOUNCES and entry.suppressed_at is None:
        entry.suppressed_at = now
        log.error("mail.address_suppressed", address=address, code=code)
    entry.save(update_fields=["bounces", "last_code", "suppressed_at"])
