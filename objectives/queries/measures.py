"""Reads over measures with their data points."""

from django.db.models import Prefetch, QuerySet

from objectives.models import DataPoint, Measure, Objective


def measures_of(objective: Objective) -> QuerySet[Measure]:
    """An objective's measures with their points in time."""
    return with_points(Measure.objects.filter(objective=objective))


def outcome_measures() -> QuerySet[Measure]:
    """The measures of the whole Workgroup, those that no objective owns, with their points in time."""
    return with_points(Measure.objects.filter(objective=None, strategy=None))


def with_points(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    points = Prefetch("points", DataPoint.objects.order_by("starts_on", "ends_on"))
    return measures.prefetch_related(points).order_by("-kind", "id")
