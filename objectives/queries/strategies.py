"""Queries for strategies: rows with the latest update, and everything on the page of a strategy."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q, Subquery

from accounts.permissions import AnyPerson, is_staff
from members.models import ActOnBehalf, Organization
from members.permissions import organizations_visible_to
from members.queries import acts_on
from objectives.models import Measure, Milestone, Objective, ProgressUpdate, Strategy, StrategyQuerySet, StrategySupport
from objectives.permissions import (
    can_manage_strategy,
    strategies_writable_by,
    updates_editable_by,
    updates_visible_to,
)
from objectives.queries.measures import with_points
from objectives.rules import is_stale
from taskforces.models import Body
from taskforces.permissions import is_member


@dataclass(frozen=True)
class StrategyRow:
    """A strategy with its current published update and, for members, the update that is not published yet."""

    strategy: Strategy
    update: ProgressUpdate | None
    is_stale: bool
    lead: Organization | None
    pending: ProgressUpdate | None = None
    next_milestone: Milestone | None = None
    can_write: bool = False


@dataclass(frozen=True)
class StrategyPage:
    """Everything that the page of a strategy shows to a reader."""

    row: StrategyRow
    updates: list[ProgressUpdate]
    supporters: list[Organization]
    milestones: list[Milestone]
    measures: list[Measure]
    is_member: bool
    can_manage: bool
    editable_ids: set[int]
    """Ids of the updates that the reader may edit."""
    on_behalf_entries: dict[int, list[ActOnBehalf]]
    """Entries that staff made on behalf of others, by update id, the latest first; empty for visitors."""
    can_enter_on_behalf: bool


def published_now(strategies: Iterable[int]) -> dict[int, ProgressUpdate]:
    """Return the current published update by strategy id. One query."""
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
    """Return the open strategies of a body, of an objective, or that an organization leads or supports.

    For an objective of an older plan these are the strategies of that plan; otherwise those of the current plan.
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
    """Return the page of the strategy `pk`, open or closed. Raises ValueError if there is no such strategy."""
    (row,) = rows_of(Strategy.objects.filter(pk=pk).select_related("responsible_person"), today, person)
    visible = updates_visible_to(person).filter(strategy=pk)
    updates = list(visible.select_related("author", "confirmed_by").order_by("-reported_on", "-id"))
    entries: dict[int, list[ActOnBehalf]] = defaultdict(list)
    if is_member(person):
        for (update, _), entry in acts_on(ProgressUpdate, [update.pk for update in updates]).items():
            entries[update].append(entry)
    return StrategyPage(
        row=row,
        updates=updates,
        supporters=supporters_of(row.strategy, person),
        milestones=list(row.strategy.milestones.order_by("due_on", "id")),
        measures=list(with_points(Measure.objects.filter(strategy=pk))),
        is_member=is_member(person),
        can_manage=can_manage_strategy(person, row.strategy),
        editable_ids=set(updates_editable_by(person).filter(strategy=pk).values_list("pk", flat=True)),
        on_behalf_entries=dict(entries),
        can_enter_on_behalf=is_staff(person) and row.can_write,
    )


def rows_of(strategies: StrategyQuerySet, today: dt.date, person: AnyPerson) -> list[StrategyRow]:
    """Return the strategies as rows for `person`. The number of queries is constant."""
    visible_leads = organizations_visible_to(person).filter(pk=OuterRef("lead_organization"))
    is_lead_visible: dict[str, Any] = {"is_lead_visible": Exists(visible_leads)}
    found = list(strategies.select_related("objective__plan", "body", "lead_organization").annotate(**is_lead_visible))
    ids = [strategy.pk for strategy in found]
    published = published_now(ids)
    pending = _pending(ids) if is_member(person) else {}
    milestones: dict[int, Milestone] = {}
    for milestone in Milestone.objects.filter(strategy__in=ids, done_on=None).order_by("-due_on", "-id"):
        milestones[milestone.strategy_id] = milestone
    writable = set(strategies_writable_by(person).filter(pk__in=ids).values_list("pk", flat=True))
    return [
        StrategyRow(
            strategy=strategy,
            update=(update := published.get(strategy.pk)),
            is_stale=update is not None
            and is_stale(strategy.reporting_frequency, update.status, update.last_reported_on, today),
            lead=strategy.lead_organization if strategy.is_lead_visible else None,
            pending=pending.get(strategy.pk),
            next_milestone=milestones.get(strategy.pk),
            can_write=strategy.pk in writable,
        )
        for strategy in found
    ]


def _pending(strategies: Iterable[int]) -> dict[int, ProgressUpdate]:
    updates = ProgressUpdate.objects.submitted().filter(strategy__in=list(strategies)).select_related("author")
    return {update.strategy_id: update for update in updates.order_by("reported_on", "id")}


def closed_strategies(objective: Objective) -> StrategyQuerySet:
    """Return the closed strategies of an objective, the last one closed first."""
    closed = Strategy.objects.filter(objective=objective).exclude(closed_on=None)
    return closed.select_related("body").order_by("-closed_on", "-id")


def supporters_of(strategy: Strategy, person: AnyPerson) -> list[Organization]:
    """Return the organizations that support a strategy now and that `person` may see."""
    supports = StrategySupport.objects.filter(strategy=strategy, ended_on=None).values("organization")
    return list(organizations_visible_to(person).filter(pk__in=supports))
