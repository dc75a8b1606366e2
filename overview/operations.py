"""Writes that span apps: organizations become one, a representative hands over."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction

import accounts.operations as accounts_operations
import actionitems.operations as items_operations
import meetings.operations as meetings_operations
import members.operations as members_operations
import objectives.operations.strategies as objectives_operations
import records.operations as records_operations
import taskforces.operations as taskforces_operations
from accounts.models import Person
from core.operations import OperationNotAllowedError, lock
from members.models import Organization, Representation
from members.rules import RepresentationKind
from overview.queries.handoff import remaining_responsibilities, responsibilities_of


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
        objectives_operations.reassign_strategy(
            actor=actor, strategy=strategy, responsible_person=successors.strategies.get(strategy.pk)
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
    closed = accounts_operations.deactivate_person(
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
        objectives_operations.reassign_strategy(actor=actor, strategy=strategy, responsible_person=None)
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
