"""The words of action items. No ORM, no clock."""

from django.db.models import TextChoices


class ActionItemStatus(TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    CANCELED = "dropped", "Dropped"


OPEN_STATUSES = (ActionItemStatus.OPEN, ActionItemStatus.IN_PROGRESS, ActionItemStatus.BLOCKED)
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
# How far ahead its owner may move an item's date; further is for the chair.
MAX_DELAY_DAYS = 180
# A promise that is set aside or stuck says why.
NEEDS_NOTE = (ActionItemStatus.BLOCKED, ActionItemStatus.CANCELED)


def can_transition(current: str, target: str) -> bool:
    """Whether an item may go from one status to another."""
    return target in ITEM_TRANSITIONS[current]


def needs_note(target: str) -> bool:
    """Whether going there must be explained."""
    return target in NEEDS_NOTE
