"""Queries for objectives: their strategies, milestones and contributing organizations."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter

from django.db.models import Count, QuerySet

from accounts.permissions import AnyPerson
from members.models import Organization
from members.permissions import organizations_visible_to
from objectives.models import Milestone, Objective, ProgressUpdate, Strategy, StrategySupport
from objectives.queries.strategies import StrategyRow, rows_of, strategy_rows
from objectives.rules import ProgressStatus, format_status_summary, worst_status
from taskforces.models import Body


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective with its strategies and the counts of their statuses."""

    objective: Objective
    today: dt.date
    rows: list[StrategyRow] = field(default_factory=list)

    @property
    def updates(self) -> list[ProgressUpdate]:
        """The current published update of each strategy that has one."""
        return [row.update for row in self.rows if row.update]

    @cached_property
    def counts(self) -> dict[str, int]:
        """The number of strategies by published status."""
        return dict(Counter(update.status for update in self.updates))

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def unreported_count(self) -> int:
        """The number of strategies without a published update."""
        return sum(row.update is None for row in self.rows)

    @property
    def stale_count(self) -> int:
        return sum(row.is_stale for row in self.rows)

    @property
    def pending_count(self) -> int:
        """The number of strategies with an update that is not published yet; 0 for visitors."""
        return sum(row.pending is not None for row in self.rows)

    @property
    def worst_status(self) -> ProgressStatus | None:
        """The published status that needs most attention, or None if no update is published."""
        return worst_status(self.counts)

    @property
    def worst_row(self) -> StrategyRow | None:
        """The strategy whose badge is shown for the objective: with the worst status, the one that reported last."""
        worst = self.worst_status
        found = [(row.update.last_reported_on, row) for row in self.rows if row.update and row.update.status == worst]
        return max(found, key=itemgetter(0))[1] if found else None

    @property
    def oldest_report_on(self) -> dt.date | None:
        """The date of the oldest published update among strategies whose status is not final."""
        dates = [update.last_reported_on for update in self.updates if not ProgressStatus(update.status).is_final]
        return min(dates, default=None)

    @property
    def bodies(self) -> list[Body]:
        """The bodies that have a strategy for the objective, each once, in their own order."""
        found = {row.strategy.body_id: row.strategy.body for row in self.rows}
        return sorted(found.values(), key=lambda body: (body.position, body.name))

    @property
    def sentence(self) -> str:
        """The status of the strategies as text."""
        oldest = self.oldest_report_on
        return format_status_summary(
            self.counts, self.unreported_count, self.stale_count, (self.today - oldest).days if oldest else None
        )


def objective_rows(today: dt.date, person: AnyPerson, plan_slug: str | None = None) -> list[ObjectiveRow]:
    """Return the objectives of the current plan, or of the named plan, with the status of their strategies.

    For members the rows include updates that are not published yet. The number of queries is constant.
    """
    objectives = Objective.objects.select_related("plan")
    objectives = objectives.filter(plan__slug=plan_slug) if plan_slug else objectives.current()
    strategies = Strategy.objects.filter(objective__in=objectives, closed_on=None)
    by_objective: dict[int, list[StrategyRow]] = defaultdict(list)
    for row in rows_of(strategies, today, person):
        by_objective[row.strategy.objective_id].append(row)
    return [ObjectiveRow(objective, today, by_objective[objective.pk]) for objective in objectives]


def objective_row(objective: Objective, today: dt.date, person: AnyPerson) -> ObjectiveRow:
    """Return an objective of any plan with the status of its strategies."""
    return ObjectiveRow(objective, today, strategy_rows(today, objective=objective, person=person))


def strategy_counts() -> dict[tuple[int, int], int]:
    """Return the number of open strategies by objective id and body id."""
    pairs = Strategy.objects.open().order_by().values_list("objective", "body").annotate(count=Count("id"))
    return {(objective, body): count for objective, body, count in pairs}


def contributing_organizations(objective: Objective, person: AnyPerson) -> list[tuple[Organization, int, int]]:
    """Return the contributing organizations that `person` may see: (organization, strategies led, supported)."""
    led: Counter[int] = Counter()
    supported: Counter[int] = Counter()
    strategies = Strategy.objects.filter(objective=objective, closed_on=None)
    for pk in strategies.order_by().exclude(lead_organization=None).values_list("lead_organization", flat=True):
        led[pk] += 1
    supports = StrategySupport.objects.filter(strategy__in=strategies.order_by(), ended_on=None)
    for pk in supports.values_list("organization", flat=True):
        supported[pk] += 1
    organizations = organizations_visible_to(person).filter(pk__in={*led, *supported})
    rows = [(organization, led[organization.pk], supported[organization.pk]) for organization in organizations]
    return sorted(rows, key=lambda row: (-row[1], -row[2], row[0].name))


def milestones_of(objective: Objective) -> QuerySet[Milestone]:
    """Return the milestones of an objective's strategies in order of their due dates."""
    milestones = Milestone.objects.filter(strategy__objective=objective, strategy__closed_on=None)
    return milestones.select_related("strategy__body").order_by("due_on", "id")
