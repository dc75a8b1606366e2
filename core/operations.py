"""Write rows safely: read them again under lock, check their version and save only the named fields."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.functional import Promise
from simple_history.utils import bulk_create_with_history

from core.models import Versioned

Row = TypeVar("Row", bound=Versioned)
# The start of the change reason of what a person did with a signed link in an email, without signing in.
BY_LINK = "By link"


class OperationNotAllowedError(Exception):
    """A business rule forbids the operation. The message is shown to the user and says how to fix it.

    `code` names the rule where callers or tests have to tell one from another, as in Django's ValidationError.
    """

    def __init__(self, message: str = "", code: str = "") -> None:
        super().__init__(message)
        self.code = code


class EditConflictError(Exception):
    """The row was changed after the form was rendered. `current` is the row with its current values."""

    def __init__(self, current: Versioned) -> None:
        super().__init__(f"{current} was changed by someone else")
        self.current = current


def require_permission(allowed: bool, message: str | Promise) -> None:
    """Raise PermissionDenied with `message` unless `allowed`.

    Every operation with an actor calls this first, with the same question of `permissions.py` that its view asks.
    """
    if not allowed:
        raise PermissionDenied(message)


def lock(row: Row, version: int | None = None) -> Row:
    """Return the row, read again with `select_for_update`. Must run in a transaction.

    Raise EditConflictError if `version` is given and is not the version of the row, and DoesNotExist if the row is
    gone.
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
    """Validate and save a new row and return it.

    Its history names `actor` (None: the system) at `recorded_at` (default: now). Raise ValidationError.
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
    """Return the change reason of a history row, such as "By link: duplicate". `how` is empty for portal pages."""
    return ": ".join(part for part in (how, why.strip()) if part)


def save_changes(row: Row, *, actor: models.Model | None, reason: str = "", **values: Any) -> list[str]:
    """Save the values that differ to a row that was read under lock, and return the names of the changed fields.

    Increment the version and add one history row that names `actor`. If no value differs, nothing is written.
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


def bump_version(row: Row, *, actor: models.Model | None) -> None:
    """Increase the version of a row just read under lock, when only other rows that its form includes changed.

    One history row names `actor`.
    """
    row.version += 1
    row._history_user = actor  # type: ignore[attr-defined]
    row.save(update_fields=["version", "updated_at"])


def create_many(rows: Sequence[Row], *, actor: models.Model | None, reason: str = "") -> list[Row]:
    """Validate and insert new rows in bulk, each with a history row that names `actor`, and return them.

    Checks that need a query, such as uniqueness, are left to the database constraints. Raise ValidationError and
    IntegrityError.
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
