"""The portal's Celery application with a clock that ticks each second, for tests that cannot wait a minute."""

from sos_portal.celery import app

app.conf.beat_schedule = {"tick": {**app.conf.beat_schedule["tick"], "schedule": 1.0}}
