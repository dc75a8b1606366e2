"""Every write of an account: the person's record, sessions, single sign-on, security events, viewing as a member."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from accounts.models import CONTACT_FIELDS, PROFILE_FIELDS, Person, SecurityEvent
from accounts.permissions import can_view_as, is_administrator, is_staff
from accounts.rules import NOTIFIED_EVENTS, REMOVED_DOMAIN, PortalRole, SecurityEventKind
from core.operations import OperationNotAllowedError, create, create_many, lock, save_changes
from mail.operations import enqueue

NOTICE_KIND = "account_notice"


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
def allow_sign_in(
    *, email: str, name: str, password: str | None, now: dt.datetime, address: str | None = None
) -> Person:
    """The person of an address whom an invitation lets in, with an account: a new person, or a listed one.

    An account that is in force keeps its name and password. The caller has checked the invitation.
    """
    person = Person.objects.select_for_update().filter(email=email).first()
    if person is not None and person.can_sign_in:
        return person
    values: dict[str, Any] = {"name": name, "password": make_password(password), "can_sign_in": True}
    if person is None:
        person = create(Person, actor=None, email=email, **values)
    else:
        save_changes(person, actor=person, **values)
    record_security_event(actor=person, kind=SecurityEventKind.SIGN_IN_ALLOWED, now=now, address=address)
    return person


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
    allowed: dict[str, Any] = {name: values[name] for name in PROFILE_FIELDS if name in values}
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
def clear_contact_fields(
    *, actor: Person, person: Person, version: int | None, reason: str, now: dt.datetime
) -> Person:
    """The person without contact data in the record and its history, and without a way to sign in.

    Raises EditConflictError, and OperationNotAllowedError for somebody with a portal role.
    """
    current = lock(person, version)
    if current.portal_role != PortalRole.NONE:
        raise OperationNotAllowedError(f"{current.name} still takes part. End what they hold first.")
    values: dict[str, Any] = dict.fromkeys(CONTACT_FIELDS, "")
    values["email"] = f"person-{current.pk}@{REMOVED_DOMAIN}"
    closed = {"is_active": False, "can_sign_in": False, "session_version": current.session_version + 1}
    save_changes(current, actor=actor, reason=reason, **values, **closed)
    # The one place where history is written over: a trail that kept the number would keep it for good.
    current.history.update(**values)  # type: ignore[attr-defined]
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


@transaction.atomic
def record_security_event(
    *,
    actor: Person | None,
    kind: str,
    now: dt.datetime,
    person: Person | None = None,
    address: str | None = None,
    detail: str = "",
) -> SecurityEvent:
    """One row of the append-only table: who did what to whom, when and from which address.

    What changes the ways into an account goes to its person by mail too, to the address that it has until then.
    """
    event = SecurityEvent(kind=kind, at=now, actor=actor, person=person or actor, address=address, detail=detail[:300])
    event.save(force_insert=True)
    if kind in NOTIFIED_EVENTS and event.person is not None:
        enqueue(
            key=f"{NOTICE_KIND}:{event.pk}",
            kind=NOTICE_KIND,
            address=event.person.email,
            person=event.person,
            subject_ref=str(event.pk),
            now=now,
        )
    return event


@transaction.atomic
def link_single_sign_on(
    *, person: Person, provider: str, uid: str, now: dt.datetime, address: str | None = None
) -> SocialAccount:
    """The link between the account and a person of the single sign-on.

    Raises OperationNotAllowedError where another is linked.
    """
    current = lock(person)
    if SocialAccount.objects.filter(user=current, provider=provider).exists():
        raise OperationNotAllowedError(
            "This account is linked to somebody else of the single sign-on. Remove that link first."
        )
    link = SocialAccount.objects.create(user=current, provider=provider, uid=uid)
    record_security_event(actor=current, kind=SecurityEventKind.SIGN_ON_LINKED, now=now, address=address)
    return link


def end_sessions(*, person: Person) -> None:
    """End every session of a person at its next request; the caller may sign its own session anew."""
    Person.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    person.refresh_from_db(fields=["session_version"])


def update_last_seen(*, person: Person, now: dt.datetime) -> None:
    """Remember when a person was last here; it is no part of the record, so it leaves no history."""
    Person.objects.filter(pk=person.pk).update(last_seen_at=now)


def record_export(*, actor: Person | None, what: str, now: dt.datetime, address: str | None = None) -> SecurityEvent:
    """That records left the portal as a file, and `what` was in it (`actor` None: at the console of the server)."""
    return record_security_event(actor=actor, kind=SecurityEventKind.EXPORTED, now=now, address=address, detail=what)


@transaction.atomic
def start_viewing(*, actor: Person, person: Person, now: dt.datetime, address: str | None = None) -> None:
    """Note that the actor looks as the person from now on. Raises OperationNotAllowedError for whom nobody looks as."""
    if not can_view_as(actor, person):
        raise OperationNotAllowedError(
            f"{person.name} is staff. Nobody looks at the portal as staff."
            if is_staff(person)
            else f"{person.name} cannot sign in, so there is no portal to see as them."
        )
    record_security_event(actor=actor, kind=SecurityEventKind.VIEW_STARTED, now=now, person=person, address=address)


def end_viewing(*, actor: Person, person: Person, now: dt.datetime, why: str, address: str | None = None) -> None:
    """Note that the actor looks as the person no longer, and why."""
    record_security_event(
        actor=actor, kind=SecurityEventKind.VIEW_ENDED, now=now, person=person, address=address, detail=why
    )
