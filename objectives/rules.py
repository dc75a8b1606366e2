"""The words of progress and how old a word may be. No ORM, no clock."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

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
UPDATE_TRANSITIONS: dict[str, set[str]] = {
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


class DesiredDirection(TextChoices):
    UP = "up", "Up is better"
    DOWN = "down", "Down is better"
    NEITHER = "", "Neither way is better by itself"


class Qualifier(TextChoices):
    EXACT = "exact", "exact"
    MORE_THAN = "more than", "more than"
    OVER = "over", "over"
    ROUNDED = "rounded", "about"
    NEARLY = "nearly", "nearly"


class ReportingFrequency(TextChoices):
    """How often a strategy reports."""

    MONTHLY = "monthly", "Every month"
    QUARTERLY = "quarterly", "Every three months"
    HALF_YEARLY = "half_yearly", "Every six months"
    YEARLY = "yearly", "Every year"


FREQUENCY_DAYS: dict[str, int] = {
    ReportingFrequency.MONTHLY: 30,
    ReportingFrequency.QUARTERLY: 91,
    ReportingFrequency.HALF_YEARLY: 182,
    ReportingFrequency.YEARLY: 365,
}


def progress_due_on(reporting_frequency: str, last_reported_on: dt.date | None, starts_on: dt.date) -> dt.date:
    """The day by which a strategy owes its next word: one rhythm after the last one, else after its start."""
    return (last_reported_on or starts_on) + dt.timedelta(days=FREQUENCY_DAYS[reporting_frequency])


def is_stale(reporting_frequency: str, status: str, last_reported_on: dt.date, today: dt.date) -> bool:
    """Whether a published status is older than its strategy's rhythm and so turns gray; what is done stays done."""
    return status != ProgressStatus.DONE and (today - last_reported_on).days > FREQUENCY_DAYS[reporting_frequency]


# How far ahead of its due date an update is shown as owed.
DUE_SOON_DAYS = 14
# A strategy this many days late is its chair's to ask about.
CHAIR_ESCALATION_DAYS = 7

STATUS_TONES: dict[str, str] = {
    ProgressStatus.NOT_STARTED: "neutral",
    ProgressStatus.ON_TRACK: "good",
    ProgressStatus.AT_RISK: "warn",
    ProgressStatus.OFF_TRACK: "bad",
    ProgressStatus.DONE: "done",
}
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def small(count: int) -> str:
    """A count as a word below ten, as digits from there on."""
    return _SMALL[count] if count < len(_SMALL) else str(count)


def worst(statuses: Iterable[str]) -> str:
    """The status that needs most attention; empty when there is none."""
    present = set(statuses)
    return next((status.value for status in WORST_FIRST if status in present), "")


def format_status_summary(counts: Mapping[str, int], silent: int, stale: int, oldest_days: int | None) -> str:
    """The state of a set of strategies as one sentence built from counts, such as
    "4 of 6 strategies on track, one off track, oldest word 41 days old.".

    `counts` holds the number of strategies by published status, `silent` those that have published no word,
    `stale` those past their rhythm, `oldest_days` the age of the oldest word in days.
    """
    total = sum(counts.values()) + silent
    if total == 0:
        return "No strategy yet."
    on_track = counts.get(ProgressStatus.ON_TRACK, 0)
    parts = [f"{on_track or 'None'} of {total} strategies on track" if total > 1 else _say_only(counts)]
    if total > 1:
        parts += [
            f"{small(counts[status])} {status.label.lower()}"
            for status in (*WORST_FIRST[:3], ProgressStatus.DONE)
            if counts.get(status)
        ]
        if silent:
            parts.append(f"{small(silent)} not reported yet")
    if stale:
        parts.append(f"{small(stale)} past {'its' if stale == 1 else 'their'} rhythm")
    if oldest_days is not None:
        age = {0: "from today", 1: "one day old"}.get(oldest_days, f"{oldest_days} days old")
        parts.append(f"oldest word {age}" if total > 1 else f"last word {age}")
    return ", ".join(parts) + "."


def _say_only(counts: Mapping[str, int]) -> str:
    status = worst(counts)
    return (
        f"The only strategy is {ProgressStatus(status).label.lower()}"
        if status
        else "The only strategy has not reported yet"
    )


# Measures in words --------------------------------------------------------------------------------

_FOLD = {2: "twofold", 3: "threefold", 4: "fourfold", 5: "fivefold", 6: "sixfold", 7: "sevenfold", 8: "eightfold"}
_MIN_COUNT = (Qualifier.MORE_THAN, Qualifier.OVER)


@dataclass(frozen=True)
class QualifiedValue:
    """One published value as its source states it."""

    when: str
    amount: Decimal
    qualifier: str = Qualifier.EXACT

    @property
    def is_exact(self) -> bool:
        return self.qualifier == Qualifier.EXACT


def format_amount(amount: Decimal) -> str:
    """A number for reading: "1,934", "5.82", "19.8 million"."""
    if abs(amount) >= 1_000_000 and amount % 100_000 == 0:
        return f"{(amount / 1_000_000).normalize():f} million"
    text = f"{amount:,.4f}"
    return text.rstrip("0").rstrip(".")


def format_qualified_value(stated: QualifiedValue) -> str:
    """A value with its qualifier: "more than 7,000"."""
    word = "" if stated.is_exact else f"{Qualifier(stated.qualifier).label} "
    return f"{word}{format_amount(stated.amount)}"


def format_trend(name: str, unit: str, run: Sequence[QualifiedValue]) -> str:
    """One message for a run of comparable values, oldest first, and no more than they bear.

    A direction is said only where the qualifiers leave no doubt, a factor only between exact or rounded values.
    """
    first, last = run[0], run[-1]
    subject = f"{name}," if "," in name else name
    if len(run) == 1:
        return f"{name}: {format_qualified_value(first)} {unit} in {first.when}"
    direction = _direction(first, last)
    if not direction:
        return f"{name}: {format_qualified_value(first)} in {first.when}, {format_qualified_value(last)} in {last.when}"
    known = {Qualifier.EXACT, Qualifier.ROUNDED}
    if {first.qualifier, last.qualifier} <= known and "percent" not in unit and first.amount and last.amount:
        about = "" if first.is_exact and last.is_exact else "about "
        change = _say_factor(first.amount, last.amount, about)
        return f"{subject} {direction} {change} from {first.when} to {last.when}"
    return f"{subject} {direction} from {format_qualified_value(first)} in {first.when} to {format_qualified_value(last)} in {last.when}"


def _direction(first: QualifiedValue, last: QualifiedValue) -> str:
    """ "rose" or "fell" where that is sure, else nothing: "more than" has no upper end, "nearly" no lower one."""
    open_above, open_below = (*_MIN_COUNT,), (Qualifier.NEARLY,)
    if last.amount > first.amount and first.qualifier not in open_above and last.qualifier not in open_below:
        return "rose"
    if last.amount < first.amount and first.qualifier not in open_below and last.qualifier not in open_above:
        return "fell"
    return ""


def _say_factor(first: Decimal, last: Decimal, about: str) -> str:
    factor = last / first
    whole = round(factor)
    if whole >= 2 and abs(factor - whole) / factor < Decimal("0.04"):
        return f"{about}{_FOLD.get(whole, f'about {whole}-fold')}"
    if factor >= 2:
        return f"about {factor:.1f}-fold"
    percent = round(abs(factor - 1) * 100)
    return f"by {about}{percent} percent" if percent else "by less than one percent"
