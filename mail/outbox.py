"""Read the emails that are stored as files while no mail server is set up."""

import datetime as dt
import re
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser, BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

_NAME = re.compile(r"^\d{8}T\d{12}-[0-9a-f]{8}\.eml$")


@dataclass(frozen=True)
class StoredMessage:
    """An email of the outbox. In a list, its content is empty."""

    name: str
    to: str
    subject: str
    sent_at: dt.datetime | None
    text: str = ""
    html: str = ""
    calendar: str = ""
    calendar_method: str = ""
    files: tuple[tuple[str, str, int], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


def list_message_names() -> list[str]:
    """Return the file names of all stored emails, newest first."""
    folder = Path(settings.MAIL_DIR)
    return sorted((path.name for path in folder.glob("*.eml") if _NAME.match(path.name)), reverse=True)


def read_headers(names: list[str]) -> list[StoredMessage]:
    """Return the emails with these names: recipient, subject and date only."""
    found = []
    for name in names:
        with (Path(settings.MAIL_DIR) / name).open("rb") as file:
            headers = BytesHeaderParser(policy=policy.default).parse(file)
        found.append(StoredMessage(name, str(headers["To"] or ""), str(headers["Subject"] or ""), _date(headers)))
    return found


def read_message(name: str) -> StoredMessage | None:
    """Return the email with this name and its parts, or None if it does not exist."""
    path = Path(settings.MAIL_DIR) / name
    if not _NAME.match(name) or not path.is_file():
        return None
    message: EmailMessage = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    parts = {part.get_content_type(): part for part in message.walk() if not part.is_attachment()}
    entry = parts.get("text/calendar")
    fields = ("From", "To", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe")
    return StoredMessage(
        name,
        str(message["To"] or ""),
        str(message["Subject"] or ""),
        _date(message),
        text=_content(parts.get("text/plain")),
        html=_content(parts.get("text/html")),
        calendar=_content(entry),
        calendar_method=str(entry.get_param("method") or "") if entry else "",
        files=tuple(
            (part.get_filename() or "unnamed", part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in message.iter_attachments()
        ),
        headers=tuple((field, str(message[field])) for field in fields if message[field]),
    )


def _content(part: EmailMessage | None) -> str:
    return str(part.get_content()) if part else ""


def _date(message: EmailMessage) -> dt.datetime | None:
    try:
        sent_at = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        return None
    return sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=dt.UTC)  # "-0000" is UTC without a time zone
