"""Who represents an organization: naming somebody and ending it."""

import datetime as dt

from django.db import transaction

from core.operations import OperationNotAllowedError, create, lock, save_changes
from members.models import Organization, Person, Representation
from members.operations.people import add_person
from members.rules import RepresentationKind


@transaction.atomic
def add_representation(
    *,
    actor: Person | None,
    organization: Organization,
    person: Person,
    kind: str,
    starts_on: dt.date,
    today: dt.date,
    planned_end_on: dt.date | None = None,
) -> Representation:
    """A new representation, in force at once.

    Raises OperationNotAllowedError where it would start later, the organization has a primary or the person
    represents it.
    """
    if starts_on > today:
        raise OperationNotAllowedError(
            "The first day lies ahead. Choose today or an earlier day, and come back when the day is there."
        )
    organization = lock(organization)
    if organization.merged_into_id:
        raise OperationNotAllowedError("This organization was merged into another. Name the person there.")
    if not person.is_active:
        raise OperationNotAllowedError(f"{person.name}'s account is closed. Reactivate it first.")
    check_single_primary(organization, kind, on=today)
    if organization.representations.current(today).filter(person=person).exists():
        raise OperationNotAllowedError(
            f"{person.name} represents {organization.short_name} already. End that representation first."
        )
    return create(
        Representation,
        actor=actor,
        organization=organization,
        person=person,
        kind=kind,
        starts_on=starts_on,
        planned_end_on=planned_end_on,
    )


@transaction.atomic
def appoint_representative(
    *,
    actor: Person,
    organization: Organization,
    person: Person | None,
    name: str,
    email: str,
    position: str,
    kind: str,
    starts_on: dt.date,
    today: dt.date,
    planned_end_on: dt.date | None,
) -> Representation:
    """A new representation by a listed person, or by a new one who cannot sign in. Raises as `add_representation`."""
    return add_representation(
        actor=actor,
        organization=organization,
        person=person or add_person(actor=actor, name=name, email=email, position=position),
        kind=kind,
        starts_on=starts_on,
        today=today,
        planned_end_on=planned_end_on,
    )


@transaction.atomic
def end_representation(
    *,
    actor: Person,
    representation: Representation,
    ended_on: dt.date,
    reason: str,
    today: dt.date,
    version: int | None = None,
) -> Representation:
    """The representation with its real end.

    Raises EditConflictError, and OperationNotAllowedError for a second end or an impossible date.
    """
    current = lock(representation, version)
    if current.ended_on is not None:
        raise OperationNotAllowedError("This representation has ended already.")
    if ended_on < current.starts_on:
        raise OperationNotAllowedError(
            f"The end is before the start. Choose {current.starts_on:%b} {current.starts_on.day} or later."
        )
    if ended_on > today:
        raise OperationNotAllowedError("The end lies ahead. Choose today or an earlier day.")
    save_changes(current, actor=actor, reason=reason, ended_on=ended_on, end_reason=reason)
    return current


def check_single_primary(
    organization: Organization, kind: str, person: Person | None = None, on: dt.date | None = None
) -> None:
    """Raises OperationNotAllowedError when `kind` is the primary's and the organization has one other than `person`."""
    if kind != RepresentationKind.PRIMARY:
        return
    primary = organization.representations.current(on).filter(kind=kind).select_related("person").first()
    if primary and primary.person != person:
        raise OperationNotAllowedError(
            f"{primary.person.name} is the primary representative of {organization.short_name}. "
            "End that representation first, or choose another kind."
        )
