"""Reads of the public pages. What each person can see is decided by the apps' own permissions."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import AnyPerson
from core.dates import site_today
from meetings.models import Meeting
from meetings.queries import next_by_body
from members.models import Organization
from objectives.models import Objective
from objectives.queries.objectives import ObjectiveRow, strategy_counts
from objectives.rules import ProgressStatus
from taskforces.models import Body, HistoryEvent, Seat, Workgroup
from taskforces.queries.rosters import BodyCard, body_cards
from taskforces.rules import BodyKind

# The front page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskForceCard:
    """A task force with its chair and its next meeting."""

    card: BodyCard
    next_meeting: Meeting | None


def purpose_of(workgroup: Workgroup) -> str:
    """Return the sentence of the workgroup's description that says what it is for.

    That is the first sentence that starts with the workgroup's name, otherwise the first sentence.
    """
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(workgroup.overview.split()))
    names = (f"The {workgroup.short_name} ", f"{workgroup.short_name} ", f"The {workgroup.name} ", f"{workgroup.name} ")
    return next((sentence for sentence in sentences if sentence.startswith(names)), sentences[0])


def task_force_cards(now: dt.datetime, person: AnyPerson) -> list[TaskForceCard]:
    """Return the active task forces in their own order."""
    meetings = next_by_body(now, person)
    return [TaskForceCard(card, meetings.get(card.body.pk)) for card in body_cards(site_today())]


def timeline(workgroup: Workgroup) -> list[HistoryEvent]:
    """Return the workgroup's dated events, the latest first."""
    return list(workgroup.history_events.order_by("-starts_on", "-key"))


# The directory ------------------------------------------------------------------------------------


def directory_organizations() -> QuerySet[Organization]:
    """Return the organizations that the public directory lists."""
    return Organization.objects.public().select_related("sector").prefetch_related("former_names").order_by("name")


def bodies_by_organization(organizations: Iterable[Organization]) -> dict[int, list[Body]]:
    """Return the task forces where each organization has an open seat, by organization id. One query."""
    seats = (
        Seat.objects.open()
        .filter(organization__in=list(organizations), body__kind=BodyKind.TASK_FORCE, body__dissolved_on=None)
        .select_related("body")
        .order_by("body__position", "body__name")
    )
    bodies: dict[int, dict[int, Body]] = defaultdict(dict)
    for seat in seats:
        if seat.organization_id is not None:
            bodies[seat.organization_id][seat.body_id] = seat.body
    return {organization: list(by_id.values()) for organization, by_id in bodies.items()}


# The scorecard ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatrixRow:
    """One objective with the number of strategies of each body, in the order of the matrix's columns."""

    objective: Objective
    cells: list[tuple[Body, int]]


def strategy_matrix(objectives: Iterable[Objective]) -> tuple[list[Body], list[MatrixRow]]:
    """Return the bodies as columns and the objectives as rows, with the number of strategies in each cell.

    The full Workgroup has a column only if it has a strategy of its own.
    """
    counts = strategy_counts()
    contributing = {body for _objective, body in counts}
    bodies = [body for body in Body.objects.standing() if body.kind == BodyKind.TASK_FORCE or body.pk in contributing]
    return bodies, [
        MatrixRow(objective, [(body, counts.get((objective.pk, body.pk), 0)) for body in bodies])
        for objective in objectives
    ]


def status_totals(rows: Iterable[ObjectiveRow]) -> list[tuple[int, str | Promise, str]]:
    """Return (count, label, tone) for each status that a strategy has, the best status first."""
    counts: Counter[str] = Counter()
    unreported = 0
    for row in rows:
        counts.update(row.counts)
        unreported += row.unreported_count
    totals: list[tuple[int, str | Promise, str]] = [
        (counts[status], status.label, status.tone)
        for status in reversed(ProgressStatus.by_severity())
        if counts[status]
    ]
    return [*totals, (unreported, _("Not reported yet"), "neutral")] if unreported else totals
