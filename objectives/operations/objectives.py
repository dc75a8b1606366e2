"""Writes to objectives."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from core.operations import lock, require_permission, save_changes
from objectives.models import Objective
from objectives.permissions import can_edit_objective


@transaction.atomic
def edit_objective(*, actor: Person, objective: Objective, version: int | None = None, **values: Any) -> Objective:
    """Change the title or description of an objective.

    Raises PermissionDenied, EditConflictError and ValidationError.
    """
    require_permission(can_edit_objective(actor), _("Only Workgroup staff can edit objectives."))
    current = lock(objective, version)
    save_changes(current, actor=actor, **values)
    return current
