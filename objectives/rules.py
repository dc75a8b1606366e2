"""Statuses and states of progress, when reports are due, and measures as text. No ORM, no clock."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from core.numbers import format_number

# How many days before its due date an update is listed as due.
DUE_SOON_DAYS = 14
# A strategy that is this many days overdue is listed for its chair too.
CHAIR_ESCALATION_DAYS = 7


class ProgressStatus(TextChoices):
    """The status that a strategy reports, with everything that depends on it.

    A new status is one more line here. `severity` orders the statuses from the one that needs most attention (1): an
    objective shows the most severe status of its strategies. `tone` is the color and icon of the badge (see the tag
    `badge`), `bar_position` the place in the bar of an objective, from the left. A status that `needs_attention` is
    listed for the chair. A final one does not become outdated, and no more updates are due.
    """

    severity: int
    tone: str
    bar_position: int
    needs_attention: bool
    is_final: bool

    # value, severity, tone, bar_position, needs_attention, is_final, label; in the order of the form
    NOT_STARTED = "not_started", 3, "neutral", 5, False, False, _("Not started")
    ON_TRACK = "on_track", 4, "good", 2, False, False, _("On track")
    AT_RISK = "at_risk", 2, "warn", 3, True, False, _("At risk")
    OFF_TRACK = "off_track", 1, "bad", 4, True, False, _("Off track")
    DONE = "done", 5, "done", 1, False, True, _("Done")

    def __new__(cls, value: str, *traits: Any) -> "ProgressStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.severity, member.tone, member.bar_position, member.needs_attention, member.is_final = traits
        return member

    @classmethod
    def by_severity(cls) -> list["ProgressStatus"]:
        """Return the statuses from the one that needs most attention to the one that needs least."""
        return sorted(cls, key=lambda status: status.severity)

    @classmethod
    def by_bar_position(cls) -> list["ProgressStatus"]:
        """Return the statuses in the order of their parts in the bar of an objective."""
        return sorted(cls, key=lambda status: status.bar_position)


class UpdateState(TextChoices):
    """The state of an update. An open one is a draft: its author may edit it, and members do not see it."""

    is_open: bool

    # value, is_open, label
    DRAFT = "draft", True, _("Draft")
    SUBMITTED = "submitted", False, _("Submitted")
    PUBLISHED = "published", False, _("Published")
    RETURNED = "returned", True, _("Returned")

    def __new__(cls, value: str, *traits: Any) -> "UpdateState":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.is_open,) = traits
        return member


# Draft -> submitted (members see it) -> published (by staff, or the chair where the body's setting allows it).
# A returned update is a draft of its author again.
UPDATE_TRANSITIONS: dict[str, set[str]] = {
    UpdateState.DRAFT: {UpdateState.SUBMITTED},
    UpdateState.SUBMITTED: {UpdateState.PUBLISHED, UpdateState.RETURNED},
    UpdateState.RETURNED: {UpdateState.SUBMITTED},
    UpdateState.PUBLISHED: set(),
}
OPEN_STATES = tuple(state for state in UpdateState if state.is_open)
REPORTED_STATES = tuple(state for state in UpdateState if not state.is_open)


class ReportingFrequency(TextChoices):
    """How often a strategy reports, with the days from one update to the next."""

    days: int

    # value, days, label
    MONTHLY = "monthly", 30, _("Every month")
    QUARTERLY = "quarterly", 91, _("Every 3 months")
    HALF_YEARLY = "half_yearly", 182, _("Every 6 months")
    YEARLY = "yearly", 365, _("Every year")

    def __new__(cls, value: str, *traits: Any) -> "ReportingFrequency":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.days,) = traits
        return member


def progress_due_on(frequency: str, last_reported_on: dt.date | None, starts_on: dt.date) -> dt.date:
    """Return the due date of a strategy's next update: one period after the last one, or after the start."""
    return (last_reported_on or starts_on) + dt.timedelta(days=ReportingFrequency(frequency).days)


def is_stale(frequency: str, status: str, last_reported_on: dt.date, today: dt.date) -> bool:
    """Return True if the next update after a published status is overdue. A final status is never stale."""
    return not ProgressStatus(status).is_final and (today - last_reported_on).days > ReportingFrequency(frequency).days


def worst_status(statuses: Iterable[str]) -> ProgressStatus | None:
    """Return the status that needs most attention, or None if there is no status."""
    return min((ProgressStatus(status) for status in statuses), key=lambda status: status.severity, default=None)


def format_status_summary(counts: Mapping[str, int], unreported: int, overdue: int, oldest_days: int | None) -> str:
    """Summarize the strategies of an objective in short sentences.

    For example "4 of 6 strategies on track. Off track: 1. At risk: 1. Oldest update: 41 days ago." `counts` is the
    number of strategies by published status, `unreported` the number without a published update, `overdue` the number
    whose next update is overdue, and `oldest_days` the age of the oldest published update in days.
    """
    total = sum(counts.values()) + unreported
    if total == 0:
        return gettext("No strategies yet.")
    parts = _summarize_only_strategy(counts) if total == 1 else _summarize_strategies(counts, unreported, total)
    if overdue:
        past_due = ngettext("%(count)d past its due date.", "%(count)d past their due date.", overdue)
        parts.append(past_due % {"count": overdue})
    if oldest_days is not None:
        parts.append(_format_age(oldest_days, is_only=total == 1))
    return " ".join(parts)


def _summarize_only_strategy(counts: Mapping[str, int]) -> list[str]:
    status = worst_status(counts)
    return [gettext("1 strategy: %(status)s.") % {"status": status.label if status else gettext("Not reported yet")}]


def _summarize_strategies(counts: Mapping[str, int], unreported: int, total: int) -> list[str]:
    on_track = ngettext(
        "%(on_track)d of %(total)d strategy on track.", "%(on_track)d of %(total)d strategies on track.", total
    ) % {"on_track": counts.get(ProgressStatus.ON_TRACK, 0), "total": total}
    others = [
        gettext("%(status)s: %(count)d.") % {"status": status.label, "count": counts[status]}
        for status in ProgressStatus.by_severity()
        if status != ProgressStatus.ON_TRACK and counts.get(status)
    ]
    if unreported:
        others.append(gettext("Not reported yet: %(count)d.") % {"count": unreported})
    return [on_track, *others]


def _format_age(days: int, is_only: bool) -> str:
    if days == 0:
        return gettext("Latest update: today.") if is_only else gettext("Oldest update: today.")
    if is_only:
        text = ngettext("Latest update: %(count)d day ago.", "Latest update: %(count)d days ago.", days)
    else:
        text = ngettext("Oldest update: %(count)d day ago.", "Oldest update: %(count)d days ago.", days)
    return text % {"count": days}


# Measures -----------------------------------------------------------------------------------------


class MeasureKind(TextChoices):
    POPULATION = "population", _("Population")
    PERFORMANCE = "performance", _("Performance")


class DesiredDirection(TextChoices):
    UP = "up", _("Up is better")
    DOWN = "down", _("Down is better")
    NEITHER = "", _("No preferred direction")


class Qualifier(TextChoices):
    """How exactly a source states a value, with the text that shows the value.

    The true number is above a value with `has_no_upper_limit`, and below one with `has_no_lower_limit`.
    """

    pattern: str
    has_no_upper_limit: bool
    has_no_lower_limit: bool

    # value, pattern, has_no_upper_limit, has_no_lower_limit, label
    EXACT = "exact", "%(value)s", False, False, _("Exact")
    MORE_THAN = "more than", _("more than %(value)s"), True, False, _("More than")
    OVER = "over", _("over %(value)s"), True, False, _("Over")
    ROUNDED = "rounded", _("about %(value)s"), False, False, _("About")
    NEARLY = "nearly", _("nearly %(value)s"), False, True, _("Nearly")

    def __new__(cls, value: str, *traits: Any) -> "Qualifier":
        member = str.__new__(cls, value)
        member._value_ = value
        member.pattern, member.has_no_upper_limit, member.has_no_lower_limit = traits
        return member

    @property
    def is_two_sided(self) -> bool:
        """Whether the true number is near the value, so that values can be divided."""
        return not (self.has_no_upper_limit or self.has_no_lower_limit)


@dataclass(frozen=True)
class QualifiedValue:
    """One published value of a measure as its source states it."""

    period: str
    amount: Decimal
    qualifier: str = Qualifier.EXACT

    @property
    def is_exact(self) -> bool:
        return self.qualifier == Qualifier.EXACT


def format_amount(amount: Decimal) -> str:
    """Return a number as text, such as "1,934", "5.82" or "19.8 million"."""
    if abs(amount) < 1_000_000 or amount % 100_000:
        return format_number(amount)
    millions = amount / 1_000_000
    text = ngettext("%(amount)s million", "%(amount)s million", ceil(abs(millions)))
    return text % {"amount": format_number(millions)}


def format_qualified_value(value: QualifiedValue) -> str:
    """Return a value with its qualifier, such as "more than 7,000"."""
    return Qualifier(value.qualifier).pattern % {"value": format_amount(value.amount)}


# One sentence for each direction and each way to state the size of a change.
_TRENDS = {
    ("rose", "values"): _("%(name)s rose from %(first)s in %(start)s to %(last)s in %(end)s"),
    ("rose", "factor"): _("%(name)s rose %(change)s-fold from %(start)s to %(end)s"),
    ("rose", "about factor"): _("%(name)s rose about %(change)s-fold from %(start)s to %(end)s"),
    ("rose", "percent"): _("%(name)s rose by %(change)s percent from %(start)s to %(end)s"),
    ("rose", "about percent"): _("%(name)s rose by about %(change)s percent from %(start)s to %(end)s"),
    ("rose", "slightly"): _("%(name)s rose by less than 1 percent from %(start)s to %(end)s"),
    ("fell", "values"): _("%(name)s fell from %(first)s in %(start)s to %(last)s in %(end)s"),
    ("fell", "percent"): _("%(name)s fell by %(change)s percent from %(start)s to %(end)s"),
    ("fell", "about percent"): _("%(name)s fell by about %(change)s percent from %(start)s to %(end)s"),
    ("fell", "slightly"): _("%(name)s fell by less than 1 percent from %(start)s to %(end)s"),
}


def format_trend(name: str, unit: str, values: Sequence[QualifiedValue]) -> str:
    """Return the title of a chart: how comparable values, oldest first, changed.

    It claims no more than the values support. A direction is named only where the qualifiers leave no doubt; a factor
    or percentage only between exact or rounded values, and never for values that are percentages themselves. All other
    values are listed without a claim.
    """
    first, last = values[0], values[-1]
    facts = {"name": name, "first": format_qualified_value(first), "start": first.period}
    if len(values) == 1:
        return gettext("%(name)s: %(first)s %(unit)s in %(start)s") % {**facts, "unit": unit}
    facts |= {"last": format_qualified_value(last), "end": last.period}
    direction = _direction(first, last)
    if not direction:
        return gettext("%(name)s: %(first)s in %(start)s, %(last)s in %(end)s") % facts
    size, change = _size_of_change(first, last, unit)
    # A name such as "Deaths, all drugs" needs a comma before the verb.
    subject = f"{name}," if "," in name else name
    return _TRENDS[direction, size] % {**facts, "name": subject, "change": change}


def _direction(first: QualifiedValue, last: QualifiedValue) -> str:
    """Return "rose" or "fell" where that is certain, or an empty string."""
    before, after = Qualifier(first.qualifier), Qualifier(last.qualifier)
    if last.amount > first.amount and not before.has_no_upper_limit and not after.has_no_lower_limit:
        return "rose"
    if last.amount < first.amount and not before.has_no_lower_limit and not after.has_no_upper_limit:
        return "fell"
    return ""


def _size_of_change(first: QualifiedValue, last: QualifiedValue, unit: str) -> tuple[str, str]:
    """Return how to state the size of the change, as a key of `_TRENDS`, and the number for it."""
    can_divide = Qualifier(first.qualifier).is_two_sided and Qualifier(last.qualifier).is_two_sided
    if not can_divide or "percent" in unit or not first.amount or not last.amount:
        return "values", ""
    is_exact = first.is_exact and last.is_exact
    factor = last.amount / first.amount
    if factor >= 2:
        whole = round(factor)
        is_near_whole = abs(factor - whole) / factor < Decimal("0.04")
        size = "factor" if is_exact and factor == whole else "about factor"
        return size, format_number(Decimal(whole) if is_near_whole else round(factor, 1))
    percent = round(abs(factor - 1) * 100)
    if not percent:
        return "slightly", ""
    return "percent" if is_exact else "about percent", format_number(percent)
