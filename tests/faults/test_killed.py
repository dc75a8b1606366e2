"""Senders that are killed or stopped in the middle: nothing is lost, and a copy more is the very same mail."""

import random
import signal
import time

import pytest

from tests.faults.conftest import put_many, repeated, states, stop_between_writes
from tests.faults.processes import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROWS, EVERY_SECONDS = 3000, 1.0
LEASE, PAUSES = 2.0, 3


def clear_up(crew) -> None:
    """Later senders: past the lease of the dead, past the half hour that an unsure mail waits, and once more."""
    for minutes in ("6", "45", "90"):
        crew("--workers", "2", "--minutes", minutes).wait()


def test_a_sender_killed_about_every_second_loses_none_of_3000_and_repeats_at_most_one_a_kill(crew, sink):
    sink.thinks_for = 0.02
    addresses = put_many(ROWS)
    senders = crew("--workers", "3")
    wait_for(lambda: sink.recipients != [], 60, senders.log)
    kills = 0
    chance = random.Random(4)
    while senders.process.poll() is None:
        time.sleep(EVERY_SECONDS * chance.uniform(0.5, 1.5))
        running = senders.senders
        if running and len(sink.recipients) < ROWS - 200:
            kills += senders.signal(chance.choice(running), signal.SIGKILL)
    assert senders.process.returncode == 0, senders.log.read_text()[-4000:]
    clear_up(crew)
    print("kills", kills)
    print("repeated", repeated(sink))
    assert kills >= 3
    assert set(sink.recipients) == addresses
    assert repeated(sink) <= kills
    assert states() == {"sent": ROWS}


def test_a_sender_that_sleeps_past_its_lease_beside_others_loses_none_and_repeats_at_most_one_a_pause(crew, sink):
    addresses = put_many(ROWS // 2)
    senders = crew("--workers", "3", "--lease", str(LEASE), "--until-sent")
    wait_for(lambda: sink.recipients != [], 60, senders.log)
    chance = random.Random(5)
    paused = 0
    for _ in range(PAUSES):
        time.sleep(chance.uniform(0.2, 0.6))
        running = senders.senders
        if running and senders.signal(pid := chance.choice(running), signal.SIGSTOP):
            paused += 1
            time.sleep(LEASE * 1.5)
            senders.signal(pid, signal.SIGCONT)
    assert paused >= 1
    time.sleep(LEASE * 2)
    senders.end()
    clear_up(crew)
    assert set(sink.recipients) == addresses
    assert repeated(sink) <= PAUSES
    assert states() == {"sent": ROWS // 2}


@pytest.mark.parametrize("nap", range(PAUSES))
def test_a_sender_that_wakes_when_others_have_sent_its_mails_repeats_at_most_the_one_past_the_fence(crew, sink, nap):
    """The longest sleep: its lease ended and even the half hour for the unsure mail is over when it goes on."""
    sink.thinks_for = 0.02
    rows = 300
    addresses = put_many(rows)
    sleeper = crew("--workers", "1")
    wait_for(lambda: len(sink.recipients) > 37 * (nap + 1), 60, sleeper.log)
    (pid,) = sleeper.senders
    stop_between_writes(sleeper, pid)
    assert states()["claimed"] > 0
    for minutes in ("6", "45"):
        crew("--workers", "1", "--minutes", minutes).wait()
    assert states() == {"sent": rows}
    assert sleeper.signal(pid, signal.SIGCONT)
    sleeper.wait()
    assert set(sink.recipients) == addresses
    assert repeated(sink) <= 1
    assert states() == {"sent": rows}
