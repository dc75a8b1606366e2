"""A Redis that a test may kill, and people enough to keep workers busy."""

import datetime as dt
import subprocess

import redis
from django.utils import timezone

from accounts.models import Person
from taskforces.models import Seat, Term
from tests import factories
from tests.faults.processes import wait_for, where_it_is_noon
from tests.mail.sinks import free_port


class Redis:
    """A Redis of the test's own, with nothing kept."""

    def __init__(self, folder) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        options = ("--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(self.folder))
        command = ["redis-server", "--port", str(self.port), *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        client = redis.Redis.from_url(self.url)
        wait_for(lambda: _answers(client), 10, self.folder / "log")
        client.close()

    def flush(self) -> None:
        with redis.Redis.from_url(self.url) as client:
            client.flushall()

    def listeners(self) -> int:
        """How many workers wait for a task."""
        with redis.Redis.from_url(self.url) as client:
            return sum(entry["cmd"] == "brpop" for entry in client.client_list())

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def summon(group: int, count: int) -> set[str]:
    """That many people on a body of their own, each of whom is owed the news of its meeting from now on."""
    body = factories.BodyFactory(slug=f"body-{group}", name=f"Body {group}")
    names = [f"p{group}-{n}" for n in range(count)]
    people = Person.objects.bulk_create(
        Person(email=f"{name}@example.org", name=name, time_zone=where_it_is_noon()) for name in names
    )
    seats = Seat.objects.bulk_create(Seat(body=body) for _ in people)
    Term.objects.bulk_create(
        Term(seat=seat, person=person, starts_on=factories.YEAR_START)
        for seat, person in zip(seats, people, strict=True)
    )
    now = timezone.now()
    factories.MeetingFactory(body=body, starts_at=now + dt.timedelta(days=30), scheduled_at=now)
    return {person.email for person in people}
