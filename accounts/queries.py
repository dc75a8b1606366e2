"""Reads of security events."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accounts.models import SecurityEvent

_SEARCHED_FIELDS = ("person__name", "person__email", "actor__name", "detail", "address")


def security_event_rows(
    *, kind: str = "", person: str = "", since_on: dt.date | None = None, until_on: dt.date | None = None
) -> QuerySet[SecurityEvent]:
    """Return security events with actor and person, the latest first. Days are those of the active time zone."""
    rows = SecurityEvent.objects.select_related("actor", "person")
    if kind:
        rows = rows.filter(kind=kind)
    if person:
        rows = rows.filter(reduce(or_, (Q(**{f"{name}__icontains": person}) for name in _SEARCHED_FIELDS)))
    if since_on:
        rows = rows.filter(at__date__gte=since_on)
    if until_on:
        rows = rows.filter(at__date__lte=until_on)
    return rows
