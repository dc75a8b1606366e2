"""Writes that span apps: organizations become one, a representative hands over, a spreadsheet is imported."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

import actionitems.operations as items_operations
import meetings.operations as meetings_operations
import members.operations as members_operations
import objectives.operations as objectives_operations
import records.operations as records_operations
import taskforces.operations as taskforces_operations
from core.dates import local_today
from core.importing import RowStatus, fingerprint
from core.operations import EditConflictError, OperationNotAllowedError, lock
from members.models import ImportJob, Organization, Person, Representation
from members.permissions import is_staff
from members.rules import BACKGROUND_ROWS, ImportState, RepresentationKind
from overview.exporting.bundle import bundle
from overview.exporting.scope import Scope
from overview.importing import plan_import
from overview.queries.handoff import remaining_responsibilities, responsibilities_of
from taskforces.importing import SeatAct

# How many rows are checked between two words of progress.
PROGRESS_ROWS = 100
_CHANGED = "The records changed since you looked. Nothing was written: look at the rows again, then apply."


@dataclass(frozen=True)
class Successors:
    """Who takes over what a departing person carries, by the row's id; what is left out has no person for now."""

    seats: Mapping[int, Person] = field(default_factory=dict)
    strategies: Mapping[int, Person] = field(default_factory=dict)
    items: Mapping[int, Person] = field(default_factory=dict)
    primary: Representation | None = None


@transaction.atomic
def merge_organizations(
    *,
    actor: Person,
    source: Organization,
    source_version: int | None,
    target: Organization,
    target_version: int | None,
    today: dt.date,
) -> Organization:
    """Move all that is known of `source`, a duplicate, to `target` and return it; the source's page leads there.

    Raises EditConflictError when either changed after it was looked at, and OperationNotAllowedError when they cannot
    be merged.
    """
    rows = [(source, source_version), (target, target_version)]
    for organization, version in sorted(rows, key=lambda row: row[0].pk):
        lock(organization, version)
    for reassign in (
        members_operations.reassign_organization,
        taskforces_operations.reassign_organization,
        records_operations.reassign_organization,
        objectives_operations.move_organization,
        meetings_operations.reassign_organization,
        items_operations.reassign_organization,
    ):
        reassign(actor=actor, source=source, target=target, today=today)
    return Organization.objects.get(pk=target.pk)


@transaction.atomic
def end_representation(
    *,
    actor: Person,
    representation: Representation,
    version: int | None,
    ended_on: dt.date,
    reason: str,
    successors: Successors,
    now: dt.datetime,
    today: dt.date,
) -> Representation:
    """End a representation and hand over what the person carries for the organization.

    What has no successor stays with the organization, which owes a name. Answers to meetings that no longer invite
    the person are taken back, and invitations to represent it are withdrawn. Raises EditConflictError, and
    OperationNotAllowedError where a
    date or a successor does not fit.
    """
    person, organization = representation.person, representation.organization
    carried = responsibilities_of(representation, now)
    ended = members_operations.end_representation(
        actor=actor, representation=representation, version=version, ended_on=ended_on, reason=reason, today=today
    )
    if successors.primary:
        _name_primary(actor, successors.primary, ended, today)
    for term in carried.terms:
        taskforces_operations.replace_member(
            actor=actor, term=term, successor=successors.seats.get(term.seat_id), ended_on=ended_on, reason=reason
        )
    for strategy in carried.strategies:
        objectives_operations.edit_strategy(
            actor=actor, strategy=strategy, today=today, responsible_person=successors.strategies.get(strategy.pk)
        )
    for item in carried.items:
        items_operations.reassign(
            actor=actor, item=item, organization=organization, successor=successors.items.get(item.pk)
        )
    for invitation in carried.invitations:
        members_operations.revoke(actor=actor, invitation=invitation, now=now)
    meetings_operations.cancel_rsvps(actor=actor, person=person, now=now)
    return ended


@transaction.atomic
def close_account(
    *,
    actor: Person,
    person: Person,
    version: int | None,
    reason: str,
    handoffs: Mapping[int, Successors],
    now: dt.datetime,
    today: dt.date,
    address: str | None = None,
) -> Person:
    """Close a person's account and hand over all that they carry, for each organization as `handoffs` says.

    `handoffs` is by the representation's id. What is of no organization comes to nobody: its seat is vacant, its
    strategy the chair's, and an action item without an organization the actor's. Raises EditConflictError, and
    OperationNotAllowedError as
    `end_representation` and `deactivate_person` do.
    """
    closed = members_operations.deactivate_person(
        actor=actor, person=person, version=version, reason=reason, now=now, address=address
    )
    for representation in person.representations.current().select_related("person", "organization").order_by("pk"):
        end_representation(
            actor=actor,
            representation=representation,
            version=None,
            ended_on=max(today, representation.starts_on),
            reason=reason,
            successors=handoffs.get(representation.pk, Successors()),
            now=now,
            today=max(today, representation.starts_on),
        )
    left = remaining_responsibilities(person)
    for term in left.terms:
        taskforces_operations.replace_member(actor=actor, term=term, successor=None, ended_on=today, reason=reason)
    for strategy in left.strategies:
        objectives_operations.edit_strategy(actor=actor, strategy=strategy, today=today, responsible_person=None)
    for item in left.items:
        owner = item.owner_organization
        successor = None if owner else actor
        items_operations.reassign(actor=actor, item=item, organization=owner, successor=successor)
    return closed


def _name_primary(actor: Person, successor: Representation, ended: Representation, today: dt.date) -> None:
    """Make another representative of the organization its primary, from the day the former one left."""
    if ended.kind != RepresentationKind.PRIMARY or successor.organization_id != ended.organization_id:
        raise OperationNotAllowedError("Choose the new primary representative among the organization's own people.")
    if ended.ended_on is None or successor.kind == RepresentationKind.EXECUTIVE_CONTACT:
        raise OperationNotAllowedError("An executive contact has no rights. Choose another person.")
    day = max(ended.ended_on, successor.starts_on)
    members_operations.end_representation(
        actor=actor,
        representation=successor,
        ended_on=day,
        reason="Became primary representative",
        today=max(day, today),
    )
    members_operations.add_representation(
        actor=actor,
        organization=ended.organization,
        person=successor.person,
        kind=RepresentationKind.PRIMARY,
        starts_on=day,
        today=max(day, today),
        planned_end_on=successor.planned_end_on,
    )


def export_records(
    *, actor: Person | None, scope: Scope, now: dt.datetime, today: dt.date, address: str | None = None
) -> bytes:
    """The records of the scope as a zip; that it was taken is a security event (`actor` None: at the console)."""
    content = bundle(scope, by=actor, now=now, today=today)
    contact = ", with contact data" if scope.with_contact else ""
    what = f"Records: {scope.say(today)}{contact}"
    members_operations.record_export(actor=actor, what=what, now=now, address=address)
    return content


# Importing ------------------------------------------------------------------------------------------


def confirm_import(*, actor: Person, job: ImportJob, shown: str, leave_out: bool, now: dt.datetime) -> bool:
    """Let an import go on as it was shown: a short one at once, a long one in the background.

    Returns whether it goes on in the background. Raises OperationNotAllowedError where it is under way or over, where
    rows are refused
    that are not to be left out, and where it would no longer do what was shown.
    """
    if job.state != ImportState.PREVIEW:
        raise OperationNotAllowedError("This import is under way or over. Look at how it stands.")
    plan = plan_import(job.tables, actor, local_today(now))
    refused = plan.counts()[RowStatus.REFUSED]
    if fingerprint(plan.rows) != shown:
        raise OperationNotAllowedError(_CHANGED)
    if refused and not leave_out:
        raise OperationNotAllowedError(
            f"{refused} row{'s are' if refused > 1 else ' is'} refused. Mend them, or leave them out."
        )
    members_operations.confirm_import(actor=actor, job=job, shown=shown)
    if job.total >= BACKGROUND_ROWS:
        return True
    process_import(pk=job.pk, now=now)
    return False


def process_import(*, pk: int, now: dt.datetime) -> None:
    """Check a confirmed import once more, row by row, then write all of it in one transaction or nothing.

    Only one at a time works on an import; when it dies another begins anew, since nothing was written.
    """
    job = members_operations.claim_import(pk=pk, now=now)
    if job is None or job.confirmed_by is None:
        return
    try:
        problem = _write_import(job, job.confirmed_by, now)
    except Exception as error:
        structlog.get_logger("overview").exception("overview.import_failed", pk=pk)
        problem = f"Nothing was written, because of an error of the portal's own ({type(error).__name__}). Tell staff."
        members_operations.fail_import(job=job, problem=problem, now=now)
    else:
        if problem:
            members_operations.return_import(job=job, problem=problem)


def _write_import(job: ImportJob, actor: Person, now: dt.datetime) -> str:
    """Apply the import; what keeps it from being applied, or nothing."""
    today = local_today(now)
    if not is_staff(actor):
        return f"{actor.name} is no longer staff. Somebody else has to apply this."

    def report(done: int) -> None:
        if done % PROGRESS_ROWS == 0 or done == job.total:
            members_operations.note_progress(job=job, done=done)

    plan = plan_import(job.tables, actor, today, report)
    if fingerprint(plan.rows) != job.confirmed:
        return _CHANGED
    acts = plan.acts()
    try:
        with transaction.atomic():
            members_operations.finish_import(job=job, counts=plan.counts(), now=now)
            members_operations.import_members(actor=actor, acts=acts, now=now, today=today)
            taskforces_operations.import_seats(
                actor=actor, acts=[act for act in acts if isinstance(act, SeatAct)], today=today
            )
    except (EditConflictError, OperationNotAllowedError, ValidationError, IntegrityError) as error:
        return f"{_CHANGED} ({error})"
    return ""
