"""Statuses of an action item and the changes allowed between them. No ORM, no clock."""

from typing import Self

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ActionItemStatus(TextChoices):
    """An action item's status.

    Each member says the tone of its badge, whether work is still to be done, the error where a note must explain the
    status but is missing (empty: no note is needed), and whether its badge stays once the due date has passed.
    """

    tone: str
    is_open: bool
    note_error: str
    outranks_overdue: bool

    def __new__(
        cls, value: str, tone: str, is_open: bool, note_error: str = "", outranks_overdue: bool = False
    ) -> Self:
        """Make a member; a status without a tone or without `is_open` is a TypeError at import."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.tone, member.is_open = tone, is_open
        member.note_error, member.outranks_overdue = note_error, outranks_overdue
        return member

    OPEN = "open", "neutral", True, _("Open")
    IN_PROGRESS = "in_progress", "info", True, _("In progress")
    BLOCKED = "blocked", "bad", True, _("Enter what is blocking this item. Others depend on it."), True, _("Blocked")
    DONE = "done", "done", False, _("Done")
    CANCELED = "canceled", "neutral", False, _("Enter why this item is canceled. Others depend on it."), _("Canceled")


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
