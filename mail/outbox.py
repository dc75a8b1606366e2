"""The mails kept as files while no mail server is set, read back for a person to look at."""

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
    """One mail of the outbox; a list leaves the content empty."""

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


def names() -> list[str]:
    """The names of all kept mails, the newest first."""
    folder = Path(settings.MAIL_DIR)
    return sorted((path.name for path in folder.glob("*.eml") if _NAME.match(path.name)), reverse=True)


def heads(some: list[str]) -> list[StoredMessage]:
    """To whom, what and when of the named mails."""
    found = []
    for name in some:
        with (Path(settings.MAIL_DIR) / name).open("rb") as file:
            head = BytesHeaderParser(policy=policy.default).parse(file)
        found.append(StoredMessage(name, str(head["To"] or ""), str(head["Subject"] or ""), _date(head)))
    return found


def read(name: str) -> StoredMessage | None:
    """One mail with its parts; None when there is none of that name."""
    path = Path(settings.MAIL_DIR) / name
    if not _NAME.match(name) or not path.is_file():
        return None
    mail: EmailMessage = BytesParser(policy=policy.default).parsebytes(path.read_bytes())  # type: ignore[assignment]
    parts = {part.get_content_type(): part for part in mail.walk() if not part.is_attachment()}
    entry = parts.get("text/calendar")
    shown = ("From", "To", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe")
    return StoredMessage(
        name,
        str(mail["To"] or ""),
        str(mail["Subject"] or ""),
        _date(mail),
        text=_content(parts.get("text/plain")),
        html=_content(parts.get("text/html")),
        calendar=_content(entry),
        calendar_method=str(entry.get_param("method") or "") if entry else "",
        files=tuple(
            (part.get_filename() or "unnamed", part.get_content_type(), len(part.get_payload(decode=True) or b""))
            for part in mail.iter_attachments()
        ),
        headers=tuple((field, str(mail[field])) for field in shown if mail[field]),
    )


def _content(part: EmailMessage | None) -> str:
    return str(part.get_content()) if part else ""


def _date(mail: EmailMessage) -> dt.datetime | None:
    try:
        moment = parsedate_to_datetime(str(mail["Date"]))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)  # "-0000" is UTC without a place
