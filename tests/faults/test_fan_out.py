"""One tick, three workers: what is due is shared out, and each mail goes once."""

import re
from pathlib import Path

import pytest

from mail.models import Attempt
from tests.faults.broker import Redis, summon
from tests.faults.conftest import repeated, states
from tests.faults.processes import environment, start, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.redis_server]
WORKER = ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat")
MAILS, WORKERS = 1000, 3


def sent_by(log: Path) -> int:
    """How many mails a worker says that it sent as its share."""
    lines = [line for line in log.read_text().splitlines() if "reminders.batch" in line]
    return sum(int(number) for line in lines for number in re.findall(r"sent\W+(\d+)", line))


def test_one_tick_shares_1000_mails_out_to_three_workers_and_each_goes_once(server, sink, tmp_path):
    broker = Redis(tmp_path)
    logs = [tmp_path / f"worker-{number}.log" for number in range(WORKERS)]
    broker.start()
    env = environment(tmp_path, server.port, broker.url) | {"LOG_LEVEL": "INFO"}
    sink.thinks_for = 0.02
    addresses = summon(1, MAILS)
    workers = [
        start("-m", "celery", "-A", "sos_portal", "worker", "-n", f"w{number}@here", *WORKER, env=env, log=log)
        for number, log in enumerate(logs)
    ]
    try:
        wait_for(lambda: broker.listeners() == WORKERS, 60, logs[0])
        clock = start(
            "-m", "celery", "-A", "sos_portal", "call", "reminders.tasks.tick", env=env, log=tmp_path / "call"
        )
        assert clock.wait(60) == 0
        wait_for(lambda: set(sink.recipients) == addresses, 180, logs[0])
        wait_for(lambda: sum(map(sent_by, logs)) == MAILS, 60, logs[0])
    finally:
        for process in workers:
            process.terminate()
        for process in workers:
            process.wait(30)
        broker.kill()
    print("shares", [sent_by(log) for log in logs])
    assert len(addresses) == MAILS and len(sink.recipients) == MAILS and repeated(sink) == 0
    assert states() == {"sent": MAILS}
    assert Attempt.objects.count() == MAILS
    assert sum(sent_by(log) > 0 for log in logs) >= 2
