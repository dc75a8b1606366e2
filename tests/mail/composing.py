"""What the ledger's tests say in a mail."""

import datetime as dt

from mail.messages import Message
from mail.models import Delivery


def compose(delivery: Delivery, now: dt.datetime) -> Message:
    """A plain message for any delivery."""
    return Message(f"Hello {delivery.subject_ref}", "Hello\n.\n..dots\n", "<p>Hello</p>")
