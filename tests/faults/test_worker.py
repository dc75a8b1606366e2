"""A real worker and a real beat, over the file-system broker and over Redis."""

import datetime as dt
import os
import time

import pytest
import redis
from django.utils import timezone

from accounts.models import Person
from mail.models import Delivery
from meetings import operations as meetings
from reminders.models import Heartbeat
from tests import factories
from tests.faults.processes import environment, start, wait_for, where_it_is_noon
from tests.reminders.conftest import SEATED
from tests.skips import server as server_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WORKER = ("--pool", "solo", "--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "WARNING")


@pytest.fixture
def redis_url():
    """An empty Redis database: the suite's own, which may be emptied, or one that holds nothing of anybody's."""
    own = os.environ.get("TEST_REDIS_URL")
    url = server_of("redis")
    client = redis.Redis.from_url(url)
    if own:
        client.flushdb()
    assert client.dbsize() == 0, f"{url} is in use: name an empty one in REDIS_SERVER"
    yield url
    client.flushdb()
    client.close()


def run_through_celery(cast, server, folder, redis_url=""):
    meeting = factories.MeetingFactory(
        body=cast.body, starts_at=timezone.now() + dt.timedelta(days=30), scheduled_at=timezone.now()
    )
    Person.objects.update(time_zone=where_it_is_noon())
    env, log = environment(folder, server.port, redis_url), folder / "log"
    schedule = str(folder / "schedule")
    running = [
        start("-m", "celery", "-A", "sos_portal", "worker", *WORKER, env=env, log=log),
        start("-m", "celery", "-A", "tests.faults.fast_clock", "beat", "--schedule", schedule, env=env, log=log),
    ]
    try:
        wait_for(lambda: len(server.sink.recipients) >= 3, 60, log)
        beat = Heartbeat.objects.get().beat_at
        wait_for(lambda: Heartbeat.objects.get().beat_at > beat + dt.timedelta(seconds=2), 30, log)
        assert server.sink.count() == dict.fromkeys(SEATED, 1)
        meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=timezone.now(), location="Room 2")
        wait_for(lambda: len(server.sink.recipients) >= 6, 30, log)
        wait_for(lambda: not Delivery.objects.exclude(state="sent").exists(), 10, log)
    finally:
        stopped_at = time.monotonic()
        for process in running:
            process.terminate()
        codes = [process.wait(10) for process in running]
    assert codes == [0, 0] and time.monotonic() - stopped_at < 5
    assert server.sink.count() == dict.fromkeys(SEATED, 2)
    assert {mail["Subject"].partition(":")[0] for mail in server.sink.mails[3:]} == {"Changed"}
    assert "Traceback" not in log.read_text()


def test_celery_sends_each_notice_once_over_files(cast, server, tmp_path):
    run_through_celery(cast, server, tmp_path)


@pytest.mark.redis
def test_celery_sends_each_notice_once_over_redis(cast, server, tmp_path, redis_url):
    run_through_celery(cast, server, tmp_path, redis_url)
