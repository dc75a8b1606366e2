"""Queries for measures with their data points."""

from django.db.models import Prefetch, QuerySet

from objectives.models import DataPoint, Measure, Objective


def measures_of(objective: Objective) -> QuerySet[Measure]:
    """Return the measures of an objective with their data points in order of time."""
    return with_points(Measure.objects.filter(objective=objective))


def outcome_measures() -> QuerySet[Measure]:
    """Return the measures of the whole Workgroup, which have no objective or strategy, with their data points."""
    return with_points(Measure.objects.filter(objective=None, strategy=None))


def with_points(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Prefetch the data points in order of time."""
    points = Prefetch("points", DataPoint.objects.order_by("starts_on", "ends_on"))
    return measures.prefetch_related(points).order_by("-kind", "id")
