"""The background task that processes long imports."""

from celery import shared_task
from django.utils import timezone

from exchange import operations


@shared_task(name="exchange.tasks.process_imports", ignore_result=True, acks_late=False)
def process_imports() -> None:
    """Delete the expired imports and process the pending ones.

    Started after a long import is confirmed, and by Celery beat in case that task was lost.
    """
    operations.delete_expired_imports(now=timezone.now())
    for pk in operations.pending_imports(timezone.now()):
        operations.process_import(pk=pk, now=timezone.now())
