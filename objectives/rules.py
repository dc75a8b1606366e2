"""The words of progress and how old a word may be. No ORM, no clock."""

import datetime as dt

from django.db.models import TextChoices


class ProgressStatus(TextChoices):
    NOT_STARTED = "not_started", "Not started"
    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"
    DONE = "done", "Done"


# From the one that needs most attention to the one that needs least: a roll-up shows the worst.
WORST_FIRST = (
    ProgressStatus.OFF_TRACK,
    ProgressStatus.AT_RISK,
    ProgressStatus.NOT_STARTED,
    ProgressStatus.ON_TRACK,
    ProgressStatus.DONE,
)


class UpdateState(TextChoices):
    DRAFT = "draft", "Draft"
    SUBMITTED = "submitted", "Submitted"
    PUBLISHED = "published", "Published"
    RETURNED = "returned", "Returned"


# Draft -> submitted (members see it) -> published (staff, or the chair where the body says so);
# what is returned is its author's draft again.
UPDATE_MOVES: dict[str, set[str]] = {
    UpdateState.DRAFT: {UpdateState.SUBMITTED},
    UpdateState.SUBMITTED: {UpdateState.PUBLISHED, UpdateState.RETURNED},
    UpdateState.RETURNED: {UpdateState.SUBMITTED},
    UpdateState.PUBLISHED: set(),
}
# States in which its author may still write in it.
OPEN_STATES = (UpdateState.DRAFT, UpdateState.RETURNED)


class MeasureKind(TextChoices):
    POPULATION = "population", "Population"
    PERFORMANCE = "performance", "Performance"


class GoodDirection(TextChoices):
    UP = "up", "Up is better"
    DOWN = "down", "Down is better"
    NEITHER = "", "Neither way is better by itself"


class Qualifier(TextChoices):
    EXACT = "exact", "exact"
    MORE_THAN = "more than", "more than"
    OVER = "over", "over"
    ROUNDED = "rounded", "about"
    NEARLY = "nearly", "nearly"


class Rhythm(TextChoices):
    """How often a strategy reports."""

    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    HALF_YEARLY = "half_yearly", "Every six months"
    YEARLY = "yearly", "Every year"


RHYTHM_DAYS: dict[str, int] = {
    Rhythm.MONTHLY: 30,
    Rhythm.QUARTERLY: 91,
    Rhythm.HALF_YEARLY: 182,
    Rhythm.YEARLY: 365,
}


def progress_due_on(rhythm: str, last_word_on: dt.date | None, starts_on: dt.date) -> dt.date:
    """The day by which a strategy owes its next word: one rhythm after the last one, else after its start."""
    return (last_word_on or starts_on) + dt.timedelta(days=RHYTHM_DAYS[rhythm])


def is_stale(rhythm: str, last_word_on: dt.date | None, today: dt.date) -> bool:
    """Whether a published status is older than its strategy's rhythm and so turns gray."""
    return last_word_on is None or (today - last_word_on).days > RHYTHM_DAYS[rhythm]
