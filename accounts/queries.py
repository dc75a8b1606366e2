"""Reads over security events."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accounts.models import SecurityEvent


def security_event_rows(
    *, kind: str = "", person: str = "", since_on: dt.date | None = None, until_on: dt.date | None = None
) -> QuerySet[SecurityEvent]:
    """Security events, the latest first, with who acted and whom it concerned; days count in the current zone."""
    rows = SecurityEvent.objects.select_related("actor", "person")
    if kind:
        rows = rows.filter(kind=kind)
    if person:
        places = ("person__name", "person__email", "actor__name", "detail", "address")
        rows = rows.filter(reduce(or_, (Q(**{f"{place}__icontains": person}) for place in places)))
    if since_on:
        rows = rows.filter(at__date__gte=since_on)
    if until_on:
        rows = rows.filter(at__date__lte=until_on)
    return rows
