"""`manage.py process_imports`: process the pending imports, as the Celery task does."""

from typing import Any

from django.core.management.base import BaseCommand

from exchange.tasks import process_imports


class Command(BaseCommand):
    help = "Process the imports that staff have applied and no worker is processing."

    def handle(self, *args: Any, **options: Any) -> None:
        process_imports()
