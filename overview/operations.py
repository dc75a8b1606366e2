"""Writes that span apps: merging two organizations, and offboarding a person."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

import accounts.operations as accounts_operations
import actionitems.operations as items_operations
import meetings.operations as meetings_operations
import members.operations as members_operations
import objectives.operations.strategies as objectives_operations
import records.operations as records_operations
import taskforces.operations as taskforces_operations
from accounts.models import Person
from accounts.permissions import is_staff
from core.operations import OperationNotAllowedError, lock, require_permission
from members.models import Organization, Representation
from members.rules import RepresentationKind
from overview.queries.offboarding import Responsibilities, remaining_responsibilities, responsibilities_of


@dataclass(frozen=True)
class Successors:
    """Who takes over a departing person's responsibilities, by the row's id; rows left out stay unassigned."""

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
    """Move every record of the duplicate `source` to `target` and return `target`.

    The page of `source` redirects to `target` afterwards. Both rows are locked in the order of their ids, so that two
    merges at the same time cannot deadlock. Raises PermissionDenied, EditConflictError when either organization has
    another version, and OperationNotAllowedError when the two cannot be merged.
    """
    require_permission(is_staff(actor), _("Only Workgroup staff can merge organizations."))
    rows = [(source, source_version), (target, target_version)]
    for organization, version in sorted(rows, key=lambda row: row[0].pk):
        lock(organization, version)
    for reassign in (
        members_operations.reassign_organization,
        taskforces_operations.reassign_organization,
        records_operations.reassign_organization,
        objectives_operations.reassign_organization,
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
    """End a representation, reassign the person's responsibilities for the organization, and return the ended row.

    Work without a successor stays with the organization, unassigned. RSVPs to meetings that no longer invite the
    person and pending invitations to represent the organization are canceled. Raises PermissionDenied,
    EditConflictError, and OperationNotAllowedError for an impossible date or successor.
    """
    require_permission(is_staff(actor), _("Only Workgroup staff can end a representation."))
    responsibilities = responsibilities_of(representation, now)
    ended = members_operations.end_representation(
        actor=actor, representation=representation, version=version, ended_on=ended_on, reason=reason, today=today
    )
    if successors.primary:
        _appoint_primary(actor, successors.primary, ended, today)
    _reassign_work(actor, ended.organization, responsibilities, successors, ended_on, reason)
    for invitation in responsibilities.invitations:
        members_operations.revoke(actor=actor, invitation=invitation, now=now)
    meetings_operations.cancel_rsvps(actor=actor, person=representation.person, now=now)
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
    """Close a person's account, end all their representations and return the closed account.

    `handoffs` holds the successors by the representation's id. Work that belongs to no organization has no successor:
    the seat becomes vacant, the strategy has no responsible person, and an action item without an owning organization
    is assigned to the actor. Raises PermissionDenied, EditConflictError and OperationNotAllowedError as
    `end_representation` and `deactivate_person` do.
    """
    require_permission(is_staff(actor), _("Only Workgroup staff can close an account."))
    closed = accounts_operations.deactivate_person(
        actor=actor, person=person, version=version, reason=reason, now=now, address=address
    )
    for representation in person.representations.current().select_related("person", "organization").order_by("pk"):
        # A representation that starts later ends on its first day.
        day = max(today, representation.starts_on)
        end_representation(
            actor=actor,
            representation=representation,
            version=None,
            ended_on=day,
            reason=reason,
            successors=handoffs.get(representation.pk, Successors()),
            now=now,
            today=day,
        )
    _release_work(actor, remaining_responsibilities(person), reason, today)
    return closed


def _reassign_work(
    actor: Person,
    organization: Organization,
    work: Responsibilities,
    successors: Successors,
    ended_on: dt.date,
    reason: str,
) -> None:
    """Give each seat, strategy and action item to its successor, or leave it with the organization."""
    for term in work.terms:
        taskforces_operations.replace_member(
            actor=actor, term=term, successor=successors.seats.get(term.seat_id), ended_on=ended_on, reason=reason
        )
    for strategy in work.strategies:
        objectives_operations.reassign_strategy(
            actor=actor, strategy=strategy, responsible_person=successors.strategies.get(strategy.pk)
        )
    for item in work.items:
        items_operations.reassign(
            actor=actor, item=item, organization=organization, successor=successors.items.get(item.pk)
        )


def _release_work(actor: Person, work: Responsibilities, reason: str, today: dt.date) -> None:
    """Take a closed account's remaining work away; an action item without an organization goes to the actor."""
    for term in work.terms:
        taskforces_operations.replace_member(actor=actor, term=term, successor=None, ended_on=today, reason=reason)
    for strategy in work.strategies:
        objectives_operations.reassign_strategy(actor=actor, strategy=strategy, responsible_person=None)
    for item in work.items:
        owner = item.owner_organization
        successor = None if owner else actor
        items_operations.reassign(actor=actor, item=item, organization=owner, successor=successor)


def _appoint_primary(actor: Person, successor: Representation, ended: Representation, today: dt.date) -> None:
    """Make another representative of the organization its primary from the day the former primary left."""
    if ended.kind != RepresentationKind.PRIMARY or successor.organization_id != ended.organization_id:
        raise OperationNotAllowedError(_("Choose a new primary representative from the same organization."))
    if ended.ended_on is None or successor.kind == RepresentationKind.EXECUTIVE_CONTACT:
        raise OperationNotAllowedError(
            _("An executive contact can't be the primary representative. Choose another person.")
        )
    day = max(ended.ended_on, successor.starts_on)
    members_operations.end_representation(
        actor=actor,
        representation=successor,
        ended_on=day,
        reason=_("Became primary representative"),
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
