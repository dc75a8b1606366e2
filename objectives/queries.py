"""Page-shaped reads of strategies and their progress. What is public counts only what is published."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from members.models import ActOnBehalf, Organization, Person, Representation
from members.permissions import AnyPerson, is_staff, organizations_visible_to, signed_in
from members.queries import acts_on
from objectives.models import (
    DataPoint,
    Measure,
    Milestone,
    Objective,
    ProgressUpdate,
    Strategy,
    StrategyQuerySet,
    StrategySupport,
)
from objectives.permissions import (
    can_lead_strategy,
    strategies_written_by,
    updates_edited_by,
    updates_published_by,
    updates_visible_to,
)
from objectives.rules import (
    CHAIR_ASKS_AFTER_DAYS,
    OPEN_STATES,
    OWED_DAYS_AHEAD,
    ProgressStatus,
    UpdateState,
    is_stale,
    progress_due_on,
    say_state,
    worst,
)
from taskforces.models import Body, Term
from taskforces.permissions import bodies_chaired_by, is_member


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
    def silent_count(self) -> int:
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
        return max(with_word, key=lambda row: row.update.last_word_on, default=None)  # type: ignore[union-attr]

    @property
    def oldest_word_on(self) -> dt.date | None:
        """The date of the oldest published word; what is done no longer ages."""
        words = [
            row.update.last_word_on for row in self.rows if row.update and row.update.status != ProgressStatus.DONE
        ]
        return min(words, default=None)

    @property
    def bodies(self) -> list[Body]:
        """The bodies that serve the objective, in their own order, each once."""
        found = {row.strategy.body_id: row.strategy.body for row in self.rows}
        return sorted(found.values(), key=lambda body: (body.position, body.name))

    @property
    def sentence(self) -> str:
        oldest = self.oldest_word_on
        return say_state(
            self.counts, self.silent_count, self.stale_count, (self.today - oldest).days if oldest else None
        )


@dataclass(frozen=True)
class OwedUpdate:
    """An update that somebody owes: by when, and what was said last."""

    strategy: Strategy
    due_on: dt.date
    days_late: int
    last: ProgressUpdate | None
    returned: ProgressUpdate | None = None

    @property
    def is_late(self) -> bool:
        return self.days_late > 0


@dataclass(frozen=True)
class StrategyPage:
    """All that the page of one strategy shows to one reader."""

    row: StrategyRow
    diary: list[ProgressUpdate]
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


@dataclass(frozen=True)
class OwedPage:
    """What a person owes, has begun, and else may write for."""

    owed: list[OwedUpdate]
    drafts: dict[int, ProgressUpdate]
    """One's own open updates by strategy id."""
    others_drafts: list[ProgressUpdate]
    """The open updates of others that one may finish as chair or staff."""
    rest: list[StrategyRow]


# Rows ---------------------------------------------------------------------------------------------


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
    return _rows(strategies, today, person or AnonymousUser())


def objective_rows(today: dt.date, person: AnyPerson, plan_slug: str | None = None) -> list[ObjectiveRow]:
    """The objectives of the current plan, or of the one named, with the state of their strategies.

    Members also learn how many updates wait. The number of queries does not depend on the number of rows.
    """
    objectives = Objective.objects.select_related("plan")
    objectives = objectives.filter(plan__slug=plan_slug) if plan_slug else objectives.current()
    strategies = Strategy.objects.filter(objective__in=objectives, closed_on=None)
    by_objective: dict[int, list[StrategyRow]] = defaultdict(list)
    for row in _rows(strategies, today, person):
        by_objective[row.strategy.objective_id].append(row)
    return [ObjectiveRow(objective, today, by_objective[objective.pk]) for objective in objectives]


def objective_row(objective: Objective, today: dt.date, person: AnyPerson) -> ObjectiveRow:
    """One objective of any plan with the state of its strategies."""
    return ObjectiveRow(objective, today, strategy_rows(today, objective=objective, person=person))


def strategy_page(pk: int, person: AnyPerson, today: dt.date) -> StrategyPage:
    """The page of the strategy `pk`, open or closed. Raises ValueError when there is none."""
    (row,) = _rows(Strategy.objects.filter(pk=pk).select_related("responsible_person"), today, person)
    visible = updates_visible_to(person).filter(strategy=pk)
    diary = list(visible.select_related("author", "confirmed_by").order_by("-reported_on", "-id"))
    acts: dict[int, list[ActOnBehalf]] = defaultdict(list)
    if is_member(person):
        for (update, _), act in acts_on(ProgressUpdate, [update.pk for update in diary]).items():
            acts[update].append(act)
    return StrategyPage(
        row=row,
        diary=diary,
        supporters=supporters_of(row.strategy, person),
        milestones=list(row.strategy.milestones.order_by("due_on", "id")),
        measures=list(_with_points(Measure.objects.filter(strategy=pk))),
        is_member=is_member(person),
        may_lead=can_lead_strategy(person, row.strategy),
        editable=set(updates_edited_by(person).filter(strategy=pk).values_list("pk", flat=True)),
        acts=dict(acts),
        may_enter=is_staff(person) and row.may_write,
    )


def _rows(strategies: StrategyQuerySet, today: dt.date, person: AnyPerson) -> list[StrategyRow]:
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
            stale=update is not None and is_stale(strategy.rhythm, update.status, update.last_word_on, today),
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


def grid() -> dict[tuple[int, int], int]:
    """How many strategies each body pursues for each objective, by (objective id, body id)."""
    pairs = Strategy.objects.open().order_by().values_list("objective", "body").annotate(count=Count("id"))
    return {(objective, body): count for objective, body, count in pairs}


def closed_strategies(objective: Objective) -> StrategyQuerySet:
    """Those of an objective that have ended, the last one first."""
    closed = Strategy.objects.filter(objective=objective).exclude(closed_on=None)
    return closed.select_related("body").order_by("-closed_on", "-id")


def organizations_carrying(objective: Objective, person: AnyPerson) -> list[tuple[Organization, int, int]]:
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


def supporters_of(strategy: Strategy, person: AnyPerson) -> list[Organization]:
    """The organizations that support a strategy now, as far as `person` may know of them."""
    supports = StrategySupport.objects.filter(strategy=strategy, ended_on=None).values("organization")
    return list(organizations_visible_to(person).filter(pk__in=supports))


# Updates ------------------------------------------------------------------------------------------


def latest_published(limit: int) -> QuerySet[ProgressUpdate]:
    """What was published last, with strategy, objective and body."""
    updates = ProgressUpdate.objects.published().select_related("strategy__objective__plan", "strategy__body")
    return updates.order_by("-published_at", "-id")[:limit]


def diary(body: Body, person: AnyPerson, limit: int) -> QuerySet[ProgressUpdate]:
    """The latest updates of a body's strategies that were published, and for members those submitted."""
    said = updates_visible_to(person).filter(
        strategy__body=body, state__in=[UpdateState.PUBLISHED, UpdateState.SUBMITTED]
    )
    return said.select_related("strategy__objective__plan", "author").order_by("-reported_on", "-id")[:limit]


def with_last_word(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotated with `last_word_on` and `last_status` of the last update that was submitted, published or confirmed."""
    words = (
        ProgressUpdate.objects.filter(strategy=OuterRef("pk"), state__in=[UpdateState.SUBMITTED, UpdateState.PUBLISHED])
        .annotate(word_on=Coalesce("confirmed_on", "reported_on"))
        .order_by("-word_on", "-id")
    )
    return strategies.annotate(
        last_word_on=Subquery(words.values("word_on")[:1]), last_status=Subquery(words.values("status")[:1])
    )


def with_answerable(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotated with `is_answered`: whether the responsible person can still write for the strategy."""
    of_lead = Representation.objects.with_rights().filter(
        person=OuterRef("responsible_person"), organization=OuterRef("lead_organization")
    )
    seated = Term.objects.current().filter(person=OuterRef("responsible_person"), seat__body=OuterRef("body"))
    active = Person.objects.filter(pk=OuterRef("responsible_person"), is_active=True, may_sign_in=True)
    return strategies.annotate(is_answered=Exists(active) & (Exists(of_lead) | Exists(seated)))


def due(strategies: StrategyQuerySet, today: dt.date, days_ahead: int = OWED_DAYS_AHEAD) -> list[OwedUpdate]:
    """What the strategies owe by `days_ahead` days from today, the most late first. What is done owes nothing."""
    found = with_last_word(strategies).select_related(
        "objective__plan", "body", "lead_organization", "responsible_person"
    )
    owing = [
        (strategy, progress_due_on(strategy.rhythm, strategy.last_word_on, strategy.starts_on))  # type: ignore[attr-defined]
        for strategy in found
        if strategy.last_status != ProgressStatus.DONE  # type: ignore[attr-defined]
    ]
    owing = [(strategy, day) for strategy, day in owing if (day - today).days <= days_ahead]
    last = published_now([strategy.pk for strategy, _ in owing])
    rows = [OwedUpdate(strategy, day, max(0, (today - day).days), last.get(strategy.pk)) for strategy, day in owing]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def owed_by(person: AnyPerson, today: dt.date) -> list[OwedUpdate]:
    """What a person owes: updates due for the strategies one answers for, and what was returned to one.

    A chair owes for those that nobody answers for, and for those a week late.
    """
    if not signed_in(person):
        return []
    written = strategies_written_by(person)
    chaired = Q(body__in=bodies_chaired_by(person).values("pk"))
    mine = with_answerable(written).filter(Q(responsible_person=person) | chaired)
    rows = [
        row
        for row in due(mine, today)
        if row.strategy.responsible_person_id == person.pk
        or not row.strategy.is_answered  # type: ignore[attr-defined]
        or row.days_late >= CHAIR_ASKS_AFTER_DAYS
    ]
    returned = {
        update.strategy_id: update
        for update in ProgressUpdate.objects.filter(
            author=person, state=UpdateState.RETURNED, strategy__in=written.values("pk")
        ).select_related("strategy__objective__plan", "strategy__body", "strategy__lead_organization")
    }
    rows = [
        OwedUpdate(row.strategy, row.due_on, row.days_late, row.last, returned.pop(row.strategy.pk, None))
        for row in rows
    ]
    last = published_now(returned)
    rows += [
        OwedUpdate(update.strategy, update.reported_on, 0, last.get(pk), update) for pk, update in returned.items()
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def late_strategies(today: dt.date) -> list[OwedUpdate]:
    """Every strategy whose update is overdue, the most late first."""
    return due(Strategy.objects.open(), today, days_ahead=-1)


def open_drafts(person: AnyPerson) -> QuerySet[ProgressUpdate]:
    """The drafts that the person may finish: one's own; a chair those of the body, staff all."""
    drafts = updates_edited_by(person).select_related("strategy__body", "strategy__objective", "author")
    return drafts.order_by("strategy__body__position", "strategy__id", "id")


def own_draft(person: Person, strategy: Strategy) -> ProgressUpdate | None:
    """The update that the person has begun for the strategy."""
    return ProgressUpdate.objects.filter(strategy=strategy, author=person, state__in=OPEN_STATES).first()


def owed_page(person: Person, today: dt.date) -> OwedPage:
    """All that one owes, one's drafts, and the other strategies one may write for."""
    owed = owed_by(person, today)
    drafts = list(open_drafts(person))
    named = {row.strategy.pk for row in owed}
    written = strategies_written_by(person)
    return OwedPage(
        owed=owed,
        drafts={draft.strategy_id: draft for draft in drafts if draft.author_id == person.pk},
        others_drafts=[draft for draft in drafts if draft.author_id != person.pk],
        rest=[row for row in _rows(written, today, person) if row.strategy.pk not in named],
    )


def publication_queue(person: AnyPerson) -> list[tuple[ProgressUpdate, ProgressUpdate | None]]:
    """The submitted updates that the person may publish, the oldest first, each with what is published now."""
    updates = list(
        updates_published_by(person)
        .select_related("strategy__objective__plan", "strategy__body", "author", "submitted_by")
        .order_by("submitted_at", "id")
    )
    published = published_now({update.strategy_id for update in updates})
    return [(update, published.get(update.strategy_id)) for update in updates]


def to_publish_count(person: AnyPerson) -> int:
    """How many updates wait for the person to publish them."""
    return updates_published_by(person).count()


# Measures -----------------------------------------------------------------------------------------


def measures_of(objective: Objective) -> QuerySet[Measure]:
    """An objective's measures with their points in time."""
    return _with_points(Measure.objects.filter(objective=objective))


def outcome_measures() -> QuerySet[Measure]:
    """The measures of the whole Workgroup, those that no objective owns, with their points in time."""
    return _with_points(Measure.objects.filter(objective=None, strategy=None))


def _with_points(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    points = Prefetch("points", DataPoint.objects.order_by("starts_on", "ends_on"))
    return measures.prefetch_related(points).order_by("-kind", "id")
