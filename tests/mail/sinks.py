"""A real SMTP server on the loopback that behaves as badly as it is told to."""

import asyncio
import socket
from collections import Counter
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class Sink:
    """Takes mail, but for the addresses that have a script: a list of answers, one a try, then taken.

    An answer is what the server says at RCPT ("rcpt 451 later"), at MAIL ("mail 550 no"), after DATA ("data 554 no"),
    or what it does after DATA: "stall" and "drop"; "stall taken" keeps the mail before it stalls.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.scripts: dict[str, list[str]] = {}
        self.mail_from: list[str] = []
        self.tries: Counter[str] = Counter()
        self.conversations = 0
        self._stopped = asyncio.Event()

    def count(self) -> Counter[str]:
        """How many mails each address got."""
        return Counter(self.recipients)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.conversations += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail_from:
            return self.mail_from.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.tries[address] += 1
        script = self.scripts.get(address, [])
        if script and script[0].startswith("rcpt "):
            return script.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (address,) = envelope.rcpt_tos
        script = self.scripts.get(address, [])
        step = script.pop(0) if script else ""
        if step.startswith("data "):
            return step.removeprefix("data ")
        if step == "drop":
            server.transport.abort()
            return "250 never said"
        if step != "stall":
            self.recipients.append(address)
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        if step.startswith("stall"):
            await asyncio.sleep(3)
        return "250 OK"


class Server:
    """The sink on a port of its own."""

    def __init__(self, port: int = 0) -> None:
        self.sink = Sink()
        self.port = port or _free_port()
        self.controller = Controller(self.sink, hostname="127.0.0.1", port=self.port)

    def start(self) -> "Server":
        self.controller.start()
        return self

    def stop(self) -> None:
        self.controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
