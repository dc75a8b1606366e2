"""Reads over progress updates: what is published, owed, drafted and waiting."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.permissions import AnyPerson, signed_in
from members.models import Representation
from objectives.models import ProgressUpdate, Strategy, StrategyQuerySet
from objectives.permissions import strategies_written_by, updates_edited_by, updates_published_by, updates_visible_to
from objectives.queries.strategies import StrategyRow, published_now, rows_of
from objectives.rules import (
    CHAIR_ESCALATION_DAYS,
    DUE_SOON_DAYS,
    OPEN_STATES,
    ProgressStatus,
    UpdateState,
    progress_due_on,
)
from taskforces.models import Body, Term
from taskforces.permissions import bodies_chaired_by


@dataclass(frozen=True)
class DueUpdate:
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
class UpdatesPage:
    """What a person owes, has begun, and else may write for."""

    owed: list[DueUpdate]
    drafts: dict[int, ProgressUpdate]
    """One's own open updates by strategy id."""
    others_drafts: list[ProgressUpdate]
    """The open updates of others that one may finish as chair or staff."""
    rest: list[StrategyRow]


def latest_published(limit: int) -> QuerySet[ProgressUpdate]:
    """What was published last, with strategy, objective and body."""
    updates = ProgressUpdate.objects.published().select_related("strategy__objective__plan", "strategy__body")
    return updates.order_by("-published_at", "-id")[:limit]


def update_history(body: Body, person: AnyPerson, limit: int) -> QuerySet[ProgressUpdate]:
    """The latest updates of a body's strategies that were published, and for members those submitted."""
    said = updates_visible_to(person).filter(
        strategy__body=body, state__in=[UpdateState.PUBLISHED, UpdateState.SUBMITTED]
    )
    return said.select_related("strategy__objective__plan", "author").order_by("-reported_on", "-id")[:limit]


def with_latest_update(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotated with `last_reported_on` and `last_status` of the last update that was submitted, published or confirmed."""
    words = (
        ProgressUpdate.objects.filter(strategy=OuterRef("pk"), state__in=[UpdateState.SUBMITTED, UpdateState.PUBLISHED])
        .annotate(word_on=Coalesce("confirmed_on", "reported_on"))
        .order_by("-word_on", "-id")
    )
    return strategies.annotate(
        last_reported_on=Subquery(words.values("word_on")[:1]), last_status=Subquery(words.values("status")[:1])
    )


def with_reportable_update(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotated with `is_answered`: whether the responsible person can still write for the strategy."""
    of_lead = Representation.objects.with_rights().filter(
        person=OuterRef("responsible_person"), organization=OuterRef("lead_organization")
    )
    seated = Term.objects.current().filter(person=OuterRef("responsible_person"), seat__body=OuterRef("body"))
    active = Person.objects.filter(pk=OuterRef("responsible_person"), is_active=True, can_sign_in=True)
    return strategies.annotate(is_answered=Exists(active) & (Exists(of_lead) | Exists(seated)))


def due(strategies: StrategyQuerySet, today: dt.date, days_ahead: int = DUE_SOON_DAYS) -> list[DueUpdate]:
    """What the strategies owe by `days_ahead` days from today, the most late first. What is done owes nothing."""
    found = with_latest_update(strategies).select_related(
        "objective__plan", "body", "lead_organization", "responsible_person"
    )
    owing = [
        (strategy, progress_due_on(strategy.reporting_frequency, strategy.last_reported_on, strategy.starts_on))  # type: ignore[attr-defined]
        for strategy in found
        if strategy.last_status != ProgressStatus.DONE  # type: ignore[attr-defined]
    ]
    owing = [(strategy, day) for strategy, day in owing if (day - today).days <= days_ahead]
    last = published_now([strategy.pk for strategy, _ in owing])
    rows = [DueUpdate(strategy, day, max(0, (today - day).days), last.get(strategy.pk)) for strategy, day in owing]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def updates_due_for(person: AnyPerson, today: dt.date) -> list[DueUpdate]:
    """What a person owes: updates due for the strategies one answers for, and what was returned to one.

    A chair owes for those that nobody answers for, and for those a week late.
    """
    if not signed_in(person):
        return []
    written = strategies_written_by(person)
    chaired = Q(body__in=bodies_chaired_by(person).values("pk"))
    mine = with_reportable_update(written).filter(Q(responsible_person=person) | chaired)
    rows = [
        row
        for row in due(mine, today)
        if row.strategy.responsible_person_id == person.pk
        or not row.strategy.is_answered  # type: ignore[attr-defined]
        or row.days_late >= CHAIR_ESCALATION_DAYS
    ]
    returned = {
        update.strategy_id: update
        for update in ProgressUpdate.objects.filter(
            author=person, state=UpdateState.RETURNED, strategy__in=written.values("pk")
        ).select_related("strategy__objective__plan", "strategy__body", "strategy__lead_organization")
    }
    rows = [
        DueUpdate(row.strategy, row.due_on, row.days_late, row.last, returned.pop(row.strategy.pk, None))
        for row in rows
    ]
    last = published_now(returned)
    rows += [DueUpdate(update.strategy, update.reported_on, 0, last.get(pk), update) for pk, update in returned.items()]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def late_strategies(today: dt.date) -> list[DueUpdate]:
    """Every strategy whose update is overdue, the most late first."""
    return due(Strategy.objects.open(), today, days_ahead=-1)


def open_drafts(person: AnyPerson) -> QuerySet[ProgressUpdate]:
    """The drafts that the person may finish: one's own; a chair those of the body, staff all."""
    drafts = updates_edited_by(person).select_related("strategy__body", "strategy__objective", "author")
    return drafts.order_by("strategy__body__position", "strategy__id", "id")


def own_draft(person: Person, strategy: Strategy) -> ProgressUpdate | None:
    """The update that the person has begun for the strategy."""
    return ProgressUpdate.objects.filter(strategy=strategy, author=person, state__in=OPEN_STATES).first()


def updates_page(person: Person, today: dt.date) -> UpdatesPage:
    """All that one owes, one's drafts, and the other strategies one may write for."""
    owed = updates_due_for(person, today)
    drafts = list(open_drafts(person))
    named = {row.strategy.pk for row in owed}
    written = strategies_written_by(person)
    return UpdatesPage(
        owed=owed,
        drafts={draft.strategy_id: draft for draft in drafts if draft.author_id == person.pk},
        others_drafts=[draft for draft in drafts if draft.author_id != person.pk],
        rest=[row for row in rows_of(written, today, person) if row.strategy.pk not in named],
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
