"""Senders as real processes: `tests.faults.crew --workers 8` sends what is due and ends when nothing is.

It runs in a fork of a warmed process (`tests.warm`) and forks the senders, so that eight cost no more than one to
start. Each says its number on standard output and, when it ends, what it counted; one that is killed is replaced while
there is work.
"""

import argparse
import datetime as dt
import json
import os
import sys
import time

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from mail.models import Delivery
from mail.rules import LEASE, UNFINISHED_STATES
from mail.sending import send_due
from reminders.storing import store_plan
from tests.mail.composing import compose


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--port", type=int, required=True, help="where the mail server listens, on this machine")
    parser.add_argument("--minutes", type=float, default=0, help="how far ahead of the clock they live")
    parser.add_argument("--lease", type=float, help="seconds that a claim holds")
    parser.add_argument("--until-sent", action="store_true", help="go on until no row is left to do")
    parser.add_argument("--plan", help="plan the reminders of this moment instead of sending")
    return parser.parse_args()


def send(options: argparse.Namespace) -> None:
    ahead = dt.timedelta(minutes=options.minutes)
    lease = dt.timedelta(seconds=options.lease) if options.lease else LEASE
    counts: dict[str, int] = {}
    while True:
        done = send_due(timezone.now() + ahead, compose, lease=lease)
        for word, count in done.items():
            counts[word] = counts.get(word, 0) + count
        if not done.total() and not (
            options.until_sent and Delivery.objects.filter(state__in=UNFINISHED_STATES).exists()
        ):
            break
        if not done.total():
            time.sleep(0.1)
    connection.close()
    say(ended=os.getpid(), counts=counts)


def plan(options: argparse.Namespace) -> None:
    say(planned=store_plan(dt.datetime.fromisoformat(options.plan)))


def say(**words: object) -> None:
    """One line in one write, since many write to the same file."""
    os.write(1, f"{json.dumps(words)}\n".encode())


def fork(options: argparse.Namespace) -> int:
    pid = os.fork()
    if pid:
        say(started=pid)
        return pid
    try:
        (plan if options.plan else send)(options)
    except OperationalError as error:
        say(error=str(error))
        os._exit(1)
    os._exit(0)


def main() -> None:
    options = parse()
    settings.EMAIL_PORT = options.port
    running = {fork(options) for _ in range(options.workers)}
    worst = 0
    while running:
        pid, status = os.wait()
        running.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        if code == -9:
            running.add(fork(options))
        worst = worst or max(code, 0)
    sys.exit(worst)


if __name__ == "__main__":
    main()
