"""What a tick would do and what a mail would say, found out by doing it in a transaction that is taken back."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from mail.messages import Message, Wait
from mail.models import Delivery, Suppression
from mail.sending import claimable
from reminders.delivering import compose, make_deliveries, store_plan

REFUSES_MAIL = "This address refuses mail, so nothing goes there."


@dataclass(frozen=True)
class Line:
    """One mail that a tick would take up: with its message where it would go, else with the reason why not."""

    delivery: Delivery
    message: Message | None
    reason: str = ""


def rehearse(now: dt.datetime, *, limit: int | None = None) -> list[Line]:
    """What the tick at `now` would send, the first `limit` of it; nothing is written."""
    with transaction.atomic():
        store_plan(now)
        make_deliveries(now)
        rows = list(claimable(now).select_related("person").order_by("next_attempt_at", "pk")[:limit])
        lines = _lines(rows, now)
        transaction.set_rollback(True)
    return lines


def preview(delivery: Delivery, now: dt.datetime) -> Line:
    """What one mail of the ledger would say if it were built at `now`; nothing is written."""
    with transaction.atomic():
        (line,) = _lines([delivery], now)
        transaction.set_rollback(True)
    return line


def _lines(rows: list[Delivery], now: dt.datetime) -> list[Line]:
    refusing = set(
        Suppression.objects.filter(address__in=[row.address for row in rows], suppressed_at__isnull=False).values_list(
            "address", flat=True
        )
    )
    return [Line(row, None, REFUSES_MAIL) if row.address in refusing else _line(row, now) for row in rows]


def _line(row: Delivery, now: dt.datetime) -> Line:
    try:
        with transaction.atomic():
            said = compose(row, now)
    except Exception as error:  # what cannot be built is shown as that, like everything else that would not go
        return Line(row, None, f"The mail could not be built: {type(error).__name__}: {error}")
    if isinstance(said, Wait):
        return Line(row, None, "It waits for the end of its receiver's quiet hours.")
    return Line(row, said) if isinstance(said, Message) else Line(row, None, said.reason)
