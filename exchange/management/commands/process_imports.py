"""Long imports from the command line; the Celery task calls the same function."""

from typing import Any

from django.core.management.base import BaseCommand

from exchange.tasks import process_imports


class Command(BaseCommand):
    help = "Work off the imports that staff have applied and nobody works on."

    def handle(self, *args: Any, **options: Any) -> None:
        process_imports()
