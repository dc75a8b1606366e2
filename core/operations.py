"""How any row is written: read again under lock, compared with what the person saw, saved by named fields."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.functional import Promise
from simple_history.utils import bulk_create_with_history

from core.models import Versioned

Row = TypeVar("Row", bound=Versioned)
# How the history tells what was done by a signed link in a mail, without signing in.
BY_LINK = "By link"


class OperationNotAllowedError(Exception):
    """An operation that the rules do not allow; its text is shown to the person and says how to mend it."""


class EditConflictError(Exception):
    """Somebody saved the row after the form was made; `current` is the row as it stands now."""

    def __init__(self, current: Versioned) -> None:
        super().__init__(f"{current} was changed meanwhile")
        self.current = current


def require_permission(allowed: bool, message: str | Promise) -> None:
    """Raise PermissionDenied with `message` unless `allowed`.

    Every operation with an actor calls this first, with the same question of `permissions.py` that its view asks.
    """
    if not allowed:
        raise PermissionDenied(message)


def lock(row: Row, version: int | None = None) -> Row:
    """The row read again under `select_for_update`; must run in a transaction.

    Raises EditConflictError when `version` is given and is no longer the row's, and the model's DoesNotExist.
    """
    current = type(row)._default_manager.select_for_update().get(pk=row.pk)
    if version is not None and current.version != version:
        raise EditConflictError(current)
    return current


def create(
    model: type[Row],
    *,
    actor: models.Model | None,
    recorded_at: dt.datetime | None = None,
    change_reason: str = "",
    **values: Any,
) -> Row:
    """A new validated row whose history names `actor` (None: the system) at `recorded_at` (now unless given).

    Raises ValidationError.
    """
    row = model(**values)
    row.full_clean()
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = change_reason[:100] or None  # type: ignore[attr-defined]
    if recorded_at is not None:
        row._history_date = recorded_at  # type: ignore[attr-defined]
    row.save(force_insert=True)
    return row


def build_change_reason(how: str, why: str = "") -> str:
    """The change reason that a history row keeps: how it came ("By link"; empty: on the portal's pages), and why."""
    return ": ".join(part for part in (how, why.strip()) if part)


def save_changes(row: Row, *, actor: models.Model | None, reason: str = "", **values: Any) -> list[str]:
    """Write the values that differ to a row just read under lock and return the names of the changed fields.

    The version grows by one and one history row names `actor`; when nothing differs nothing is written.
    """
    changed = [name for name, value in values.items() if getattr(row, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    row.clean_fields(exclude={field.name for field in row._meta.fields} - set(changed))
    row._history_user = actor  # type: ignore[attr-defined]
    row._change_reason = reason[:100] or None  # type: ignore[attr-defined]
    row.save(update_fields=[*changed, "version", "updated_at"])
    return changed


def create_many(rows: Sequence[Row], *, actor: models.Model | None, reason: str = "") -> list[Row]:
    """The new rows, validated field by field and stored at once, each with a history row that names `actor`.

    What needs a query to know, such as whether a key is free, is left to the database's constraints. Raises
    ValidationError and IntegrityError.
    """
    for row in rows:
        row.clean_fields(exclude={field.name for field in row._meta.fields if field.is_relation})
        row.clean()
    if not rows:
        return []
    stored: list[Row] = bulk_create_with_history(
        rows, type(rows[0]), batch_size=500, default_user=actor, default_change_reason=reason[:100] or None
    )
    return stored
