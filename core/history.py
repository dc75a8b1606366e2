"""Who changed what of one record, from what to what, and when. A fixed number of queries for each model."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone

from core.dates import format_date, format_time, timezone_abbreviation

# Bookkeeping that says nothing to a person, and what stands for a secret.
EXCLUDED_FIELDS = {"id", "version", "created_at", "updated_at", "token_hash", "nonce", "session_version", "uid"}


@dataclass(frozen=True)
class FieldChange:
    """One field that changed: its label, what it was and what it became."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One change of a record: when, by whom, why, and its fields."""

    at: dt.datetime
    by: str
    verb: str
    reason: str
    fields: list[FieldChange]


def changes_of(row: models.Model, today: dt.date) -> list[Change]:
    """Every change of a tracked row, the latest first."""
    return changes_of_all(type(row), [row.pk], today).get(row.pk, [])


def changes_of_all(
    model: type[models.Model], pks: Iterable[int], today: dt.date, left_out: Collection[str] = ()
) -> dict[int, list[Change]]:
    """Every change of each of these rows of a tracked model by its id, the latest first; `left_out` are fields."""
    rows = model.history.filter(id__in=list(pks)).select_related("history_user")  # type: ignore[attr-defined]
    history: dict[int, list[Any]] = defaultdict(list)
    for entry in rows.order_by("history_date", "history_id"):
        history[entry.id].append(entry)
    every = [entry for entries in history.values() for entry in entries]
    kept = [
        field
        for field in model._meta.concrete_fields
        if field.name not in EXCLUDED_FIELDS
        and field.name not in left_out
        and every
        and hasattr(every[0], field.attname)
    ]
    labels = _labels_of_related(kept, every)
    return {pk: _changes(entries, kept, labels, today) for pk, entries in history.items()}


def _changes(
    history: list[Any], kept: list[models.Field], labels: dict[type[models.Model], dict], today: dt.date
) -> list[Change]:
    changes, before = [], None
    for entry in history:
        fields = [
            FieldChange(
                str(field.verbose_name)[:1].upper() + str(field.verbose_name)[1:],
                _say(field, getattr(before, field.attname), labels, today) if before else "",
                _say(field, getattr(entry, field.attname), labels, today),
            )
            for field in kept
            if _differs(field, before, entry)
        ]
        by = entry.history_user.name if entry.history_user else "The portal"
        verb = {"+": "Added", "~": "Changed", "-": "Removed"}[entry.history_type]
        if fields or entry.history_type != "~":
            changes.append(Change(entry.history_date, by, verb, entry.history_change_reason or "", fields))
        before = entry
    return changes[::-1]


def _differs(field: models.Field, before: Any, entry: Any) -> bool:
    value = getattr(entry, field.attname)
    return value not in (None, "") if before is None else getattr(before, field.attname) != value


def _labels_of_related(fields: Iterable[models.Field], history: Iterable[Any]) -> dict[type[models.Model], dict]:
    """Return the labels of the rows that foreign keys in the history refer to, by model and id.

    Runs one query for each model.
    """
    wanted: dict[type[models.Model], set] = defaultdict(set)
    for field in fields:
        if field.related_model:
            wanted[field.related_model].update(getattr(entry, field.attname) for entry in history)  # type: ignore[index]
    return {
        model: {pk: str(found) for pk, found in model._default_manager.select_related().in_bulk(ids - {None}).items()}
        for model, ids in wanted.items()
    }


def _say(field: models.Field, value: Any, labels: dict[type[models.Model], dict], today: dt.date) -> str:
    if value is None or value == "":
        return "(empty)"
    if field.related_model:
        return labels[field.related_model].get(value, f"number {value}")  # type: ignore[index]
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, dt.datetime):
        local = timezone.localtime(value)
        return f"{format_date(local.date(), today)}, {format_time(local)} {timezone_abbreviation(local)}"
    if isinstance(value, dt.date):
        return format_date(value, today)
    if isinstance(value, dt.time):
        return format_time(value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {word}" for key, word in value.items()) or "(empty)"
    return str(value)
