"""Writes to strategies, their supporting organizations and their milestones."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from core.operations import OperationNotAllowedError, bump_version, create, lock, require_permission, save_changes
from members.models import Organization
from members.permissions import represents
from objectives.models import Milestone, Strategy, StrategySupport
from objectives.permissions import can_manage_strategy, can_reassign_strategies
from taskforces.models import Body
from taskforces.permissions import leads

# Strategies ---------------------------------------------------------------------------------------


@transaction.atomic
def add_strategy(
    *, actor: Person, body: Body, today: dt.date, supports: Iterable[Organization] = (), **values: Any
) -> Strategy:
    """Add a strategy to a body, with its supporting organizations.

    Raises PermissionDenied, OperationNotAllowedError if the body is dissolved, and ValidationError.
    """
    require_permission(leads(actor, body), add_reason(body))
    if body.dissolved_on is not None:
        raise OperationNotAllowedError(
            _("The %(body)s was dissolved. You can't add a strategy to it.") % {"body": body.title}
        )
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
    """Change a strategy and, unless `supports` is None, its supporting organizations.

    Raises PermissionDenied, EditConflictError, OperationNotAllowedError if the responsible person does not fit, and
    ValidationError.
    """
    current = _lock_managed(actor, strategy, version)
    _check_responsible(
        values.get("responsible_person", current.responsible_person),
        values.get("lead_organization", current.lead_organization),
    )
    changed = save_changes(current, actor=actor, **values)
    if supports is not None and _set_supports(actor, current, supports, today) and not changed:
        # The form includes the supporting organizations, so someone who edits at the same time must get a conflict.
        bump_version(current, actor=actor)
    return current


@transaction.atomic
def close_strategy(
    *, actor: Person, strategy: Strategy, today: dt.date, reason: str, version: int | None = None
) -> Strategy:
    """Close a strategy: it stays on record, and no more updates are due.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if the strategy has not started.
    """
    current = _lock_managed(actor, strategy, version)
    if today < current.starts_on:
        raise OperationNotAllowedError(_("This strategy has not started yet. Change its start date first."))
    save_changes(current, actor=actor, reason=reason, closed_on=today, close_reason=reason.strip())
    return current


@transaction.atomic
def reassign_strategy(*, actor: Person, strategy: Strategy, responsible_person: Person | None) -> Strategy:
    """Pass the strategy of a person who leaves on to someone else, or to no one: then the chair reports.

    Unlike `edit_strategy` this includes strategies of older plans and dissolved bodies. Raises PermissionDenied, and
    OperationNotAllowedError if the new person does not represent the lead organization.
    """
    _require_reassignment(actor)
    current = lock(strategy)
    _check_responsible(responsible_person, current.lead_organization)
    save_changes(current, actor=actor, responsible_person=responsible_person)
    return current


def add_reason(body: Body) -> str:
    """Return the text for a person who may not add strategies to the body."""
    return _("Only the chair of the %(body)s and Workgroup staff can add strategies.") % {"body": body.title}


def _lock_managed(actor: Person, strategy: Strategy, version: int | None = None) -> Strategy:
    """Return the strategy, locked, if the actor may change it. Raises PermissionDenied and EditConflictError.

    The right is checked again under the lock, since someone may have closed the strategy in the meantime.
    """
    reason = manage_reason(strategy)
    require_permission(can_manage_strategy(actor, strategy), reason)
    current = lock(strategy, version)
    require_permission(can_manage_strategy(actor, current), reason)
    return current


def manage_reason(strategy: Strategy) -> str:
    """Return the text for a person who may not change the strategy."""
    if strategy.closed_on is not None:
        return _("This strategy is closed, so it can't be changed.")
    return _(
        "Only the chair of the %(body)s and Workgroup staff can change this strategy and its milestones, "
        "and only while it is open."
    ) % {"body": strategy.body.title}


def _check_responsible(person: object, organization: object) -> None:
    if not isinstance(person, Person):
        return
    if not isinstance(organization, Organization):
        raise OperationNotAllowedError(_("Select the lead organization that the responsible person represents."))
    if not represents(person, organization):
        raise OperationNotAllowedError(
            _(
                "%(person)s does not represent %(organization)s. "
                "Select someone from the lead organization, or leave the responsible person blank."
            )
            % {"person": person, "organization": organization.short_name}
        )


def _set_supports(actor: Person, strategy: Strategy, wanted: Iterable[Organization], today: dt.date) -> bool:
    """Make `wanted` the current supporting organizations. Return True if anything changed."""
    by_id = {
        organization.pk: organization for organization in wanted if organization.pk != strategy.lead_organization_id
    }
    current = list(StrategySupport.objects.select_for_update().filter(strategy=strategy, ended_on=None))
    removed = [support for support in current if support.organization_id not in by_id]
    added = set(by_id) - {support.organization_id for support in current}
    for support in removed:
        save_changes(support, actor=actor, ended_on=today)
    for pk in sorted(added):
        create(StrategySupport, actor=actor, strategy=strategy, organization=by_id[pk])
    return bool(removed or added)


# Milestones ---------------------------------------------------------------------------------------


@transaction.atomic
def add_milestone(*, actor: Person, strategy: Strategy, title: str, due_on: dt.date) -> Milestone:
    """Add a milestone to an open strategy. Raises PermissionDenied and ValidationError."""
    current = _lock_managed(actor, strategy)
    return create(Milestone, actor=actor, strategy=current, title=title, due_on=due_on)


@transaction.atomic
def complete_milestone(*, actor: Person, milestone: Milestone, today: dt.date, version: int | None = None) -> Milestone:
    """Mark a milestone as reached today. Raises PermissionDenied and EditConflictError."""
    _lock_managed(actor, milestone.strategy)
    current = lock(milestone, version)
    save_changes(current, actor=actor, done_on=today)
    return current


@transaction.atomic
def reopen_milestone(*, actor: Person, milestone: Milestone, version: int | None = None) -> Milestone:
    """Mark a milestone as not reached. Raises PermissionDenied and EditConflictError."""
    _lock_managed(actor, milestone.strategy)
    current = lock(milestone, version)
    save_changes(current, actor=actor, done_on=None)
    return current


# When organizations merge -------------------------------------------------------------------------


@transaction.atomic
def reassign_organization(*, actor: Person, source: Organization, target: Organization, today: dt.date) -> int:
    """Make `target` lead and support everything that `source` does. Return the number of changed rows.

    Raises PermissionDenied.
    """
    _require_reassignment(actor)
    reason = _("Merged into %(organization)s") % {"organization": target.short_name}
    changed = 0
    for strategy in Strategy.objects.select_for_update().filter(lead_organization=source).order_by("pk"):
        save_changes(strategy, actor=actor, reason=reason, lead_organization=target)
        changed += 1
    for support in StrategySupport.objects.select_for_update().filter(organization=source):
        duplicates = StrategySupport.objects.filter(strategy=support.strategy_id, organization=target, ended_on=None)
        if support.ended_on is None and duplicates.exists():
            save_changes(support, actor=actor, ended_on=today)  # the merged organization supports a strategy once
        save_changes(support, actor=actor, reason=reason, organization=target)
        changed += 1
    return changed


def _require_reassignment(actor: Person) -> None:
    require_permission(can_reassign_strategies(actor), _("Only Workgroup staff can reassign strategies."))
