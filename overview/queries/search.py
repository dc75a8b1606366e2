"""Search across apps. What each person can find is decided by the apps' own permissions."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.permissions import AnyPerson
from core.dates import format_time_range
from meetings.permissions import meetings_visible_to
from members.permissions import organizations_visible_to
from objectives.models import Objective, ProgressUpdate, Strategy
from taskforces.models import Body

AnyModel = TypeVar("AnyModel", bound=Model)
ORGANIZATION_FIELDS = ("name", "acronym", "former_names__name", "work")
MAX_RESULTS = 10


@dataclass(frozen=True)
class SearchResult:
    """One result: its title, its address and a line of facts."""

    title: str
    url: str
    facts: str


@dataclass(frozen=True)
class SearchResultGroup:
    """The results of one kind; `has_more` tells that not all of them are shown."""

    title: str | Promise
    results: list[SearchResult]
    has_more: bool


def filter_by_words(rows: QuerySet[AnyModel], query: str, fields: Sequence[str]) -> QuerySet[AnyModel]:
    """Return the rows that contain every word of the query in one of the fields, in upper or lower case."""
    for word in query.split():
        matches = Q()
        for name in fields:
            matches |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(matches)
    return rows.distinct()


def search(query: str, person: AnyPerson, today: dt.date) -> list[SearchResultGroup]:
    """Return what `person` can see and what contains every word of the query, by kind; empty kinds are left out."""
    if not query.split():
        return []
    groups = []
    for title, find in _KINDS:
        results = list(find(query, person, today))
        if results:
            groups.append(SearchResultGroup(title, results[:MAX_RESULTS], len(results) > MAX_RESULTS))
    return groups


# One function for each kind; it returns one result more than is shown, to tell that there are more. ---------------


def _organizations(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    rows = organizations_visible_to(person).filter(merged_into=None).select_related("sector")
    for row in filter_by_words(rows, query, ORGANIZATION_FIELDS)[: MAX_RESULTS + 1]:
        facts = ", ".join(filter(None, [capfirst(row.sector.name), row.jurisdiction]))
        yield SearchResult(row.name, reverse("members:organization", args=[row.key]), facts)


def _task_forces(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    for row in filter_by_words(Body.objects.standing(), query, ("name", "focus"))[: MAX_RESULTS + 1]:
        yield SearchResult(row.title, reverse("taskforces:detail", args=[row.slug]), row.focus)


def _objectives(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    rows = filter_by_words(Objective.objects.current(), query, ("title", "description"))
    for row in rows[: MAX_RESULTS + 1]:
        facts = gettext("Objective %(number)d") % {"number": row.number}
        yield SearchResult(row.title, reverse("objectives:detail", args=[row.number]), facts)


def _strategies(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    rows = Strategy.objects.open().select_related("body", "objective")
    for row in filter_by_words(rows, query, ("title", "description"))[: MAX_RESULTS + 1]:
        facts = gettext("%(body)s, objective %(number)d") % {"body": row.body.title, "number": row.objective.number}
        yield SearchResult(row.title, reverse("objectives:strategy", args=[row.pk]), facts)


def _meetings(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    rows = filter_by_words(meetings_visible_to(person).select_related("body"), query, ("title", "agenda_items__title"))
    for row in rows.order_by("-starts_at")[: MAX_RESULTS + 1]:
        when = format_time_range(row.local_start, row.local_end, today)
        facts = gettext("%(body)s, %(when)s") % {"body": row.body.title, "when": when}
        yield SearchResult(row.title, reverse("meetings:detail", args=[row.pk]), facts)


def _updates(query: str, person: AnyPerson, today: dt.date) -> Iterable[SearchResult]:
    updates = ProgressUpdate.objects.published().select_related("strategy__body", "strategy__objective")
    rows = filter_by_words(updates, query, ("narrative",)).order_by("-reported_on", "-id")
    for row in rows[: MAX_RESULTS + 1]:
        yield SearchResult(row.strategy.title, reverse("objectives:strategy", args=[row.strategy_id]), row.narrative)


_KINDS: tuple[tuple[Promise, Callable[[str, AnyPerson, dt.date], Iterable[SearchResult]]], ...] = (
    (_("Organizations"), _organizations),
    (_("Task forces"), _task_forces),
    (_("Objectives"), _objectives),
    (_("Strategies"), _strategies),
    (_("Meetings"), _meetings),
    (_("Progress updates"), _updates),
)
