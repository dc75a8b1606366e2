"""Base models, fields and constraints that the apps share."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class WebAddressField(models.URLField):  # type: ignore[type-arg]
    """A URL field that assumes https if the scheme is missing. Migrations see a plain URLField."""

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https", **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.URLField", args, kwargs


class Versioned(models.Model):
    """A row that people edit. Each change increments `version`, so that an edit conflict can be detected."""

    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class LoadedRecord(models.Model):
    """The field values that were last loaded from a file for one row, to detect edits that staff made since then."""

    model = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="unique_loaded_record_per_key")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


def choices_constraint(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """Return a check constraint that allows only the values of `choices` in `field`."""
    return models.CheckConstraint(
        condition=Q(**{f"{field}__in": choices.values}),
        name=name,
        violation_error_message=_("Select a value from the list."),
    )


def date_order_constraint(first: str, last: str, name: str) -> models.CheckConstraint:
    """Return a check constraint that the date in `last` is empty or not before the date in `first`."""
    return models.CheckConstraint(
        condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": models.F(first)}),
        name=name,
        violation_error_message=_("The end date must be after the start date."),
    )


def in_force(on: dt.date, first: str = "starts_on", last: str = "ended_on") -> Q:
    """Return the condition that a row with two dates is in force on a day: it has started and has not ended.

    On the day of its end a row is no longer in force, so that an end of today takes effect at once.
    """
    return Q(**{f"{first}__lte": on}) & not_ended(on, last)


def not_ended(on: dt.date, last: str) -> Q:
    """Return the condition that the date in the field `last` is empty or after a day."""
    return Q(**{last: None}) | Q(**{f"{last}__gt": on})
