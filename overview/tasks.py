"""Long imports, worked off beside the web process."""

from celery import shared_task
from django.utils import timezone

from members.operations import waiting_imports
from overview import operations


@shared_task(name="overview.tasks.work_imports", ignore_result=True, acks_late=False)
def work_imports() -> None:
    """Work off what waits; beat asks for it too, so nothing is lost when a worker dies."""
    for pk in waiting_imports(timezone.now()):
        operations.work_import(pk=pk, now=timezone.now())
