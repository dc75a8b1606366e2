"""Long imports, worked off beside the web process."""

from celery import shared_task
from django.utils import timezone

from exchange import operations


@shared_task(name="exchange.tasks.process_imports", ignore_result=True, acks_late=False)
def process_imports() -> None:
    """Work off what waits, and forget what nobody wanted; beat asks for it too, should a worker have died."""
    operations.delete_expired_imports(now=timezone.now())
    for pk in operations.waiting_imports(timezone.now()):
        operations.process_import(pk=pk, now=timezone.now())
