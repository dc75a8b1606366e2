"""Faults that are real: killed and stopped processes, servers that go away, a clock that is wrong."""

import json
import os
import signal
import sqlite3
import time
from collections import defaultdict
from contextlib import closing
from email.parser import BytesHeaderParser
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from mail.models import Delivery
from mail.operations import new_delivery
from tests.faults.processes import environment, wait_for
from tests.mail.conftest import server, sink  # noqa: F401
from tests.mail.sinks import Sink
from tests.warm import WarmProcess


@pytest.fixture(autouse=True)
def patient(settings, server):  # noqa: F811
    """A machine under load is no fault: only what stalls on purpose runs into the timeout."""
    settings.EMAIL_TIMEOUT = 20


def put_many(count: int) -> set[str]:
    """That many deliveries that are due now, by the real clock; their addresses."""
    now = timezone.now()
    rows = [
        new_delivery(key=f"row:{n}", kind="test", address=f"p{n}@example.org", person=None, subject_ref=f"{n}", now=now)
        for n in range(count)
    ]
    Delivery.objects.bulk_create(rows)
    return {row.address for row in rows}


def states() -> dict[str, int]:
    """How many deliveries are in each state."""
    found: dict[str, int] = defaultdict(int)
    for state in Delivery.objects.values_list("state", flat=True):
        found[state] += 1
    return dict(found)


def copies(sink: Sink) -> dict[str, list[tuple[str, str]]]:  # noqa: F811
    """The Message-ID and the Date of each copy that an address got."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for address, content in zip(sink.recipients, sink.contents, strict=True):
        head = BytesHeaderParser().parsebytes(content)  # the parser of `sink.mails` takes 30 ms for a Message-ID
        found[address].append((head["Message-ID"], head["Date"]))
    return found


def repeated(sink: Sink) -> int:  # noqa: F811
    """How many mails came once more than they should; each of them must be the very same mail."""
    found = copies(sink)
    assert all(len(set(mails)) == 1 for mails in found.values())
    return sum(len(mails) - 1 for mails in found.values())


class Crew:
    """Some senders in processes of their own; see `tests.faults.crew`."""

    def __init__(self, warm: WarmProcess, log: Path, *options: str) -> None:
        self.log = log
        self.process = warm.start("tests.faults.crew", *options, env=dict(os.environ), out=log, error=log)

    def said(self, word: str) -> list[dict]:
        """The lines in which the crew said a word."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith(f'{{"{word}"')]
        return [json.loads(line) for line in lines]

    @property
    def senders(self) -> list[int]:
        """The processes that were started and that no one killed or ended."""
        ended = {line["ended"] for line in self.said("ended")}
        return [line["started"] for line in self.said("started") if line["started"] not in ended and _runs(line)]

    def signal(self, pid: int, number: signal.Signals) -> bool:
        """Send a signal to a sender; False when it has ended on its own."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        return True

    def wait(self, seconds: float = 240) -> None:
        """Wait until every sender has ended well."""
        wait_for(lambda: self.process.poll() is not None, seconds, self.log)
        assert self.process.returncode == 0, self.log.read_text()[-4000:]

    def end(self) -> None:
        """End it, with whatever it has started."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.senders:
            self.signal(pid, signal.SIGKILL)


def _runs(line: dict) -> bool:
    try:
        os.kill(line["started"], 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture(scope="session")
def warm_sender(django_db_setup, tmp_path_factory):
    """A process that has imported the portal, on the suite's database, whose forks send mail."""
    env = environment(tmp_path_factory.mktemp("sender"), 25)
    process = WarmProcess("tests.faults.crew", env=env)
    yield process
    process.close()


@pytest.fixture
def crew(server, tmp_path, warm_sender):  # noqa: F811
    """Starts senders on the test's database and sink: `crew("--workers", "8")`; none outlives the test."""
    crews: list[Crew] = []

    def make(*options: str) -> Crew:
        log = tmp_path / f"crew-{len(crews)}.log"
        log.touch()
        crews.append(Crew(warm_sender, log, "--port", str(server.port), *options))
        return crews[-1]

    yield make
    for one in crews:
        one.end()


def stop_between_writes(crew: Crew, pid: int) -> None:
    """Stop a sender that holds claims, but not in the middle of a write, where its lock would sleep too."""
    while True:
        assert crew.signal(pid, signal.SIGSTOP), "the sender has ended"
        if not _somebody_writes() and "claimed" in states():
            return
        crew.signal(pid, signal.SIGCONT)
        time.sleep(0.01)


def _somebody_writes() -> bool:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR state <> 'idle')"
            )
            return bool(cursor.fetchone()[0])
    with closing(sqlite3.connect(str(connection.settings_dict["NAME"]), timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False
