"""The words of action items. No ORM, no clock."""

from django.db.models import TextChoices


class ItemStatus(TextChoices):
    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    BLOCKED = "blocked", "Blocked"
    DONE = "done", "Done"
    DROPPED = "dropped", "Dropped"


UNFINISHED = (ItemStatus.OPEN, ItemStatus.IN_PROGRESS, ItemStatus.BLOCKED)
ITEM_MOVES: dict[str, set[str]] = {
    ItemStatus.OPEN: {ItemStatus.IN_PROGRESS, ItemStatus.BLOCKED, ItemStatus.DONE, ItemStatus.DROPPED},
    ItemStatus.IN_PROGRESS: {ItemStatus.OPEN, ItemStatus.BLOCKED, ItemStatus.DONE, ItemStatus.DROPPED},
    ItemStatus.BLOCKED: {ItemStatus.OPEN, ItemStatus.IN_PROGRESS, ItemStatus.DONE, ItemStatus.DROPPED},
    ItemStatus.DONE: {ItemStatus.OPEN},
    ItemStatus.DROPPED: {ItemStatus.OPEN},
}
# How far ahead its owner may move an item's date; further is for the chair.
LONGEST_DELAY_DAYS = 180
# A promise that is set aside or stuck says why.
NEEDS_NOTE = (ItemStatus.BLOCKED, ItemStatus.DROPPED)


def may_move(current: str, target: str) -> bool:
    """Whether an item may go from one status to another."""
    return target in ITEM_MOVES[current]


def needs_note(target: str) -> bool:
    """Whether going there must be explained."""
    return target in NEEDS_NOTE
