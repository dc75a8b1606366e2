"""Queries for progress updates: published, due, drafts, and the publication queue."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Person
from accounts.permissions import AnyPerson, signed_in
from members.models import Representation
from objectives.models import ProgressUpdate, Strategy, StrategyQuerySet
from objectives.permissions import (
    strategies_writable_by,
    updates_editable_by,
    updates_publishable_by,
    updates_visible_to,
)
from objectives.queries.strategies import StrategyRow, published_now, rows_of
from objectives.rules import (
    CHAIR_ESCALATION_DAYS,
    DUE_SOON_DAYS,
    OPEN_STATES,
    REPORTED_STATES,
    ProgressStatus,
    UpdateState,
    progress_due_on,
)
from taskforces.models import Body, Term
from taskforces.permissions import bodies_chaired_by


@dataclass(frozen=True)
class DueUpdate:
    """An update that is due, with the current published update and the one that was returned for changes, if any."""

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
    """The updates that are due from a person, the drafts, and the other strategies that the person may update."""

    due: list[DueUpdate]
    drafts: dict[int, ProgressUpdate]
    """The person's own open updates by strategy id."""
    drafts_of_others: list[ProgressUpdate]
    """The open updates of others that the person may finish as chair or staff."""
    other_strategies: list[StrategyRow]


def latest_published(limit: int) -> QuerySet[ProgressUpdate]:
    """Return the updates that were published last, with strategy, objective and body."""
    updates = ProgressUpdate.objects.published().select_related("strategy__objective__plan", "strategy__body")
    return updates.order_by("-published_at", "-id")[:limit]


def update_history(body: Body, person: AnyPerson, limit: int) -> QuerySet[ProgressUpdate]:
    """Return the latest published updates of a body's strategies and, for members, those submitted."""
    updates = updates_visible_to(person).filter(strategy__body=body, state__in=REPORTED_STATES)
    return updates.select_related("strategy__objective__plan", "author").order_by("-reported_on", "-id")[:limit]


def with_latest_update(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotate `last_reported_on` and `last_status` of the latest update that is submitted or published.

    The date of an update is the one on which its status was last confirmed. Both are None without such an update.
    """
    updates = (
        ProgressUpdate.objects.filter(strategy=OuterRef("pk"), state__in=REPORTED_STATES)
        .annotate(confirmed_or_reported_on=Coalesce("confirmed_on", "reported_on"))
        .order_by("-confirmed_or_reported_on", "-id")
    )
    latest: dict[str, Any] = {
        "last_reported_on": Subquery(updates.values("confirmed_or_reported_on")[:1]),
        "last_status": Subquery(updates.values("status")[:1]),
    }
    return strategies.annotate(**latest)


def with_reportable_update(strategies: StrategyQuerySet) -> StrategyQuerySet:
    """Annotate `is_answered`: whether the responsible person can still report on the strategy."""
    of_lead = Representation.objects.with_rights().filter(
        person=OuterRef("responsible_person"), organization=OuterRef("lead_organization")
    )
    seated = Term.objects.current().filter(person=OuterRef("responsible_person"), seat__body=OuterRef("body"))
    active = Person.objects.filter(pk=OuterRef("responsible_person"), is_active=True, can_sign_in=True)
    is_answered: dict[str, Any] = {"is_answered": Exists(active) & (Exists(of_lead) | Exists(seated))}
    return strategies.annotate(**is_answered)


def due_updates(strategies: StrategyQuerySet, today: dt.date, days_ahead: int = DUE_SOON_DAYS) -> list[DueUpdate]:
    """Return the updates that are due within `days_ahead` days from today, the oldest due date first.

    No update is due for a strategy whose latest status is final.
    """
    found = with_latest_update(strategies).select_related(
        "objective__plan", "body", "lead_organization", "responsible_person"
    )
    dates = [
        (strategy, progress_due_on(strategy.reporting_frequency, strategy.last_reported_on, strategy.starts_on))
        for strategy in found
        if not (strategy.last_status and ProgressStatus(strategy.last_status).is_final)
    ]
    dates = [(strategy, due_on) for strategy, due_on in dates if (due_on - today).days <= days_ahead]
    latest = published_now([strategy.pk for strategy, _ in dates])
    rows = [
        DueUpdate(strategy, due_on, max(0, (today - due_on).days), latest.get(strategy.pk))
        for strategy, due_on in dates
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def updates_due_for(person: AnyPerson, today: dt.date) -> list[DueUpdate]:
    """Return the updates that are due from the person, and those that were returned to the person for changes.

    An update is due from the responsible person of its strategy. It is also due from the chair of the body if the
    strategy has no responsible person who can report, or once it is a week overdue.
    """
    if not signed_in(person):
        return []
    writable = strategies_writable_by(person)
    chaired = Q(body__in=bodies_chaired_by(person).values("pk"))
    rows = [
        row
        for row in due_updates(with_reportable_update(writable).filter(Q(responsible_person=person) | chaired), today)
        if row.strategy.responsible_person_id == person.pk
        or not row.strategy.is_answered
        or row.days_late >= CHAIR_ESCALATION_DAYS
    ]
    returned = {
        update.strategy_id: update
        for update in ProgressUpdate.objects.filter(
            author=person, state=UpdateState.RETURNED, strategy__in=writable.values("pk")
        ).select_related("strategy__objective__plan", "strategy__body", "strategy__lead_organization")
    }
    rows = [
        DueUpdate(row.strategy, row.due_on, row.days_late, row.last, returned.pop(row.strategy.pk, None))
        for row in rows
    ]
    latest = published_now(returned)
    rows += [
        DueUpdate(update.strategy, update.reported_on, 0, latest.get(pk), update) for pk, update in returned.items()
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.strategy.pk))


def late_strategies(today: dt.date) -> list[DueUpdate]:
    """Return all overdue updates, the oldest due date first."""
    return due_updates(Strategy.objects.open(), today, days_ahead=-1)


def open_drafts(person: AnyPerson) -> QuerySet[ProgressUpdate]:
    """Return the drafts that the person may edit: own drafts, for a chair those of the body, for staff all."""
    drafts = updates_editable_by(person).select_related("strategy__body", "strategy__objective", "author")
    return drafts.order_by("strategy__body__position", "strategy__id", "id")


def own_draft(person: Person, strategy: Strategy) -> ProgressUpdate | None:
    """Return the person's open update for the strategy, if there is one."""
    return ProgressUpdate.objects.filter(strategy=strategy, author=person, state__in=OPEN_STATES).first()


def updates_page(person: Person, today: dt.date) -> UpdatesPage:
    """Return the updates page of the person: due updates, drafts and other strategies."""
    due = updates_due_for(person, today)
    drafts = list(open_drafts(person))
    due_ids = {row.strategy.pk for row in due}
    writable = strategies_writable_by(person)
    return UpdatesPage(
        due=due,
        drafts={draft.strategy_id: draft for draft in drafts if draft.author_id == person.pk},
        drafts_of_others=[draft for draft in drafts if draft.author_id != person.pk],
        other_strategies=[row for row in rows_of(writable, today, person) if row.strategy.pk not in due_ids],
    )


def publication_queue(person: AnyPerson) -> list[tuple[ProgressUpdate, ProgressUpdate | None]]:
    """Return the submitted updates that the person may publish, the oldest first.

    Each comes with the current published update of its strategy.
    """
    updates = list(
        updates_publishable_by(person)
        .select_related("strategy__objective__plan", "strategy__body", "author", "submitted_by")
        .order_by("submitted_at", "id")
    )
    published = published_now({update.strategy_id for update in updates})
    return [(update, published.get(update.strategy_id)) for update in updates]
