"""Who represents an organization: adding and ending representations."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.operations import add_person
from accounts.permissions import STAFF_ONLY
from core.dates import format_date
from core.operations import OperationNotAllowedError, create, create_many, lock, require_permission, save_changes
from members.models import Organization, Representation
from members.permissions import can_manage_membership
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
    """Add a representation, which takes effect at once.

    Raises PermissionDenied, and OperationNotAllowedError if it would start in the future, the organization was merged
    or has a primary representative, or the person's account is closed or already represents it.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    if starts_on > today:
        raise OperationNotAllowedError(_("The start date is in the future. Enter today or an earlier date."))
    organization = lock(organization)
    if organization.merged_into_id:
        raise OperationNotAllowedError(
            _("This organization was merged into another one. Add the person to that organization.")
        )
    if not person.is_active:
        text = _("The account of %(name)s is closed. Reopen it first.")
        raise OperationNotAllowedError(text % {"name": person.name})
    check_single_primary(organization, kind, on=today)
    if organization.representations.current(today).filter(person=person).exists():
        text = _("%(person)s already represents %(organization)s. End that representation first.")
        raise OperationNotAllowedError(text % {"person": person.name, "organization": organization.short_name})
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
    """Add a representation of a listed person, or of a new one who cannot sign in. Raises as `add_representation`."""
    require_permission(can_manage_membership(actor), STAFF_ONLY)
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
    """Add many representations, which take effect at once. A row names its organization by `key` and person by `email`.

    Raises PermissionDenied, OperationNotAllowedError if one would start in the future, the person or organization is
    gone, or there is a primary already, and IntegrityError if a person already represents the organization.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    keys, addresses = {row["key"] for row in rows}, {row["email"] for row in rows}
    organizations = {
        row.key: row for row in Organization.objects.standing().select_for_update().filter(key__in=keys).order_by("pk")
    }
    people = {row.email: row for row in Person.objects.filter(email__in=addresses, is_active=True)}
    primary = Representation.objects.current(today).filter(kind=RepresentationKind.PRIMARY)
    with_primary = set(primary.filter(organization__key__in=keys).values_list("organization__key", flat=True))
    new = []
    for row in rows:
        key, email = row["key"], row["email"]
        if key not in organizations or email not in people or row["starts_on"] > today:
            text = _("%(email)s can no longer represent %(key)s.")
            raise OperationNotAllowedError(text % {"email": email, "key": key})
        if row["kind"] == RepresentationKind.PRIMARY:
            if key in with_primary:
                raise OperationNotAllowedError(_("%(key)s already has a primary representative.") % {"key": key})
            with_primary.add(key)
        values = {name: value for name, value in row.items() if name not in ("key", "email")}
        new.append(Representation(organization=organizations[key], person=people[email], **values))
    return create_many(new, actor=actor, reason=reason)


@transaction.atomic
def correct_representation(
    *, actor: Person, representation: Representation, version: int | None, reason: str, today: dt.date, **values: Any
) -> Representation:
    """Correct the role or dates of a current representation.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if it has ended, there is another primary,
    or the dates do not fit.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(representation, version)
    if current.ended_on is not None:
        raise OperationNotAllowedError(_("This representation has already ended."))
    starts = values.get("starts_on", current.starts_on)
    ends = values.get("planned_end_on", current.planned_end_on)
    if starts > today or (ends and ends < starts):
        raise OperationNotAllowedError(
            _("The start date must be today or earlier, and not after the planned end date.")
        )
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
    """End a representation on a date.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError if it has ended, or the date is before its
    start or in the future.
    """
    require_permission(can_manage_membership(actor), STAFF_ONLY)
    current = lock(representation, version)
    if current.ended_on is not None:
        raise OperationNotAllowedError(_("This representation has already ended."))
    if ended_on < current.starts_on:
        text = _("The end date is before the start date. Enter %(date)s or a later date.")
        raise OperationNotAllowedError(text % {"date": format_date(current.starts_on, today)})
    if ended_on > today:
        raise OperationNotAllowedError(_("The end date is in the future. Enter today or an earlier date."))
    save_changes(current, actor=actor, reason=reason, ended_on=ended_on, end_reason=reason)
    return current


def check_single_primary(
    organization: Organization, kind: str, person: Person | None = None, on: dt.date | None = None
) -> None:
    """Raise OperationNotAllowedError if `kind` is primary and someone other than `person` is the primary on a day."""
    if kind != RepresentationKind.PRIMARY:
        return
    primary = organization.representations.current(on).filter(kind=kind).select_related("person").first()
    if primary and primary.person != person:
        text = _(
            "%(person)s is the primary representative of %(organization)s. End that representation first, or select "
            "another role."
        )
        raise OperationNotAllowedError(text % {"person": primary.person.name, "organization": organization.short_name})
