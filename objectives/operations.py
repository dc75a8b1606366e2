"""Every write to objectives, strategies, milestones and progress updates."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError, build_change_reason, create, lock, save_changes
from members.models import Organization
from members.operations import OnBehalf, record_act_on_behalf, represented_person
from members.permissions import represents
from objectives.models import (
    Milestone,
    Objective,
    ProgressUpdate,
    Strategy,
    StrategySupport,
)
from objectives.permissions import can_write_update
from objectives.rules import OPEN_STATES, UPDATE_TRANSITIONS, UpdateState
from taskforces.models import Body

# Progress updates ---------------------------------------------------------------------------------


@transaction.atomic
def save_draft(
    *,
    actor: Person,
    strategy: Strategy,
    status: str,
    narrative: str,
    today: dt.date,
    update: ProgressUpdate | None = None,
    version: int | None = None,
) -> ProgressUpdate:
    """Keep what was typed: in `update`, else in the actor's open update for the strategy, else in a new draft.

    Returns the draft. Raises EditConflictError when the draft changed after `version`, or came to be after a form
    without
    one was made, and OperationNotAllowedError when the strategy or the update is closed.
    """
    lock(strategy)  # two first drafts of one author wait for one another
    if not Strategy.objects.open().filter(pk=strategy.pk).exists():
        raise OperationNotAllowedError("This strategy is closed, so it takes no more updates.")
    if update is None:
        update = ProgressUpdate.objects.filter(strategy=strategy, author=actor, state__in=OPEN_STATES).first()
        if update is None:
            return create(
                ProgressUpdate,
                actor=actor,
                strategy=strategy,
                author=actor,
                status=status,
                narrative=narrative,
                reported_on=today,
            )
        if version is None:
            raise EditConflictError(update)
    current = lock(update)
    if current.state not in OPEN_STATES:
        raise OperationNotAllowedError(
            "This update was submitted meanwhile. Copy your text and write a new one to add to it."
        )
    if version is not None and current.version != version:
        raise EditConflictError(current)
    save_changes(current, actor=actor, status=status, narrative=narrative, reported_on=today)
    return current


@transaction.atomic
def submit_update(
    *, actor: Person, update: ProgressUpdate, now: dt.datetime, today: dt.date, version: int | None = None
) -> ProgressUpdate:
    """Show the update to all members and put it into the publication queue.

    Raises EditConflictError, and OperationNotAllowedError when its state does not allow it or a status or the words
    are missing.
    """
    current = lock(update, version)
    _check_move(current, UpdateState.SUBMITTED)
    if not current.status:
        raise OperationNotAllowedError("Choose a status before you submit.")
    if not current.narrative.strip():
        raise OperationNotAllowedError("Say in a sentence what moved before you submit.")
    save_changes(
        current,
        actor=actor,
        state=UpdateState.SUBMITTED,
        submitted_at=now,
        submitted_by=actor,
        reported_on=today,
        return_reason="",
    )
    return current


@transaction.atomic
def write_and_submit(
    *,
    actor: Person,
    strategy: Strategy,
    status: str,
    narrative: str,
    now: dt.datetime,
    today: dt.date,
    update: ProgressUpdate | None = None,
    version: int | None = None,
    on_behalf: OnBehalf | None = None,
) -> ProgressUpdate:
    """Save what was typed and submit it in one press; the same press twice submits once. Raises as both do.

    `on_behalf`: the actor writes what somebody else who may write for the strategy said, and stays its author.
    """
    _check_says(represented_person(actor, on_behalf), lock(strategy), on_behalf)
    if update is None:
        twin = ProgressUpdate.objects.submitted().filter(
            strategy=strategy, author=actor, status=status, narrative=narrative, reported_on=today
        )
        drafts = ProgressUpdate.objects.filter(strategy=strategy, author=actor, state__in=OPEN_STATES)
        if not drafts.exists() and (already := twin.first()):
            return already
    draft = save_draft(
        actor=actor,
        strategy=strategy,
        status=status,
        narrative=narrative,
        today=today,
        update=update,
        version=version,
    )
    submitted = submit_update(actor=actor, update=draft, now=now, today=today)
    what = f"“{strategy.title}”: {submitted.get_status_display().lower()}, a new update"
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=submitted, what=what)
    return submitted


@transaction.atomic
def publish_update(
    *, actor: Person, update: ProgressUpdate, now: dt.datetime, version: int | None = None
) -> ProgressUpdate:
    """Show a submitted update to the public.

    Raises EditConflictError, and OperationNotAllowedError when it does not wait for that.
    """
    current = lock(update, version)
    _check_move(current, UpdateState.PUBLISHED)
    save_changes(current, actor=actor, state=UpdateState.PUBLISHED, published_at=now, published_by=actor)
    return current


@transaction.atomic
def publish_updates(
    *, actor: Person, updates: Sequence[tuple[ProgressUpdate, int]], now: dt.datetime
) -> list[ProgressUpdate]:
    """Publish several updates, each with the version that was seen, or none of them. Raises as for one."""
    date_order_constraint = sorted(updates, key=lambda pair: pair[0].pk)
    return [
        publish_update(actor=actor, update=update, version=version, now=now)
        for update, version in date_order_constraint
    ]


@transaction.atomic
def return_update(*, actor: Person, update: ProgressUpdate, reason: str, version: int | None = None) -> ProgressUpdate:
    """Give a submitted update back to its author with the reason.

    Raises EditConflictError and OperationNotAllowedError.
    """
    current = lock(update, version)
    _check_move(current, UpdateState.RETURNED)
    if not reason.strip():
        raise OperationNotAllowedError("Say what the author should mend.")
    newer = ProgressUpdate.objects.filter(strategy=current.strategy_id, author=current.author_id, state__in=OPEN_STATES)
    if newer.exists():
        raise OperationNotAllowedError(
            "The author is already writing a newer update for this strategy. "
            "Leave this one here and publish the newer one when it comes."
        )
    save_changes(current, actor=actor, reason=reason, state=UpdateState.RETURNED, return_reason=reason.strip())
    return current


@transaction.atomic
def confirm_status(
    *,
    actor: Person,
    strategy: Strategy,
    today: dt.date,
    update: ProgressUpdate | None = None,
    version: int | None = None,
    how: str = "",
    on_behalf: OnBehalf | None = None,
) -> ProgressUpdate:
    """Renew the date of what is published for the strategy; public at once. Returns the confirmed update.

    `update` and `version` are what the person saw. Raises EditConflictError when something else is published by now,
    and
    OperationNotAllowedError when nothing is published or a newer update waits.
    """
    _check_says(represented_person(actor, on_behalf), lock(strategy), on_behalf)
    current = ProgressUpdate.objects.published().filter(strategy=strategy).first()
    if current is None:
        raise OperationNotAllowedError(
            "Nothing is published for this strategy yet, so there is nothing to confirm. Write an update."
        )
    if update is not None and update.pk != current.pk:
        raise EditConflictError(current)
    if ProgressUpdate.objects.submitted().filter(strategy=strategy).exists():
        raise OperationNotAllowedError(
            "A newer update waits to be published, so what is public now is not the last word."
        )
    current = lock(current, version)
    save_changes(
        current,
        actor=actor,
        reason=build_change_reason(on_behalf.reason if on_behalf else how, "Still true"),
        confirmed_on=max(today, current.reported_on),
        confirmed_by=actor,
    )
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=current, what=f"“{strategy.title}”: still true")
    return current


def _check_says(says: Person, strategy: Strategy, on_behalf: OnBehalf | None) -> None:
    if on_behalf and not can_write_update(says, strategy):
        raise OperationNotAllowedError(
            f"{says.name} does not write for this strategy, or it is closed. Choose somebody who does."
        )


def _check_move(update: ProgressUpdate, target: UpdateState) -> None:
    if target not in UPDATE_TRANSITIONS[update.state]:
        raise OperationNotAllowedError(
            f"This update is {update.get_state_display().lower()}, so it cannot be {target.label.lower()}."
        )


# Objectives, strategies, milestones -----------------------------------------------------------------


@transaction.atomic
def edit_objective(*, actor: Person, objective: Objective, version: int | None = None, **values: Any) -> Objective:
    """Change an objective's words. Raises EditConflictError and ValidationError."""
    current = lock(objective, version)
    save_changes(current, actor=actor, **values)
    return current


@transaction.atomic
def add_strategy(
    *, actor: Person, body: Body, today: dt.date, supports: Iterable[Organization] = (), **values: Any
) -> Strategy:
    """A new strategy of a body with its supporting organizations.

    Raises OperationNotAllowedError and ValidationError.
    """
    if body.dissolved_on is not None:
        raise OperationNotAllowedError(f"The {body.title} was dissolved, so it takes no new strategy.")
    _check_responsible(values.get("responsible_person"), values.get("lead_organization"))
    strategy = create(Strategy, actor=actor, body=body, **values)
    _set_supports(actor, strategy, supports, today)
    return strategy


@transaction.atomic
def edit_strategy(
    *,
    actor: Person,
    strategy: Strategy,
    today: dt.date,
    supports: Iterable[Organization] | None = None,
    version: int | None = None,
    **values: Any,
) -> Strategy:
    """Change a strategy and, unless `supports` is None, who supports it.

    Raises EditConflictError and OperationNotAllowedError.
    """
    current = lock(strategy, version)
    _check_responsible(
        values.get("responsible_person", current.responsible_person),
        values.get("lead_organization", current.lead_organization),
    )
    changed = save_changes(current, actor=actor, **values)
    if supports is not None and _set_supports(actor, current, supports, today) and not changed:
        current.version += 1  # the form shows its supporters too: whoever edits beside us must notice
        current._history_user = actor  # type: ignore[attr-defined]
        current.save(update_fields=["version", "updated_at"])
    return current


@transaction.atomic
def close_strategy(
    *, actor: Person, strategy: Strategy, today: dt.date, reason: str, version: int | None = None
) -> Strategy:
    """End a strategy: it stays on record and owes no more updates.

    Raises EditConflictError and OperationNotAllowedError.
    """
    current = lock(strategy, version)
    if current.closed_on is not None:
        raise OperationNotAllowedError("This strategy is closed already.")
    if today < current.starts_on:
        raise OperationNotAllowedError("This strategy has not begun. Change its start date first.")
    save_changes(current, actor=actor, reason=reason, closed_on=today, close_reason=reason.strip())
    return current


@transaction.atomic
def add_milestone(*, actor: Person, strategy: Strategy, title: str, due_on: dt.date) -> Milestone:
    """A dated step of an open strategy. Raises OperationNotAllowedError and ValidationError."""
    current = lock(strategy)
    if current.closed_on is not None:
        raise OperationNotAllowedError("This strategy is closed, so it takes no more milestones.")
    return create(Milestone, actor=actor, strategy=current, title=title, due_on=due_on)


@transaction.atomic
def complete_milestone(*, actor: Person, milestone: Milestone, today: dt.date, version: int | None = None) -> Milestone:
    """Mark a milestone reached today. Raises EditConflictError."""
    current = lock(milestone, version)
    save_changes(current, actor=actor, done_on=today)
    return current


@transaction.atomic
def reopen_milestone(*, actor: Person, milestone: Milestone, version: int | None = None) -> Milestone:
    """Take back that a milestone was reached. Raises EditConflictError."""
    current = lock(milestone, version)
    save_changes(current, actor=actor, done_on=None)
    return current


def _check_responsible(person: object, organization: object) -> None:
    if not isinstance(person, Person):
        return
    if not isinstance(organization, Organization):
        raise OperationNotAllowedError("Choose the lead organization of the responsible person too.")
    if not represents(person, organization):
        raise OperationNotAllowedError(
            f"{person} does not represent {organization.short_name}. "
            "Choose a person of the lead organization, or nobody for now."
        )


def _set_supports(actor: Person, strategy: Strategy, wanted: Iterable[Organization], today: dt.date) -> bool:
    """Make the current supporters exactly `wanted`; returns whether anything changed."""
    keep = {
        organization.pk: organization for organization in wanted if organization.pk != strategy.lead_organization_id
    }
    current = list(StrategySupport.objects.select_for_update().filter(strategy=strategy, ended_on=None))
    leaving = [support for support in current if support.organization_id not in keep]
    joining = set(keep) - {support.organization_id for support in current}
    for support in leaving:
        save_changes(support, actor=actor, ended_on=today)
    for pk in sorted(joining):
        create(StrategySupport, actor=actor, strategy=strategy, organization=keep[pk])
    return bool(leaving or joining)


# When organizations merge --------------------------------------------------------


@transaction.atomic
def move_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Give all that one organization leads or supports to another; returns the number of rows changed."""
    changed = 0
    for strategy in Strategy.objects.select_for_update().filter(lead_organization=source).order_by("pk"):
        save_changes(strategy, actor=actor, reason=f"Merged into {target.short_name}", lead_organization=target)
        changed += 1
    for support in StrategySupport.objects.select_for_update().filter(organization=source):
        beside = StrategySupport.objects.filter(strategy=support.strategy_id, organization=target, ended_on=None)
        if support.ended_on is None and beside.exists():
            save_changes(support, actor=actor, ended_on=today)  # one current support for the two
        save_changes(support, actor=actor, reason=f"Merged into {target.short_name}", organization=target)
        changed += 1
    return changed
