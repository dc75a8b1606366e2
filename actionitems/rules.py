"""Statuses of an action item and the changes allowed between them. No ORM, no clock."""

from typing import Any, Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActionItemStatus(TextChoices):
    """An action item's status.

    Each member says the tone of its badge, whether work is still to be done, whether its badge stays once the due date
    has passed, and the error where a note must explain the status but is missing (empty: no note is needed).
    """

    tone: str
    is_open: bool
    outranks_overdue: bool
    note_error: str

    def __new__(cls, value: str, *facts: Any) -> Self:
        """Make a member; a status that lacks one of the facts is a ValueError at import."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone, member.is_open, member.outranks_overdue, member.note_error = facts
        return member

    OPEN = "open", "neutral", True, False, "", _("Open")
    IN_PROGRESS = "in_progress", "info", True, False, "", _("In progress")
    BLOCKED = "blocked", "bad", True, True, _("Enter what is blocking this item. Others depend on it."), _("Blocked")
    DONE = "done", "done", False, False, "", _("Done")
    CANCELED = (
        "canceled",
        "neutral",
        False,
        False,
        _("Enter why this item is canceled. Others depend on it."),
        _("Canceled"),
    )


OPEN_STATUSES = tuple(status for status in ActionItemStatus if status.is_open)
ITEM_TRANSITIONS: dict[str, set[str]] = {
    ActionItemStatus.OPEN: {
        ActionItemStatus.IN_PROGRESS,
        ActionItemStatus.BLOCKED,
        ActionItemStatus.DONE,
        ActionItemStatus.CANCELED,
    },
    ActionItemStatus.IN_PROGRESS: {
        ActionItemStatus.OPEN,
        ActionItemStatus.BLOCKED,
        ActionItemStatus.DONE,
        ActionItemStatus.CANCELED,
    },
    ActionItemStatus.BLOCKED: {
        ActionItemStatus.OPEN,
        ActionItemStatus.IN_PROGRESS,
        ActionItemStatus.DONE,
        ActionItemStatus.CANCELED,
    },
    ActionItemStatus.DONE: {ActionItemStatus.OPEN},
    ActionItemStatus.CANCELED: {ActionItemStatus.OPEN},
}
# How far into the future the owner may set a new due date; the chair may set a later one.
MAX_DELAY_DAYS = 180


def can_transition(current: str, target: str) -> bool:
    """Return True if an item may change from one status to another."""
    return target in ITEM_TRANSITIONS[current]
