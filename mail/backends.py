"""The email backend without a mail server: it writes each message to a file."""

import datetime as dt
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutboxBackend(BaseEmailBackend):
    """Store each message as an `.eml` file in `MAIL_DIR`. The file appears only when it is complete."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the messages and return their number. Raise OSError if the folder is not writable."""
        folder = Path(settings.MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}.eml"
            part = folder / f".{name}.part"
            with part.open("wb") as file:
                file.write(message.message().as_bytes(linesep="\r\n"))  # type: ignore[call-arg]
                file.flush()
                os.fsync(file.fileno())
            part.replace(folder / name)
        return len(email_messages)
