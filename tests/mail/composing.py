"""The composer of the delivery tests."""

import datetime as dt

from mail.messages import Message
from mail.models import Delivery


def compose(delivery: Delivery, now: dt.datetime) -> Message:
    """Return a simple message for any delivery."""
    return Message(f"Hello {delivery.subject_ref}", "Hello\n.\n..dots\n", "<p>Hello</p>")
