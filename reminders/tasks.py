"""The scheduler's task, and the one for a worker's share. Neither has arguments: all state is in the database."""

import structlog
from celery import group, shared_task
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from reminders import operations


@shared_task(name="reminders.tasks.tick", ignore_result=True, acks_late=False, expires=55, time_limit=240)
def tick() -> None:
    """One tick. Its hard time limit is below the lease of a claimed delivery."""
    # Over files there is one worker, the one that runs this.
    fan_out = _queue_batches if settings.REDIS_URL else None
    done = operations.tick(timezone.now(), fan_out=fan_out)
    if done.planned or done.queued or done.outcomes.total():
        structlog.get_logger("reminders").info("reminders.tick", done=str(done))


@shared_task(name="reminders.tasks.send_batch", ignore_result=True, acks_late=False, expires=55, time_limit=240)
def send_batch() -> None:
    """Send one worker's share of what is due. Any number of them share through the rows."""
    outcomes = operations.send_batch(timezone.now())
    if outcomes.total():
        structlog.get_logger("reminders").info("reminders.batch", done=dict(outcomes))


def _queue_batches(batches: int) -> None:
    try:
        group(send_batch.s() for _ in range(batches)).apply_async()
    except OperationalError:
        structlog.get_logger("reminders").exception("reminders.broker_unreachable")
        operations.send(timezone.now())
