"""Writes to progress updates: draft, submit, publish, return and confirm."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from core.operations import (
    EditConflictError,
    OperationNotAllowedError,
    build_change_reason,
    create,
    lock,
    require_permission,
    save_changes,
)
from members.operations import OnBehalf, record_act_on_behalf, represented_person
from objectives.models import ProgressUpdate, Strategy
from objectives.permissions import can_contribute, can_publish_for, can_write_update
from objectives.rules import OPEN_STATES, UPDATE_TRANSITIONS, UpdateState
from taskforces.models import Body


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
    """Save a draft: `update` if given, else the actor's open update for the strategy, else a new one.

    Status and narrative may be blank in a draft. Returns the draft. Raises PermissionDenied, EditConflictError if the
    draft
    changed after `version` or was created after a form without a version was opened, and OperationNotAllowedError if
    the update was
    submitted in the meantime.
    """
    _require_contributor(actor, strategy, update)
    lock(strategy)  # two first drafts by the same author wait for each other
    _require_contributor(actor, strategy, update)
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
            _("This update was submitted while you were editing. Copy your text and start a new update.")
        )
    if version is not None and current.version != version:
        raise EditConflictError(current)
    save_changes(current, actor=actor, status=status, narrative=narrative, reported_on=today)
    return current


@transaction.atomic
def submit_update(
    *, actor: Person, update: ProgressUpdate, now: dt.datetime, today: dt.date, version: int | None = None
) -> ProgressUpdate:
    """Submit an update: members see it, and it enters the publication queue.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if its state does not allow it, or the
    status or text is missing.
    """
    _require_contributor(actor, update.strategy, update)
    current = lock(update, version)
    _check_transition(current, UpdateState.SUBMITTED)
    if not current.status:
        raise OperationNotAllowedError(_("Select a status before you submit the update."))
    if not current.narrative.strip():
        raise OperationNotAllowedError(
            _("Describe the progress in at least one sentence before you submit the update.")
        )
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
    """Save an update and submit it. The same call twice submits once. Raises as `save_draft` and `submit_update` do.

    With `on_behalf` a staff member enters the update of a person who may write for the strategy. The staff member is
    its author, and the entry is recorded.
    """
    _require_contributor(actor, strategy, update, on_behalf)
    lock(strategy)
    if update is None:
        same = ProgressUpdate.objects.submitted().filter(
            strategy=strategy, author=actor, status=status, narrative=narrative, reported_on=today
        )
        drafts = ProgressUpdate.objects.filter(strategy=strategy, author=actor, state__in=OPEN_STATES)
        if not drafts.exists() and (submitted := same.first()):
            return submitted
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
    entry = _("“%(strategy)s”: new update, status “%(status)s”") % {
        "strategy": strategy.title,
        "status": submitted.get_status_display(),
    }
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=submitted, what=entry)
    return submitted


@transaction.atomic
def publish_update(
    *, actor: Person, update: ProgressUpdate, now: dt.datetime, version: int | None = None
) -> ProgressUpdate:
    """Publish a submitted update.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if it is not submitted.
    """
    _require_publisher(actor, update)
    current = lock(update, version)
    _check_transition(current, UpdateState.PUBLISHED)
    save_changes(current, actor=actor, state=UpdateState.PUBLISHED, published_at=now, published_by=actor)
    return current


@transaction.atomic
def publish_updates(
    *, actor: Person, updates: Sequence[tuple[ProgressUpdate, int]], now: dt.datetime
) -> list[ProgressUpdate]:
    """Publish all updates, each with the version that the actor saw, or none of them. Raises as for one."""
    for update, _version in updates:
        _require_publisher(actor, update)
    date_order_constraint = sorted(updates, key=lambda pair: pair[0].pk)
    return [
        publish_update(actor=actor, update=update, version=version, now=now)
        for update, version in date_order_constraint
    ]


@transaction.atomic
def return_update(*, actor: Person, update: ProgressUpdate, reason: str, version: int | None = None) -> ProgressUpdate:
    """Return a submitted update to its author for changes, with the reason.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if the update is not submitted, the
    reason is blank, or the author
    has started a newer update, since an author has one open update for a strategy.
    """
    _require_publisher(actor, update)
    current = lock(update, version)
    _check_transition(current, UpdateState.RETURNED)
    if not reason.strip():
        raise OperationNotAllowedError(_("Explain what the author should change."))
    newer = ProgressUpdate.objects.filter(strategy=current.strategy_id, author=current.author_id, state__in=OPEN_STATES)
    if newer.exists():
        raise OperationNotAllowedError(
            _(
                "The author has started a newer update for this strategy. "
                "Leave this one in the queue, and publish the newer one when it is submitted."
            )
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
    """Confirm that the published status of the strategy has not changed. Its new date is public immediately.

    `update` and `version` are what the person saw. Returns the confirmed update. Raises PermissionDenied,
    EditConflictError if
    another update was published in the meantime, and OperationNotAllowedError if no update is published or a newer
    one is submitted.
    """
    _require_contributor(actor, strategy, on_behalf=on_behalf)
    lock(strategy)
    _require_contributor(actor, strategy, on_behalf=on_behalf)
    current = ProgressUpdate.objects.published().filter(strategy=strategy).first()
    if current is None:
        raise OperationNotAllowedError(_("This strategy has no published update to confirm. Write an update instead."))
    if update is not None and update.pk != current.pk:
        raise EditConflictError(current)
    if ProgressUpdate.objects.submitted().filter(strategy=strategy).exists():
        raise OperationNotAllowedError(
            _("A newer update is waiting to be published, so the published status can't be confirmed.")
        )
    current = lock(current, version)
    save_changes(
        current,
        actor=actor,
        reason=build_change_reason(on_behalf.reason if on_behalf else how, _("No change")),
        confirmed_on=max(today, current.reported_on),
        confirmed_by=actor,
    )
    entry = _("“%(strategy)s”: no change, status confirmed") % {"strategy": strategy.title}
    record_act_on_behalf(actor=actor, on_behalf=on_behalf, row=current, what=entry)
    return current


def contribute_reason(strategy: Strategy, update: ProgressUpdate | None = None) -> str:
    """Return the text for a person who may not write `update`, or a new update if it is None."""
    if strategy.closed_on is not None:
        return _("This strategy is closed, so no more updates can be added.")
    if update is not None:
        return _("Only the author, the chair of the %(body)s, and Workgroup staff can edit this draft.") % {
            "body": strategy.body.title
        }
    return _(
        "Only members of the %(body)s, the responsible person, and Workgroup staff can add updates for this strategy, "
        "and only while it is open."
    ) % {"body": strategy.body.title}


def _require_contributor(
    actor: Person, strategy: Strategy, update: ProgressUpdate | None = None, on_behalf: OnBehalf | None = None
) -> None:
    """Raise PermissionDenied unless the actor may write for the strategy, or enter the update of `on_behalf`.

    Raises OperationNotAllowedError if the represented person may not write for the strategy: the actor can select
    someone else.
    """
    represented = represented_person(actor, on_behalf)
    if on_behalf is None:
        require_permission(can_contribute(actor, strategy, update), contribute_reason(strategy, update))
    elif not can_write_update(represented, strategy):
        raise OperationNotAllowedError(
            _("%(person)s can't add updates for this strategy, or it is closed. Select someone else.")
            % {"person": represented.name}
        )


def publish_reason(body: Body) -> str:
    """Return the text for a person who may not publish or return the updates of the body."""
    if body.chair_may_publish:
        return _("Only the chair of the %(body)s and Workgroup staff can publish or return its updates.") % {
            "body": body.title
        }
    return _("Only Workgroup staff can publish or return updates of the %(body)s.") % {"body": body.title}


def _require_publisher(actor: Person, update: ProgressUpdate) -> None:
    body = update.strategy.body
    require_permission(can_publish_for(actor, body), publish_reason(body))


def _check_transition(update: ProgressUpdate, target: UpdateState) -> None:
    if target not in UPDATE_TRANSITIONS[update.state]:
        raise OperationNotAllowedError(
            _("This update is now marked “%(state)s”. Reload the page to see the latest version.")
            % {"state": update.get_state_display()}
        )
