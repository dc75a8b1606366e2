"""A clock that is wrong by a year or a day: nothing is sent and nothing expires on its word."""

import datetime as dt
import subprocess
import sys

import pytest
from django.utils import timezone

from accounts.models import Person
from mail.models import Delivery
from members.operations import invitations
from members.rules import RepresentationKind
from reminders.models import Heartbeat, Reminder
from tests import factories
from tests.faults.processes import ROOT, environment, where_it_is_noon
from tests.reminders.conftest import SEATED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.faketime]


def stored() -> set[tuple]:
    """Every reminder and delivery with its state."""
    return {
        *Delivery.objects.values_list("key", "state", "attempts", "reason"),
        *Reminder.objects.values_list("key", "state", "reason"),
    }


@pytest.mark.parametrize("shift", ["+365d", "-1d"])
def test_a_wrong_clock_sends_nothing_expires_nothing_alerts_once_and_is_well_when_right_and_confirmed(
    cast, server, sink, tmp_path, shift, settings
):
    # With the suite's own cache, where it is noted that an alert was given.
    env = environment(tmp_path, server.port, settings.REDIS_URL)

    def send(*options: str, shift: str = "", code: int = 0) -> str:
        before = ["faketime", "-f", shift] if shift else []
        command = [*before, sys.executable, "manage.py", "send_reminders", *options]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, done.stderr
        return done.stdout + done.stderr

    Person.objects.update(time_zone=where_it_is_noon())
    now = timezone.now()
    factories.MeetingFactory(body=cast.body, starts_at=now + dt.timedelta(days=30), scheduled_at=now)
    send()
    assert sink.count() == dict.fromkeys(SEATED, 1)
    for n in range(3):
        invitations.invite(
            actor=cast.staff,
            organization=cast.organization,
            kind=RepresentationKind.REPRESENTATIVE,
            email=f"new{n}@example.org",
            name=f"New {n}",
            now=now,
        )
    before = stored()
    said = [send(shift=shift, code=1) for _ in range(3)]
    alerts = [
        line for text in said for line in text.splitlines() if "paused_after_clock_jump" in line or "clock_skew" in line
    ]
    assert len(alerts) == 1, said
    assert stored() == before
    assert len(sink.recipients) == 3
    send("--confirm-clock")
    assert Heartbeat.objects.get().held_at is None
    assert sink.count() == dict.fromkeys([*SEATED, *(f"new{n}@example.org" for n in range(3))], 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
