"""What is done to a person's record: by staff, by an administrator, by the person."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.operations import OperationNotAllowedError, create, create_many, lock, save_changes
from members.models import Invitation, JoinRequest, Person
from members.operations.security import record_security_event
from members.permissions import is_administrator, is_staff
from members.rules import REMOVED_DOMAIN, PortalRole, SecurityEventKind


@transaction.atomic
def add_person(*, actor: Person | None, name: str, email: str, **values: Any) -> Person:
    """A person whom the portal knows and who cannot sign in. Raises ValidationError, as for an address in use."""
    return create(Person, actor=actor, name=name, email=email.strip().lower(), password=make_password(None), **values)


@transaction.atomic
def add_people(*, actor: Person, rows: Iterable[dict[str, Any]], reason: str) -> list[Person]:
    """Many people whom the portal knows and who cannot sign in.

    Raises ValidationError, and IntegrityError for an address in use.
    """
    people = [Person(**values, password=make_password(None)) for values in rows]
    return create_many(people, actor=actor, reason=reason)


@transaction.atomic
def edit_person(
    *,
    actor: Person,
    person: Person,
    version: int | None,
    now: dt.datetime,
    address: str | None = None,
    **values: Any,
) -> Person:
    """The person with the values that staff set; a new e-mail address ends the person's sessions.

    Raises EditConflictError, ValidationError, and OperationNotAllowedError where the person holds a portal role that
    the actor may not touch or
    where the assistant's address is the person's own.
    """
    current = lock(person, version)
    _may_touch(actor, current)
    if "email" in values:
        values["email"] = str(values["email"]).strip().lower()
        if values["email"] != current.email:
            if Person.objects.filter(email=values["email"]).exists():
                raise OperationNotAllowedError("Another person has this e-mail address.")
            values["session_version"] = current.session_version + 1
            record_security_event(
                actor=actor, kind=SecurityEventKind.ADDRESS_CHANGED, now=now, person=current, address=address
            )
    _check_assistant(current, values)
    save_changes(current, actor=actor, **values)
    return current


@transaction.atomic
def edit_profile(*, actor: Person, version: int | None, **values: Any) -> Person:
    """The actor with the new name, position, phone, time zone or assistant.

    Raises EditConflictError, ValidationError, and OperationNotAllowedError where the assistant's address is the
    actor's own.
    """
    own = ("name", "position", "phone", "time_zone", "assistant_name", "assistant_email")
    allowed: dict[str, Any] = {name: values[name] for name in own if name in values}
    current = lock(actor, version)
    _check_assistant(current, allowed)
    save_changes(current, actor=actor, **allowed)
    return current


@transaction.atomic
def set_portal_role(
    *, actor: Person, person: Person, version: int | None, role: str, now: dt.datetime, address: str | None = None
) -> Person:
    """The person in the new portal role; every session of theirs ends.

    Raises EditConflictError, and OperationNotAllowedError unless an administrator acts, for somebody who cannot sign
    in, and for the last
    administrator.
    """
    administrators = _lock_administrators()
    if not any(row.pk == actor.pk and is_administrator(row) for row in administrators):
        raise OperationNotAllowedError("Only an administrator sets a portal role.")
    current = lock(person, version)
    if role == current.portal_role:
        return current
    if not (current.is_active and current.can_sign_in):
        raise OperationNotAllowedError(
            f"{current.name} cannot sign in. Invite them first, and set the role once they have accepted."
        )
    _keep_an_administrator(administrators, current)
    old = current.get_portal_role_display()
    save_changes(
        current,
        actor=actor,
        portal_role=PortalRole(role),
        session_version=current.session_version + 1,
    )
    record_security_event(
        actor=actor,
        kind=SecurityEventKind.ROLE_CHANGED,
        now=now,
        person=current,
        address=address,
        detail=f"{old} to {current.get_portal_role_display()}",
    )
    return current


@transaction.atomic
def deactivate_person(
    *,
    actor: Person,
    person: Person,
    version: int | None,
    reason: str,
    now: dt.datetime,
    address: str | None = None,
) -> Person:
    """The person without an account in force; every session of theirs ends at its next request.

    Raises EditConflictError, and OperationNotAllowedError for oneself, for the last administrator, and for staff
    unless an administrator acts.
    """
    administrators = _lock_administrators()
    current = lock(person, version)
    if current.pk == actor.pk:
        raise OperationNotAllowedError("You cannot close your own account. Ask another administrator.")
    _may_touch(actor, current)
    _keep_an_administrator(administrators, current)
    changed = save_changes(
        current, actor=actor, reason=reason, is_active=False, session_version=current.session_version + 1
    )
    if "is_active" in changed:
        record_security_event(
            actor=actor,
            kind=SecurityEventKind.DEACTIVATED,
            now=now,
            person=current,
            address=address,
            detail=reason,
        )
    return current


@transaction.atomic
def reactivate_person(
    *, actor: Person, person: Person, version: int | None, now: dt.datetime, address: str | None = None
) -> Person:
    """The person with the account in force again.

    Raises EditConflictError, and OperationNotAllowedError as `deactivate_person` does.
    """
    current = lock(person, version)
    _may_touch(actor, current)
    if save_changes(current, actor=actor, is_active=True):
        record_security_event(actor=actor, kind=SecurityEventKind.REACTIVATED, now=now, person=current, address=address)
    return current


@transaction.atomic
def remove_contact(*, actor: Person, person: Person, version: int | None, reason: str, now: dt.datetime) -> Person:
    """The person without e-mail, phone and assistant: in the record and its history, invitations, requests to join.

    The name and what the person said and did stay. Raises EditConflictError, and OperationNotAllowedError while they
    take part in any way.
    """
    current = lock(person, version)
    if current.portal_role != PortalRole.NONE or current.representations.current().exists():
        raise OperationNotAllowedError(f"{current.name} still takes part. End what they hold first.")
    old = current.email
    values: dict[str, Any] = {"phone": "", "assistant_name": "", "assistant_email": ""}
    values |= {"email": f"person-{current.pk}@{REMOVED_DOMAIN}"}
    closed = {"is_active": False, "can_sign_in": False, "session_version": current.session_version + 1}
    save_changes(current, actor=actor, reason=reason, **values, **closed)
    # The one place where history is written over: a trail that kept the number would keep it for good.
    current.history.update(**values)  # type: ignore[attr-defined]
    Invitation.objects.filter(email=old).update(email=current.email)
    Invitation.history.filter(email=old).update(email=current.email)
    JoinRequest.objects.filter(email__iexact=old).update(email=current.email, phone="")
    JoinRequest.history.filter(email__iexact=old).update(email=current.email, phone="")
    EmailAddress.objects.filter(user=current).delete()
    record_security_event(actor=actor, kind=SecurityEventKind.CONTACT_REMOVED, now=now, person=current, detail=reason)
    return current


def _lock_administrators() -> list[Person]:
    """The administrators under lock, so that two who demote each other at once leave one."""
    return list(Person.objects.select_for_update().filter(portal_role=PortalRole.ADMINISTRATOR).order_by("pk"))


def _keep_an_administrator(administrators: list[Person], leaving: Person) -> None:
    if leaving.portal_role != PortalRole.ADMINISTRATOR:
        return
    if not any(is_administrator(row) and row.pk != leaving.pk for row in administrators):
        raise OperationNotAllowedError("This is the last administrator. Give the role to somebody else first.")


def _may_touch(actor: Person, person: Person) -> None:
    """Staff keep members' records; the records of staff and administrators are an administrator's to change."""
    if person.pk != actor.pk and is_staff(person) and not is_administrator(actor):
        raise OperationNotAllowedError("Only an administrator changes the account of staff.")


def _check_assistant(current: Person, values: dict[str, Any]) -> None:
    """Bring the assistant's address into its one form; raises Refused where it is the person's own."""
    if "assistant_email" in values:
        values["assistant_email"] = str(values["assistant_email"]).strip().lower()
    address = values.get("assistant_email", current.assistant_email)
    if address and address == values.get("email", current.email):
        raise OperationNotAllowedError(
            "The assistant has the person's own address. Write another one, or leave it empty."
        )
