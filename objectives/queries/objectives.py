"""Reads over objectives: each with its strategies, who carries it, its milestones."""

import datetime as dt
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Count, QuerySet

from accounts.permissions import AnyPerson
from members.models import Organization
from members.permissions import organizations_visible_to
from objectives.models import Milestone, Objective, Strategy, StrategySupport
from objectives.queries.strategies import StrategyRow, rows_of, strategy_rows
from objectives.rules import ProgressStatus, format_status_summary, worst
from taskforces.models import Body


@dataclass(frozen=True)
class ObjectiveRow:
    """An objective with the state of its strategies, rolled up as counts."""

    objective: Objective
    today: dt.date
    rows: list[StrategyRow] = field(default_factory=list)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Strategies by published status."""
        return dict(Counter(row.update.status for row in self.rows if row.update))

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def unreported_count(self) -> int:
        """Strategies that have published no word."""
        return sum(row.update is None for row in self.rows)

    @property
    def stale_count(self) -> int:
        return sum(row.stale for row in self.rows)

    @property
    def waiting_count(self) -> int:
        """Strategies with an update that waits to be published; zero for visitors."""
        return sum(row.waiting is not None for row in self.rows)

    @property
    def worst(self) -> str:
        """The published status that needs most attention; empty when nothing is published."""
        return worst(self.counts)

    @property
    def worst_row(self) -> StrategyRow | None:
        """The strategy whose status speaks for the objective: of those with the worst one, the latest word."""
        with_word = [row for row in self.rows if row.update and row.update.status == self.worst]
        return max(with_word, key=lambda row: row.update.last_reported_on, default=None)  # type: ignore[union-attr]

    @property
    def oldest_report_on(self) -> dt.date | None:
        """The date of the oldest published word; what is done no longer ages."""
        words = [
            row.update.last_reported_on for row in self.rows if row.update and row.update.status != ProgressStatus.DONE
        ]
        return min(words, default=None)

    @property
    def bodies(self) -> list[Body]:
        """The bodies that serve the objective, in their own order, each once."""
        found = {row.strategy.body_id: row.strategy.body for row in self.rows}
        return sorted(found.values(), key=lambda body: (body.position, body.name))

    @property
    def sentence(self) -> str:
        oldest = self.oldest_report_on
        return format_status_summary(
            self.counts, self.unreported_count, self.stale_count, (self.today - oldest).days if oldest else None
        )


def objective_rows(today: dt.date, person: AnyPerson, plan_slug: str | None = None) -> list[ObjectiveRow]:
    """The objectives of the current plan, or of the one named, with the state of their strategies.

    Members also learn how many updates wait. The number of queries does not depend on the number of rows.
    """
    objectives = Objective.objects.select_related("plan")
    objectives = objectives.filter(plan__slug=plan_slug) if plan_slug else objectives.current()
    strategies = Strategy.objects.filter(objective__in=objectives, closed_on=None)
    by_objective: dict[int, list[StrategyRow]] = defaultdict(list)
    for row in rows_of(strategies, today, person):
        by_objective[row.strategy.objective_id].append(row)
    return [ObjectiveRow(objective, today, by_objective[objective.pk]) for objective in objectives]


def objective_row(objective: Objective, today: dt.date, person: AnyPerson) -> ObjectiveRow:
    """One objective of any plan with the state of its strategies."""
    return ObjectiveRow(objective, today, strategy_rows(today, objective=objective, person=person))


def grid() -> dict[tuple[int, int], int]:
    """How many strategies each body pursues for each objective, by (objective id, body id)."""
    pairs = Strategy.objects.open().order_by().values_list("objective", "body").annotate(count=Count("id"))
    return {(objective, body): count for objective, body, count in pairs}


def contributing_organizations(objective: Objective, person: AnyPerson) -> list[tuple[Organization, int, int]]:
    """Who carries an objective, as far as `person` may know of them: (organization, strategies led, supported)."""
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
    """The dated steps of an objective's strategies, in time."""
    steps = Milestone.objects.filter(strategy__objective=objective, strategy__closed_on=None)
    return steps.select_related("strategy__body").order_by("due_on", "id")
