"""Security events, which are only ever added, and the end of a person's sessions."""

import datetime as dt

from django.db.models import F

from members.models import Person, SecurityEvent


def record_security_event(
    *,
    actor: Person | None,
    kind: str,
    now: dt.datetime,
    person: Person | None = None,
    address: str | None = None,
    detail: str = "",
) -> SecurityEvent:
    """One row of the append-only table: who did what to whom, when and from which address."""
    event = SecurityEvent(kind=kind, at=now, actor=actor, person=person or actor, address=address, detail=detail[:300])
    event.save(force_insert=True)
    return event


def end_sessions(*, person: Person) -> None:
    """End every session of a person at its next request; the caller may sign its own session anew."""
    Person.objects.filter(pk=person.pk).update(session_epoch=F("session_epoch") + 1)
    person.refresh_from_db(fields=["session_epoch"])


def note_presence(*, person: Person, now: dt.datetime) -> None:
    """Remember when a person was last here; it is no part of the record, so it leaves no history."""
    Person.objects.filter(pk=person.pk).update(last_seen_at=now)
