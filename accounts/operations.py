"""Every write to an account: the person's record, portal role, sessions, single sign-on, and security events.

An operation with an actor first asks `permissions.py` whether the actor may do it. Where that depends on the person's
row, it asks again once the row is locked.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import CONTACT_FIELDS, PROFILE_FIELDS, Person, SecurityEvent
from accounts.permissions import (
    ADMINISTRATORS_MANAGE_STAFF,
    ADMINISTRATORS_SET_ROLES,
    STAFF_ONLY,
    can_change_role,
    can_manage_account,
    can_view_as,
    is_administrator,
    is_staff,
    is_staff_or_system,
    signed_in,
)
from accounts.rules import REMOVED_DOMAIN, PortalRole, SecurityEventKind
from core.operations import OperationNotAllowedError, create, create_many, lock, require_permission, save_changes
from mail.operations import enqueue

NOTICE_KIND = "account_notice"


@transaction.atomic
def add_person(*, actor: Person | None, name: str, email: str, **values: Any) -> Person:
    """Add a person who cannot sign in. Raises ValidationError, for example if the address is in use."""
    require_permission(is_staff_or_system(actor), STAFF_ONLY)
    return create(Person, actor=actor, name=name, email=email.strip().lower(), password=make_password(None), **values)


@transaction.atomic
def add_people(*, actor: Person, rows: Iterable[dict[str, Any]], reason: str) -> list[Person]:
    """Add many people who cannot sign in. `reason` is the change reason, such as the import they come from.

    Raises PermissionDenied, ValidationError, and IntegrityError for an address in use.
    """
    require_permission(is_staff(actor), STAFF_ONLY)
    people = [Person(**values, password=make_password(None)) for values in rows]
    return create_many(people, actor=actor, reason=reason)


@transaction.atomic
def allow_sign_in(
    *, email: str, name: str, password: str | None, now: dt.datetime, address: str | None = None
) -> Person:
    """Return the person of an address, with an account: a new person, or a listed one who can sign in from now on.

    Called when an invitation is accepted, which the caller has checked. An account that can already sign in keeps its
    name and password.
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
    """Change a person's record, as staff. A new email address ends the person's sessions.

    Raises PermissionDenied, EditConflictError, ValidationError, and OperationNotAllowedError if the address is in use
    or the assistant's address is the person's own.
    """
    _require_account_manager(actor, person)
    current = lock(person, version)
    _require_account_manager(actor, current)
    if "email" in values:
        values["email"] = str(values["email"]).strip().lower()
        if values["email"] != current.email:
            if Person.objects.filter(email=values["email"]).exists():
                raise OperationNotAllowedError(_("Another person has this email address. Enter a different one."))
            values["session_version"] = current.session_version + 1
            record_security_event(
                actor=actor, kind=SecurityEventKind.ADDRESS_CHANGED, now=now, person=current, address=address
            )
    _check_assistant(current, values)
    save_changes(current, actor=actor, **values)
    return current


@transaction.atomic
def edit_profile(*, actor: Person, version: int | None, **values: Any) -> Person:
    """Change the actor's own name, position, phone, time zone or assistant; other values are ignored.

    Raises PermissionDenied, EditConflictError, ValidationError, and OperationNotAllowedError if the assistant's
    address is the actor's own.
    """
    require_permission(signed_in(actor), _("Sign in to change your profile."))
    allowed: dict[str, Any] = {name: values[name] for name in PROFILE_FIELDS if name in values}
    current = lock(actor, version)
    _check_assistant(current, allowed)
    save_changes(current, actor=actor, **allowed)
    return current


@transaction.atomic
def set_portal_role(
    *, actor: Person, person: Person, version: int | None, role: str, now: dt.datetime, address: str | None = None
) -> Person:
    """Give a person another portal role and end all of their sessions.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError for a person who cannot sign in and for
    the last administrator.
    """
    require_permission(can_change_role(actor), ADMINISTRATORS_SET_ROLES)
    administrators = _lock_administrators()
    is_still_administrator = any(row.pk == actor.pk and is_administrator(row) for row in administrators)
    require_permission(is_still_administrator, ADMINISTRATORS_SET_ROLES)
    current = lock(person, version)
    if role == current.portal_role:
        return current
    if not signed_in(current):
        text = _("%(name)s can't sign in. Invite them first, and set the role after they accept.")
        raise OperationNotAllowedError(text % {"name": current.name})
    _require_another_administrator(administrators, current)
    _change_role(actor, current, role, now, address)
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
    """Close a person's account: take the portal role away and end all of their sessions.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError for one's own account and for the last
    administrator.
    """
    _require_account_manager(actor, person)
    administrators = _lock_administrators()
    current = lock(person, version)
    _require_account_manager(actor, current)
    if current.pk == actor.pk:
        raise OperationNotAllowedError(_("You can't close your own account. Ask another administrator."))
    _require_another_administrator(administrators, current)
    if current.portal_role != PortalRole.NONE:
        _change_role(actor, current, PortalRole.NONE, now, address)
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
    """Reopen a person's account. Raises PermissionDenied and EditConflictError."""
    _require_account_manager(actor, person)
    current = lock(person, version)
    _require_account_manager(actor, current)
    if save_changes(current, actor=actor, is_active=True):
        record_security_event(actor=actor, kind=SecurityEventKind.REACTIVATED, now=now, person=current, address=address)
    return current


@transaction.atomic
def clear_contact_fields(
    *, actor: Person, person: Person, version: int | None, reason: str, now: dt.datetime
) -> Person:
    """Remove a person's contact data from the record and its history, and close the account.

    Raises PermissionDenied, EditConflictError, and OperationNotAllowedError for a person with a portal role.
    """
    _require_account_manager(actor, person)
    current = lock(person, version)
    _require_account_manager(actor, current)
    if current.portal_role != PortalRole.NONE:
        text = _("%(name)s still has a portal role. Remove the role first.")
        raise OperationNotAllowedError(text % {"name": current.name})
    values: dict[str, Any] = dict.fromkeys(CONTACT_FIELDS, "")
    values["email"] = f"person-{current.pk}@{REMOVED_DOMAIN}"
    closed = {"is_active": False, "can_sign_in": False, "session_version": current.session_version + 1}
    save_changes(current, actor=actor, reason=reason, **values, **closed)
    # The only place where history is overwritten: otherwise the contact data would stay in it for good.
    Person.history.filter(id=current.pk).update(**values)
    EmailAddress.objects.filter(user=current).delete()
    record_security_event(actor=actor, kind=SecurityEventKind.CONTACT_REMOVED, now=now, person=current, detail=reason)
    return current


def _require_account_manager(actor: Person, person: Person) -> None:
    message = ADMINISTRATORS_MANAGE_STAFF if is_staff(actor) else STAFF_ONLY
    require_permission(can_manage_account(actor, person), message)


def _lock_administrators() -> list[Person]:
    """Return the administrators, locked, so that two who remove each other's role at once leave one."""
    return list(Person.objects.select_for_update().filter(portal_role=PortalRole.ADMINISTRATOR).order_by("pk"))


def _require_another_administrator(administrators: list[Person], leaving: Person) -> None:
    """Raise OperationNotAllowedError if `leaving` is the last administrator who can sign in."""
    if leaving.portal_role != PortalRole.ADMINISTRATOR:
        return
    if not any(is_administrator(row) and row.pk != leaving.pk for row in administrators):
        raise OperationNotAllowedError(_("This is the last administrator. Give the role to someone else first."))


def _change_role(actor: Person, current: Person, role: str, now: dt.datetime, address: str | None) -> None:
    old = current.get_portal_role_display()
    save_changes(current, actor=actor, portal_role=PortalRole(role), session_version=current.session_version + 1)
    detail = _("%(old)s to %(new)s") % {"old": old, "new": current.get_portal_role_display()}
    record_security_event(
        actor=actor, kind=SecurityEventKind.ROLE_CHANGED, now=now, person=current, address=address, detail=detail
    )


def _check_assistant(current: Person, values: dict[str, Any]) -> None:
    """Put the assistant's address in lower case. Raises OperationNotAllowedError if it is the person's own."""
    if "assistant_email" in values:
        values["assistant_email"] = str(values["assistant_email"]).strip().lower()
    address = values.get("assistant_email", current.assistant_email)
    if address and address == values.get("email", current.email):
        raise OperationNotAllowedError(
            _("The assistant's address is the person's own. Enter a different one, or leave it blank.")
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
    """Add a security event: who did what to which account, when, and from which IP address.

    `person` defaults to the actor. If the kind has a notice, the person is emailed too, at the address that the
    account has at this moment, so call this before the address is changed.
    """
    event = SecurityEvent(kind=kind, at=now, actor=actor, person=person or actor, address=address, detail=detail[:300])
    event.save(force_insert=True)
    if SecurityEventKind(kind).notice and event.person is not None:
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
    """Link an account to an identity of the single sign-on provider.

    Raises OperationNotAllowedError if it is linked to another identity.
    """
    current = lock(person)
    if SocialAccount.objects.filter(user=current, provider=provider).exists():
        raise OperationNotAllowedError(
            _("This account is linked to another single sign-on identity. Remove that link first.")
        )
    link = SocialAccount.objects.create(user=current, provider=provider, uid=uid)
    record_security_event(actor=current, kind=SecurityEventKind.SIGN_ON_LINKED, now=now, address=address)
    return link


def end_sessions(*, person: Person) -> None:
    """End every session of a person at its next request. The caller may renew its own session afterwards."""
    Person.objects.filter(pk=person.pk).update(session_version=F("session_version") + 1)
    person.refresh_from_db(fields=["session_version"])


def update_last_seen(*, person: Person, now: dt.datetime) -> None:
    """Store when a person last used the portal. Not part of the record, so it adds no history row."""
    Person.objects.filter(pk=person.pk).update(last_seen_at=now)


def record_export(*, actor: Person | None, what: str, now: dt.datetime, address: str | None = None) -> SecurityEvent:
    """Record that data left the portal as a file. `actor` is None for a command on the server."""
    return record_security_event(actor=actor, kind=SecurityEventKind.EXPORTED, now=now, address=address, detail=what)


@transaction.atomic
def start_viewing(*, actor: Person, person: Person, now: dt.datetime, address: str | None = None) -> None:
    """Record that the actor views the portal as the person from now on.

    Raises PermissionDenied, and OperationNotAllowedError for a person whom no one can view the portal as.
    """
    require_permission(is_staff(actor), STAFF_ONLY)
    if not can_view_as(actor, person):
        text = (
            _("%(name)s is staff. You can't view the portal as staff.")
            if is_staff(person)
            else _("%(name)s can't sign in, so you can't view the portal as this person.")
        )
        raise OperationNotAllowedError(text % {"name": person.name})
    record_security_event(actor=actor, kind=SecurityEventKind.VIEW_STARTED, now=now, person=person, address=address)


def end_viewing(*, actor: Person, person: Person, now: dt.datetime, why: str, address: str | None = None) -> None:
    """Record that the actor no longer views the portal as the person, and why. Allowed once the right is lost too."""
    record_security_event(
        actor=actor, kind=SecurityEventKind.VIEW_ENDED, now=now, person=person, address=address, detail=why
    )
