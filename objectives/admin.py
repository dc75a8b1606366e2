"""A read-only back office: what is written goes through operations."""

from django.contrib import admin
from django.http import HttpRequest

from objectives.models import (
    DataPoint,
    Measure,
    Milestone,
    Objective,
    Plan,
    ProgressUpdate,
    Strategy,
    StrategySupport,
)


@admin.register(Plan, Objective, Strategy, StrategySupport, Milestone, ProgressUpdate, Measure, DataPoint)
class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows to look at, by whoever reaches the admin site."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
