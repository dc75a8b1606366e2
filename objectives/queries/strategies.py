"""Reads over strategies: each with its last word, and all that its page shows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.permissions import AnyPerson, is_staff
from members.models import ActOnBehalf, Organization
from members.permissions import organizations_visible_to
from members.queries import acts_on
from objectives.models import Measure, Milestone, Objective, ProgressUpdate, Strategy, StrategyQuerySet, StrategySupport
from objectives.permissions import can_lead_strategy, strategies_written_by, updates_edited_by, updates_visible_to
from objectives.queries.measures import with_points
from objectives.rules import is_stale
from taskforces.models import Body
from taskforces.permissions import is_member


@dataclass(frozen=True)
class StrategyRow:
    """A strategy as one row: what is published now and, for members, what waits to be."""

    strategy: Strategy
    update: ProgressUpdate | None
    stale: bool
    lead: Organization | None
    waiting: ProgressUpdate | None = None
    next_milestone: Milestone | None = None
    may_write: bool = False


@dataclass(frozen=True)
class StrategyPage:
    """All that the page of one strategy shows to one reader."""

    row: StrategyRow
    update_history: list[ProgressUpdate]
    supporters: list[Organization]
    milestones: list[Milestone]
    measures: list[Measure]
    is_member: bool
    may_lead: bool
    editable: set[int]
    """Ids of the updates in the diary that the reader may finish."""
    acts: dict[int, list[ActOnBehalf]]
    """What staff entered for somebody else, by the update's id, the latest first; empty for visitors."""
    may_enter: bool


def published_now(strategies: Iterable[int]) -> dict[int, ProgressUpdate]:
    """The update that is published now, by strategy id. One query."""
    newest = ProgressUpdate.objects.published().filter(strategy=OuterRef("strategy")).values("pk")[:1]
    rows = ProgressUpdate.objects.published().filter(strategy__in=list(strategies), pk=Subquery(newest))
    return {update.strategy_id: update for update in rows.select_related("author")}


def strategy_rows(
    today: dt.date,
    *,
    body: Body | None = None,
    objective: Objective | None = None,
    organization: Organization | None = None,
    person: AnyPerson | None = None,
) -> list[StrategyRow]:
    """The strategies that are pursued, for a body, an objective or an organization that leads or supports them.

    An objective of an older plan shows its own; all others those of the current plan.
    """
    if objective is not None:
        strategies = Strategy.objects.filter(objective=objective, closed_on=None)
    else:
        strategies = Strategy.objects.open()
    if body is not None:
        strategies = strategies.filter(body=body)
    if organization is not None:
        supported = StrategySupport.objects.filter(organization=organization, ended_on=None).values("strategy")
        strategies = strategies.filter(Q(lead_organization=organization) | Q(pk__in=supported))
    return rows_of(strategies, today, person or AnonymousUser())


def strategy_page(pk: int, person: AnyPerson, today: dt.date) -> StrategyPage:
    """The page of the strategy `pk`, open or closed. Raises ValueError when there is none."""
    (row,) = rows_of(Strategy.objects.filter(pk=pk).select_related("responsible_person"), today, person)
    visible = updates_visible_to(person).filter(strategy=pk)
    update_history = list(visible.select_related("author", "confirmed_by").order_by("-reported_on", "-id"))
    acts: dict[int, list[ActOnBehalf]] = defaultdict(list)
    if is_member(person):
        for (update, _), act in acts_on(ProgressUpdate, [update.pk for update in update_history]).items():
            acts[update].append(act)
    return StrategyPage(
        row=row,
        update_history=update_history,
        supporters=supporters_of(row.strategy, person),
        milestones=list(row.strategy.milestones.order_by("due_on", "id")),
        measures=list(with_points(Measure.objects.filter(strategy=pk))),
        is_member=is_member(person),
        may_lead=can_lead_strategy(person, row.strategy),
        editable=set(updates_edited_by(person).filter(strategy=pk).values_list("pk", flat=True)),
        acts=dict(acts),
        may_enter=is_staff(person) and row.may_write,
    )


def rows_of(strategies: StrategyQuerySet, today: dt.date, person: AnyPerson) -> list[StrategyRow]:
    found = list(
        strategies.select_related("objective__plan", "body", "lead_organization").annotate(
            lead_shows=Exists(organizations_visible_to(person).filter(pk=OuterRef("lead_organization")))
        )
    )
    ids = [strategy.pk for strategy in found]
    published = published_now(ids)
    waiting = _waiting(ids) if is_member(person) else {}
    steps: dict[int, Milestone] = {}
    for step in Milestone.objects.filter(strategy__in=ids, done_on=None).order_by("-due_on", "-id"):
        steps[step.strategy_id] = step
    writes = set(strategies_written_by(person).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        StrategyRow(
            strategy=strategy,
            update=(update := published.get(strategy.pk)),
            stale=update is not None
            and is_stale(strategy.reporting_frequency, update.status, update.last_reported_on, today),
            lead=strategy.lead_organization if strategy.lead_shows else None,
            waiting=waiting.get(strategy.pk),
            next_milestone=steps.get(strategy.pk),
            may_write=strategy.pk in writes,
        )
        for strategy in found
    ]


def _waiting(strategies: Iterable[int]) -> dict[int, ProgressUpdate]:
    updates = ProgressUpdate.objects.submitted().filter(strategy__in=list(strategies)).select_related("author")
    return {update.strategy_id: update for update in updates.order_by("reported_on", "id")}


def closed_strategies(objective: Objective) -> StrategyQuerySet:
    """Those of an objective that have ended, the last one first."""
    closed = Strategy.objects.filter(objective=objective).exclude(closed_on=None)
    return closed.select_related("body").order_by("-closed_on", "-id")


def supporters_of(strategy: Strategy, person: AnyPerson) -> list[Organization]:
    """The organizations that support a strategy now, as far as `person` may know of them."""
    supports = StrategySupport.objects.filter(strategy=strategy, ended_on=None).values("organization")
    return list(organizations_visible_to(person).filter(pk__in=supports))
