"""Who represents an organization: naming somebody and ending it."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Person
from accounts.operations import add_person
from core.operations import OperationNotAllowedError, create, create_many, lock, save_changes
from members.models import Organization, Representation
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
def add_representations(
    *, actor: Person, rows: Sequence[dict[str, Any]], reason: str, today: dt.date
) -> list[Representation]:
    """Many new representations, in force at once, each by its organization's `key` and its person's `email`.

    Raises OperationNotAllowedError where one would start later, where the person or the organization is gone, and for
    a second primary;
    IntegrityError where the person represents the organization already.
    """
    keys, addresses = {row["key"] for row in rows}, {row["email"] for row in rows}
    organizations = {
        row.key: row for row in Organization.objects.standing().select_for_update().filter(key__in=keys).order_by("pk")
    }
    people = {row.email: row for row in Person.objects.filter(email__in=addresses, is_active=True)}
    primary = Representation.objects.current(today).filter(kind=RepresentationKind.PRIMARY)
    headed = set(primary.filter(organization__key__in=keys).values_list("organization__key", flat=True))
    new = []
    for row in rows:
        key, email = row["key"], row["email"]
        if key not in organizations or email not in people or row["starts_on"] > today:
            raise OperationNotAllowedError(f"{email} can no longer represent {key}.")
        if row["kind"] == RepresentationKind.PRIMARY:
            if key in headed:
                raise OperationNotAllowedError(f"{key} has a primary representative.")
            headed.add(key)
        values = {name: value for name, value in row.items() if name not in ("key", "email")}
        new.append(Representation(organization=organizations[key], person=people[email], **values))
    return create_many(new, actor=actor, reason=reason)


@transaction.atomic
def correct_representation(
    *, actor: Person, representation: Representation, version: int | None, reason: str, today: dt.date, **values: Any
) -> Representation:
    """A current representation with its kind or days put right.

    Raises EditConflictError, and OperationNotAllowedError once it has ended, for a second primary and for days that
    do not fit.
    """
    current = lock(representation, version)
    if current.ended_on is not None:
        raise OperationNotAllowedError("This representation has ended.")
    starts = values.get("starts_on", current.starts_on)
    ends = values.get("planned_end_on", current.planned_end_on)
    if starts > today or (ends and ends < starts):
        raise OperationNotAllowedError("The first day lies ahead, or the planned end before it. Choose other days.")
    if values.get("kind", current.kind) != current.kind:
        check_single_primary(lock(current.organization), values["kind"])
    save_changes(current, actor=actor, reason=reason, **values)
    return current


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
