"""One message over one conversation, and exactly how far it came: what is retried hangs on that."""

import re
import smtplib
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.core.mail.message import sanitize_address

_LINE_START_DOT = re.compile(rb"(?m)^\.")
# Shutting down, sign-in wanted, sign-in refused: these concern every message, whenever they are said.
_CONCERNS_ALL = {421, 530, 535}


class Outcome(StrEnum):
    """What became of one try. `DOWN`: the server takes no mail at all now. `UNSURE`: it may or may not have it."""

    SENT = "sent"
    DOWN = "down"
    LATER = "later"
    REFUSED = "refused"
    INDETERMINATE = "unsure"


@dataclass(frozen=True)
class Answer:
    """The outcome of one try and the words of the server or of the failure."""

    outcome: Outcome
    code: str


@dataclass(frozen=True)
class Envelope:
    """A message with its one recipient, as bytes that are ready for the wire."""

    message: EmailMessage
    sender: str
    recipient: str
    payload: bytes


def seal(message: EmailMessage) -> Envelope:
    """The message ready to go. Raises ValueError on an address or a header that cannot be written."""
    (recipient,) = message.recipients()
    payload = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    sender = settings.BOUNCE_ADDRESS or message.from_email
    return Envelope(message, sanitize_address(sender, "utf-8"), sanitize_address(recipient, "utf-8"), payload)


class Transport:
    """The mail connection of the settings, opened when first needed and closed at the end of the block."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection()
        self._proven = False  # whether a message went through this connection already

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._drop()

    def send(self, envelope: Envelope) -> Answer:
        """Hand the message over. Raises nothing that a server or a network can cause."""
        if not isinstance(self._backend, SmtpBackend):
            return self._write(envelope)
        try:
            connection, code, reply = self._begin(self._backend, envelope.sender)
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Outcome.DOWN, _failure(error))
        if code != 250:
            self._drop()
            return Answer(_judge(code, refused=Outcome.DOWN), _said(code, reply))
        return self._hand_over(connection, envelope)

    def _write(self, envelope: Envelope) -> Answer:
        try:
            self._backend.send_messages([envelope.message])
        except OSError as error:
            return Answer(Outcome.DOWN, _failure(error))
        return Answer(Outcome.SENT, "written")

    def _begin(self, backend: SmtpBackend, sender: str) -> tuple[smtplib.SMTP, int, bytes]:
        """The connection and the answer to MAIL FROM; a connection that went stale while idle is made anew once."""
        if self._proven and backend.connection:
            try:
                code, reply = backend.connection.mail(sender)
                if code != 421:
                    return backend.connection, code, reply
            except (OSError, smtplib.SMTPException):
                pass
            self._drop()
        backend.open()
        connection = backend.connection
        if connection is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        connection.ehlo_or_helo_if_needed()
        return connection, *connection.mail(sender)

    def _hand_over(self, connection: smtplib.SMTP, envelope: Envelope) -> Answer:
        began = False
        try:
            code, reply = connection.rcpt(envelope.recipient)
            if code in (250, 251):
                code, reply = connection.docmd("DATA")
                if code == 354:
                    began = True
                    body = _LINE_START_DOT.sub(b"..", envelope.payload)
                    connection.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
                    code, reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._drop()
            return Answer(Outcome.INDETERMINATE if began else Outcome.LATER, _failure(error))
        if began and code == 250:
            self._proven = True
            return Answer(Outcome.SENT, _said(code, reply))
        self._start_over(connection)
        return Answer(_judge(code, refused=Outcome.REFUSED), _said(code, reply))

    def _start_over(self, connection: smtplib.SMTP) -> None:
        try:
            code, _ = connection.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        self._proven = code == 250
        if not self._proven:
            self._drop()

    def _drop(self) -> None:
        """Cut the connection without a goodbye: one that is stuck would make us wait once more."""
        self._proven = False
        if isinstance(self._backend, SmtpBackend):
            # Django keeps a connection that failed while it was made, to say goodbye to it later.
            for name in ("connection", "_partial_connection"):
                connection = getattr(self._backend, name)
                if connection is not None:
                    connection.close()
                setattr(self._backend, name, None)


def _judge(code: int, *, refused: Outcome) -> Outcome:
    if code in _CONCERNS_ALL:
        return Outcome.DOWN
    return Outcome.LATER if 400 <= code < 500 else refused


def _said(code: int, reply: bytes) -> str:
    return " ".join(f"{code} {reply.decode('utf-8', 'replace')}".split())[:300]


def _failure(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
