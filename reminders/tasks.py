"""The clock's only task."""

import structlog
from celery import shared_task
from django.utils import timezone

from reminders import operations


@shared_task(name="reminders.tasks.tick", ignore_result=True, acks_late=False, expires=55, time_limit=240)
def tick() -> None:
    """One tick. Its hard time limit lies below the lease of a claimed mail."""
    done = operations.tick(timezone.now())
    if done.planned or done.queued or done.outcomes.total():
        structlog.get_logger("reminders").info("reminders.tick", done=str(done))
