"""The back office: staff read the tables here."""

from django.contrib import admin

from core.admin import ReadOnlyAdmin
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

admin.site.register(
    [Plan, Objective, Strategy, StrategySupport, Milestone, ProgressUpdate, Measure, DataPoint], ReadOnlyAdmin
)
