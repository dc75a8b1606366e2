"""Send one message by SMTP and report exactly how far it got, which decides whether it is retried."""

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
# Shutting down, authentication required, authentication failed: replies that affect every message.
_AFFECTS_ALL = {421, 530, 535}


class Outcome(StrEnum):
    """The result of an attempt. `DOWN`: the server accepts no email. `UNSURE`: it may or may not have accepted it."""

    SENT = "sent"
    DOWN = "down"
    LATER = "later"
    REFUSED = "refused"
    INDETERMINATE = "unsure"


@dataclass(frozen=True)
class SendResult:
    """The outcome of an attempt, with the reply of the server or the error."""

    outcome: Outcome
    code: str


@dataclass(frozen=True)
class Envelope:
    """A message with its one recipient, as bytes ready to send."""

    message: EmailMessage
    sender: str
    recipient: str
    payload: bytes


def build_envelope(message: EmailMessage) -> Envelope:
    """Return the message ready to send. Raise ValueError if an address or a header is not valid."""
    (recipient,) = message.recipients()
    payload = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    sender = settings.BOUNCE_ADDRESS or message.from_email
    return Envelope(message, sanitize_address(sender, "utf-8"), sanitize_address(recipient, "utf-8"), payload)


class Transport:
    """The mail connection of the settings: a context manager that opens it on first use and closes it at the end."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection()
        self._is_proven = False  # whether a message was sent over this connection

    def __enter__(self) -> "Transport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._backend.close()
        except (OSError, smtplib.SMTPException):
            self._close_abruptly()

    def send(self, envelope: Envelope) -> SendResult:
        """Send the message. Server and network errors are returned as results, not raised."""
        if not isinstance(self._backend, SmtpBackend):
            return self._send_by_backend(envelope)
        try:
            connection, code, reply = self._begin(self._backend, envelope.sender)
        except (OSError, smtplib.SMTPException) as error:
            self._close_abruptly()
            return SendResult(Outcome.DOWN, _error_text(error))
        if code != 250:
            self._close_abruptly()
            return SendResult(_classify_reply(code, refused=Outcome.DOWN), _reply_text(code, reply))
        return self._transmit(connection, envelope)

    def _send_by_backend(self, envelope: Envelope) -> SendResult:
        try:
            self._backend.send_messages([envelope.message])
        except OSError as error:
            return SendResult(Outcome.DOWN, _error_text(error))
        return SendResult(Outcome.SENT, "written")

    def _begin(self, backend: SmtpBackend, sender: str) -> tuple[smtplib.SMTP, int, bytes]:
        """Return the connection and the reply to MAIL FROM. A connection that went stale is reopened once."""
        if self._is_proven and backend.connection:
            try:
                code, reply = backend.connection.mail(sender)
                if code != 421:
                    return backend.connection, code, reply
            except (OSError, smtplib.SMTPException):
                pass
            self._close_abruptly()
        backend.open()
        connection = backend.connection
        if connection is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        connection.ehlo_or_helo_if_needed()
        return connection, *connection.mail(sender)

    def _transmit(self, connection: smtplib.SMTP, envelope: Envelope) -> SendResult:
        data_started = False
        try:
            code, reply = connection.rcpt(envelope.recipient)
            if code in (250, 251):
                code, reply = connection.docmd("DATA")
                if code == 354:
                    data_started = True
                    body = _LINE_START_DOT.sub(b"..", envelope.payload)
                    connection.send(body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n"))
                    code, reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self._close_abruptly()
            return SendResult(Outcome.INDETERMINATE if data_started else Outcome.LATER, _error_text(error))
        if data_started and code == 250:
            self._is_proven = True
            return SendResult(Outcome.SENT, _reply_text(code, reply))
        self._reset(connection)
        return SendResult(_classify_reply(code, refused=Outcome.REFUSED), _reply_text(code, reply))

    def _reset(self, connection: smtplib.SMTP) -> None:
        try:
            code, _ = connection.rset()
        except (OSError, smtplib.SMTPException):
            code = 0
        self._is_proven = code == 250
        if not self._is_proven:
            self._close_abruptly()

    def _close_abruptly(self) -> None:
        """Close the connection without QUIT, which could block on a hung server."""
        self._is_proven = False
        if isinstance(self._backend, SmtpBackend):
            # Django keeps a connection that failed during setup, to send QUIT to it later.
            for name in ("connection", "_partial_connection"):
                connection = getattr(self._backend, name)
                if connection is not None:
                    connection.close()
                setattr(self._backend, name, None)


def _classify_reply(code: int, *, refused: Outcome) -> Outcome:
    if code in _AFFECTS_ALL:
        return Outcome.DOWN
    return Outcome.LATER if 400 <= code < 500 else refused


def _reply_text(code: int, reply: bytes) -> str:
    return " ".join(f"{code} {reply.decode('utf-8', 'replace')}".split())[:300]


def _error_text(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:300]
