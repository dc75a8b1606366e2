"""A real SMTP server on the loopback interface with scripted failures.

It implements a small part of the protocol, because aiosmtpd 1.4.6 loops forever when a client is killed during DATA.
"""

import asyncio
import random
import socket
import threading
from collections import Counter
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

_MAX = 32 * 2**20


class Sink:
    """Accepts email, except for addresses with a script: a list of replies, one for each attempt, then accepted.

    A reply is what the server sends at RCPT ("rcpt 451 later"), at MAIL ("mail 550 no") or after DATA ("data 554 no"),
    or what it does after DATA: "stall" and "drop". "stall taken" stores the message before it stalls.
    """

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self.recipients: list[str] = []
        self.scripts: dict[str, list[str]] = {}
        self.mail_from: list[str] = []
        self.tries: Counter[str] = Counter()
        self.conversations = 0
        self.stalls_for = 3.0
        self.thinks_for = 0.0  # maximum random delay in seconds before it confirms a message
        self.meanwhile: Callable[[], object] | None = None  # called once while a message is being received

    @property
    def mails(self) -> list[EmailMessage]:
        """Return the accepted messages in order."""
        return [message_from_bytes(content, policy=policy.default) for content in self.contents]

    def count(self) -> Counter[str]:
        """Return the number of messages for each address."""
        return Counter(self.recipients)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one connection, from the greeting to QUIT or to where the client or a script ends it."""
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(words: str) -> None:
            writer.write(f"{words}\r\n".encode())
            await writer.drain()

        address = ""
        await say("220 sink.example.org ESMTP")
        while line := (await reader.readuntil(b"\r\n")).decode().strip():
            verb, _, rest = line.partition(" ")
            match verb.upper():
                case "EHLO" | "HELO":
                    self.conversations += 1
                    await say("250-sink.example.org\r\n250-8BITMIME\r\n250 SMTPUTF8")
                case "MAIL":
                    await say(self.mail_from.pop(0) if self.mail_from else "250 OK")
                case "RCPT":
                    address = rest[rest.index("<") + 1 : rest.index(">")]
                    self.tries[address] += 1
                    await say(self._step(address, "rcpt ") or "250 OK")
                case "DATA":
                    await say("354 end with a dot")
                    content = (await reader.readuntil(b"\r\n.\r\n"))[:-3].replace(b"\r\n..", b"\r\n.")
                    answer = await self._take(address, content)
                    if not answer:
                        return
                    await say(answer)
                case "QUIT":
                    await say("221 bye")
                    return
                case "RSET" | "NOOP":
                    await say("250 OK")
                case _:
                    await say("500 what?")

    def _step(self, address: str, begins: str) -> str:
        """Return the next reply of the script of the address, if it belongs to this step."""
        script = self.scripts.get(address, [])
        return script.pop(0).removeprefix(begins) if script and script[0].startswith(begins) else ""

    async def _take(self, address: str, content: bytes) -> str:
        """Return the reply after DATA, or nothing if the connection must be dropped."""
        if self.meanwhile:
            act, self.meanwhile = self.meanwhile, None
            await asyncio.to_thread(act)
        said = self._step(address, "data ")
        if said:
            return said
        script = self.scripts.get(address, [])
        step = script.pop(0) if script else ""
        if step == "drop":
            return ""
        if step != "stall":
            self.recipients.append(address)
            self.contents.append(content)
        if step.startswith("stall"):
            await asyncio.sleep(self.stalls_for)
        elif self.thinks_for:
            await asyncio.sleep(random.random() * self.thinks_for)
        return "250 OK"


class Server:
    """Run the sink on its own port in its own thread."""

    def __init__(self, port: int = 0) -> None:
        self.sink = Sink()
        self.port = port or free_port()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._is_up = threading.Event()
        self._done: asyncio.Event | None = None

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> "Server":
        self._thread.start()
        assert self._is_up.wait(10), f"nothing listens on port {self.port}"
        return self

    def stop(self) -> None:
        """Stop listening and close every connection."""
        if self._done is not None and self.is_running:
            self._loop.call_soon_threadsafe(self._done.set)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._done = asyncio.Event()
        server = await asyncio.start_server(self.sink.converse, "127.0.0.1", self.port, limit=_MAX)
        self._is_up.set()
        await self._done.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
