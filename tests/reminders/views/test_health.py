import datetime as dt

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from mail.models import Delivery
from reminders.models import Heartbeat
from reminders.views import health


def test_alive_asks_nothing_of_the_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_ready_while_the_clock_ticks():
    assert Client().get("/readyz").status_code == 503
    now = timezone.now()
    beat = Heartbeat.objects.create(pk=1, beat_at=now - dt.timedelta(minutes=4))
    late = now - dt.timedelta(minutes=2)
    Delivery.objects.create(
        key="k",
        kind="k",
        address="a@example.org",
        created_at=late,
        deliver_after=late,
        expires_at=now,
        next_attempt_at=late,
        message_id="<k>",
    )
    response = Client().get("/readyz")
    said = response.json()
    assert response.status_code == 200 and said["ready"] and said["database"] == "ok"
    assert 239 <= said["heartbeat_age"] <= 245 and 119 <= said["oldest_due_email"] <= 125
    Heartbeat.objects.filter(pk=beat.pk).update(beat_at=now - dt.timedelta(minutes=6))
    assert Client().get("/readyz").status_code == 503
    Heartbeat.objects.filter(pk=beat.pk).update(beat_at=now, held_at=now, hold_reason="x")
    response = Client().get("/readyz")
    assert response.status_code == 503 and response.json()["held"]


@pytest.mark.django_db
def test_not_ready_without_the_database(monkeypatch):
    def away(now):
        raise OperationalError("gone")

    monkeypatch.setattr(health, "clock_state", away)
    response = Client().get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"ready": False, "database": "unreachable"}
