"""Security events, which are only ever added, the ways into an account, and the end of a person's sessions."""

import datetime as dt

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.db.models import F

from core.operations import OperationNotAllowedError, lock
from mail.operations import enqueue
from members.models import Person, SecurityEvent
from members.rules import NOTIFIED_EVENTS, SecurityEventKind

NOTICE_KIND = "account_notice"


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
