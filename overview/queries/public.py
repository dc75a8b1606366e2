"""Page-shaped reads that span apps. What a page shows to whom is decided by the apps' own `visible_to`."""

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse

from accounts.permissions import AnyPerson
from core.dates import format_time_range, site_today
from meetings.models import Meeting
from meetings.permissions import meetings_visible_to
from meetings.queries import next_by_body
from members.models import Organization
from members.permissions import organizations_visible_to
from objectives.models import Objective, ProgressUpdate, Strategy
from objectives.queries.objectives import ObjectiveRow, strategy_counts
from objectives.rules import ProgressStatus
from taskforces.models import Body, HistoryEvent, Seat, Workgroup
from taskforces.queries.rosters import BodyCard, body_cards
from taskforces.rules import BodyKind

AnyModel = TypeVar("AnyModel", bound=Model)


# The front page -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskForceCard:
    """A task force at a glance: who chairs it, when it meets next and what it said last."""

    card: BodyCard
    next_meeting: Meeting | None
    last_update: ProgressUpdate | None


@dataclass(frozen=True)
class GridRow:
    """One objective and, for each body in the grid's order, how many strategies that body pursues for it."""

    objective: Objective
    cells: list[tuple[Body, int]]


def purpose_of(workgroup: Workgroup) -> str:
    """The sentence of the overview that says what the group is for.

    That is the first one that opens with the group's own name, else the first one of all.
    """
    sentences = re.split(r"(?<=[.!?])\s+", " ".join(workgroup.overview.split()))
    own = (f"The {workgroup.short_name} ", f"{workgroup.short_name} ", f"The {workgroup.name} ", f"{workgroup.name} ")
    return next((sentence for sentence in sentences if sentence.startswith(own)), sentences[0])


def latest_update_by_body() -> dict[int, ProgressUpdate]:
    """The update that each body published last, by body id. One query."""
    newest = (
        ProgressUpdate.objects.published()
        .filter(strategy__body=OuterRef("strategy__body"), strategy__objective__plan__is_current=True)
        .order_by("-published_at", "-id")
        .values("pk")[:1]
    )
    updates = ProgressUpdate.objects.published().filter(pk=Subquery(newest))
    return {update.strategy.body_id: update for update in updates.select_related("strategy")}


def task_force_cards(now: dt.datetime, person: AnyPerson) -> list[TaskForceCard]:
    """The task forces that stand, in their own order."""
    meetings, words = next_by_body(now, person), latest_update_by_body()
    return [
        TaskForceCard(card, meetings.get(card.body.pk), words.get(card.body.pk)) for card in body_cards(site_today(now))
    ]


def grid_rows(objectives: Iterable[Objective]) -> tuple[list[Body], list[GridRow]]:
    """The bodies across and the objectives down, with the number of strategies at each crossing.

    The full Workgroup has a column only where it pursues a strategy itself.
    """
    counts = strategy_counts()
    serving = {body for _, body in counts}
    bodies = [body for body in Body.objects.standing() if body.kind == BodyKind.TASK_FORCE or body.pk in serving]
    return bodies, [
        GridRow(objective, [(body, counts.get((objective.pk, body.pk), 0)) for body in bodies])
        for objective in objectives
    ]


def timeline(workgroup: Workgroup) -> list[HistoryEvent]:
    """The group's dated events, the latest first."""
    return list(workgroup.history_events.order_by("-starts_on", "-key"))


# The directory ------------------------------------------------------------------------------------


def directory_organizations() -> QuerySet[Organization]:
    """The organizations that the public directory lists."""
    return Organization.objects.public().select_related("sector").prefetch_related("former_names").order_by("name")


def matching(rows: QuerySet[AnyModel], words: str, fields: Sequence[str]) -> QuerySet[AnyModel]:
    """The rows that hold every word in one of the fields, whatever its case."""
    for word in words.split():
        found = Q()
        for name in fields:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows.distinct()


ORGANIZATION_WORDS = ("name", "acronym", "former_names__name", "work")


def bodies_by_organization(organizations: Iterable[Organization]) -> dict[int, list[Body]]:
    """The task forces on which each organization holds an open seat, by organization id. One query."""
    seats = (
        Seat.objects.open()
        .filter(organization__in=list(organizations), body__kind=BodyKind.TASK_FORCE, body__dissolved_on=None)
        .select_related("body")
        .order_by("body__position", "body__name")
    )
    found: dict[int, dict[int, Body]] = defaultdict(dict)
    for seat in seats:
        if seat.organization_id is not None:
            found[seat.organization_id][seat.body_id] = seat.body
    return {organization: list(bodies.values()) for organization, bodies in found.items()}


# Search -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SearchResult:
    """One thing found: its title, its address and a line of facts."""

    title: str
    url: str
    facts: str


@dataclass(frozen=True)
class SearchResultGroup:
    """What was found of one kind; `more` says that there is more than is shown."""

    title: str
    hits: list[SearchResult]
    more: bool


HITS_SHOWN = 10


def _group(title: str, hits: list[SearchResult]) -> SearchResultGroup:
    return SearchResultGroup(title, hits[:HITS_SHOWN], len(hits) > HITS_SHOWN)


def search(words: str, person: AnyPerson, today: dt.date) -> list[SearchResultGroup]:
    """What `person` may read and holds every word, by kind; kinds without a hit are left out."""
    if not words.split():
        return []
    limit = HITS_SHOWN + 1
    organizations = matching(
        organizations_visible_to(person).filter(merged_into=None).select_related("sector"), words, ORGANIZATION_WORDS
    )
    bodies = matching(Body.objects.standing(), words, ("name", "focus"))
    objectives = matching(Objective.objects.current(), words, ("title", "description"))
    strategies = matching(Strategy.objects.open().select_related("body", "objective"), words, ("title", "description"))
    meetings = matching(meetings_visible_to(person).select_related("body"), words, ("title", "agenda_items__title"))
    updates = matching(
        ProgressUpdate.objects.published().select_related("strategy__body", "strategy__objective"),
        words,
        ("narrative",),
    )
    groups = [
        _group(
            "Organizations",
            [
                SearchResult(
                    row.name, reverse("members:organization", args=[row.key]), f"{row.sector.name}, {row.jurisdiction}"
                )
                for row in organizations[:limit]
            ],
        ),
        _group(
            "Task forces",
            [
                SearchResult(row.title, reverse("taskforces:detail", args=[row.slug]), row.focus)
                for row in bodies[:limit]
            ],
        ),
        _group(
            "Objectives",
            [
                SearchResult(row.title, reverse("objectives:detail", args=[row.number]), f"Objective {row.number}")
                for row in objectives[:limit]
            ],
        ),
        _group(
            "Strategies",
            [
                SearchResult(
                    row.title,
                    reverse("objectives:strategy", args=[row.pk]),
                    f"{row.body.title}, objective {row.objective.number}",
                )
                for row in strategies[:limit]
            ],
        ),
        _group(
            "Meetings",
            [
                SearchResult(
                    row.title,
                    reverse("meetings:detail", args=[row.pk]),
                    f"{row.body.title}, {format_time_range(row.local_start, row.local_end, today)}",
                )
                for row in meetings.order_by("-starts_at")[:limit]
            ],
        ),
        _group(
            "Progress updates",
            [
                SearchResult(row.strategy.title, reverse("objectives:strategy", args=[row.strategy_id]), row.narrative)
                for row in updates.order_by("-reported_on", "-id")[:limit]
            ],
        ),
    ]
    return [group for group in groups if group.hits]


# The scorecard ------------------------------------------------------------------------------------


def status_totals(rows: Iterable[ObjectiveRow]) -> list[tuple[int, str, str]]:
    """How many strategies of all objectives stand where: (count, word, tone), those that go well first."""
    counts: Counter[str] = Counter()
    silent = 0
    for row in rows:
        counts.update(row.counts)
        silent += row.unreported_count
    statuses = reversed(ProgressStatus.by_severity())
    found = [(counts[status], str(status.label), status.tone) for status in statuses if counts[status]]
    return [*found, (silent, "Not reported yet", "neutral")] if silent else found
