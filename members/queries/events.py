"""Reads over what is only ever added: security events, and what staff entered for others."""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q, QuerySet

from members.models import ActOnBehalf, SecurityEvent

SECURITY_EVENT_HEADER = ["When", "Event", "Who", "Whom", "Address", "Detail"]


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


def security_event_rows_of(events: Iterable[SecurityEvent]) -> Iterator[list[str]]:
    """The cells under SECURITY_EVENT_HEADER; times are ISO 8601 in UTC, to stand beside those of other systems."""
    for event in events:
        yield [
            event.at.astimezone(dt.UTC).isoformat(timespec="seconds"),
            event.get_kind_display(),
            event.actor.name if event.actor else "",
            event.person.name if event.person else "",
            event.address or "",
            event.detail,
        ]


def acts_on(model: type[models.Model], ids: Iterable[int]) -> dict[tuple[int, int], ActOnBehalf]:
    """What staff entered for somebody on rows of a model, by the row's id and the version it became. One query."""
    acts = ActOnBehalf.objects.filter(model=model._meta.label, row_id__in=list(ids)).select_related("actor", "person")
    return {(act.row_id, act.version): act for act in acts}


def on_behalf_entries(*, how: str = "", q: str = "") -> QuerySet[ActOnBehalf]:
    """What staff entered for others, the latest first; `q` is part of a name or of what was entered."""
    acts = ActOnBehalf.objects.select_related("actor", "person")
    if how:
        acts = acts.filter(how=how)
    if q:
        acts = acts.filter(Q(person__name__icontains=q) | Q(actor__name__icontains=q) | Q(what__icontains=q))
    return acts
