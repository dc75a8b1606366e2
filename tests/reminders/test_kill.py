"""Senders killed in the middle: nothing is lost, and a copy more is the same mail."""

import datetime as dt
from collections import defaultdict

import pytest

from mail.models import Delivery
from tests import factories
from tests.conftest import NOW
from tests.mail.conftest import quiet_sink, server  # noqa: F401
from tests.reminders.processes import environment, start, wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
KILLS, PEOPLE = 3, 40


def test_a_sender_killed_with_9_loses_nothing_and_repeats_at_most_one_mail_a_kill(cast, server, tmp_path):  # noqa: F811
    factories.MeetingFactory(body=cast.body)
    for _ in range(PEOPLE):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None))
    env, log = environment(tmp_path, server.port), tmp_path / "log"

    def sender(minutes: int):
        at = (NOW + dt.timedelta(minutes=minutes)).isoformat()
        return start("manage.py", "send_reminders", "--at", at, env=env, log=log)

    for kill in range(KILLS):
        before = len(server.sink.mails)
        process = sender(kill * 6)
        wait_for(lambda before=before: len(server.sink.mails) >= before + 4, 60, log)
        process.kill()
        assert process.wait() == -9
    for minutes in (30, 70):
        assert sender(minutes).wait(120) == 0, log.read_text()
    everybody = PEOPLE + 3
    copies = defaultdict(list)
    for address, mail in zip(server.sink.recipients, server.sink.mails, strict=True):
        copies[address].append((mail["Message-ID"], mail["Date"]))
    assert len(copies) == everybody
    assert sum(len(mails) - 1 for mails in copies.values()) <= KILLS
    assert all(len(set(mails)) == 1 for mails in copies.values())
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
