"""Celery is only a clock: its broker may lose everything and be away, and workers may be killed."""

import datetime as dt
import signal
import statistics
import subprocess
import time

import pytest
from django.utils import timezone

from mail.models import Delivery
from mail.sending import BATCH
from tests.faults.broker import Redis, summon
from tests.faults.conftest import repeated, states
from tests.faults.processes import environment, start, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.redis_server]
WORKER = ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")
GROUPS, IN_A_GROUP, AWAY_SECONDS = 10, 100, 10


def test_two_beats_a_redis_that_forgets_and_dies_and_a_killed_worker_lose_none_of_1000(server, sink, tmp_path):
    broker = Redis(tmp_path)
    log = tmp_path / "log"
    log.touch()
    broker.start()
    env = environment(tmp_path, server.port, broker.url)
    sink.thinks_for = 0.02
    addresses: set[str] = set()

    def worker(number: int) -> subprocess.Popen:
        name = f"w{number}@here"
        return start("-m", "celery", "-A", "sos_portal", "worker", "-n", name, *WORKER, env=env, log=log)

    def beat(number: int) -> subprocess.Popen:
        schedule = ("--schedule", str(tmp_path / f"schedule{number}"), "--pidfile=")
        return start("-m", "celery", "-A", "tests.faults.fast_clock", "beat", *schedule, env=env, log=log)

    def some_are_sent() -> bool:
        return len(sink.recipients) > len(addresses) - IN_A_GROUP

    running = [worker(1), worker(2), beat(1), beat(2)]
    try:
        for group in range(GROUPS):
            addresses |= summon(group, IN_A_GROUP)
            if group == 2:
                wait_for(some_are_sent, 90, log)
                running[0].send_signal(signal.SIGKILL)
                running.append(worker(3))
            if group in (3, 6):
                wait_for(some_are_sent, 90, log)
                broker.flush()
            if group == 5:
                broker.kill()
                time.sleep(AWAY_SECONDS)
                broker.start()
            time.sleep(1)
        # What the killed worker had claimed waits for its lease to end.
        wait_for(lambda: len(addresses) - len(set(sink.recipients)) <= BATCH and "pending" not in states(), 120, log)
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(60)
    finally:
        for process in running:
            process.kill()
            process.wait()
        broker.kill()
    for minutes in (40, 80):
        at = (timezone.now() + dt.timedelta(minutes=minutes)).isoformat()
        last = start("manage.py", "send_reminders", "--at", at, env=env, log=log)
        assert last.wait(120) == 0, log.read_text()[-4000:]
    late = [(row.sent_at - row.created_at).total_seconds() for row in Delivery.objects.filter(attempts=1)]
    print("lateness", f"median {statistics.median(late):.1f} s, most {max(late):.1f} s")
    print("repeated", repeated(sink))
    assert set(sink.recipients) == addresses
    assert repeated(sink) <= 1
    assert len(addresses) == GROUPS * IN_A_GROUP
    assert states() == {"sent": len(addresses)}
