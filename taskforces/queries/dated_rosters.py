"""Rosters of a past day, from the dates of seats, terms, representations and status periods.

The first and the last day count. If one person took over from another on the same day, the later one is returned.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from members.models import Organization, Representation, RepresentationQuerySet
from members.models.organizations import OrganizationStatusPeriod
from members.rules import KINDS_WITH_RIGHTS, OrganizationStatus, Participation, RepresentationKind
from taskforces.models import Seat, Term
from taskforces.queries.rosters import SeatRow, seat_row, seats_of_organization, sort_seats


def active_on(on: dt.date) -> Q:
    """Return the condition that a row with a first and a last day covers a day."""
    return Q(starts_on__lte=on) & (Q(ended_on=None) | Q(ended_on__gte=on))


def seats_on(on: dt.date, **conditions: Any) -> list[SeatRow]:
    """Return the seats of a day that meet the conditions, such as `body=`, with who held each. Two queries.

    A seat exists from the day on which it was added, or from its first term if that started earlier.
    """
    existed = Q(pk__in=Seat.objects.filter(created_at__date__lte=on).values("pk"))
    existed |= Q(pk__in=Term.objects.filter(starts_on__lte=on).values("seat"))
    terms = Term.objects.filter(starts_on__lte=on).select_related("person").order_by("-starts_on", "-id")
    seats = (
        Seat.objects.filter(existed, Q(closed_on=None) | Q(closed_on__gte=on), **conditions)
        .filter(Q(body__dissolved_on=None) | Q(body__dissolved_on__gt=on))
        .select_related("organization", "body")
        .prefetch_related(Prefetch("terms", queryset=terms))
    )
    return sort_seats(_row_on(seat, on) for seat in seats)


def _row_on(seat: Seat, on: dt.date) -> SeatRow:
    """Return the row of a seat that was read with its terms, the latest first."""
    terms = list(seat.terms.all())
    term = next((term for term in terms if term.ended_on is None or term.ended_on >= on), None)
    return seat_row(seat, term, (term.ended_on for term in terms if term.ended_on and term.ended_on < on), on)


def statuses_on(on: dt.date) -> dict[int, str]:
    """Return the status of each organization on a day by its id; one that was added later is left out. One query."""
    return dict(OrganizationStatusPeriod.objects.covering_day(on).values_list("organization", "status"))


def representatives_on(on: dt.date | None) -> list[Representation]:
    """Return who belonged to the full Workgroup by representing an active member, on a day or (None) today.

    One query for today, two for another day.
    """
    rows = Representation.objects.filter(
        kind__in=KINDS_WITH_RIGHTS,
        organization__participation=Participation.WORKGROUP,
        organization__merged_into=None,
    )
    if on is None:
        return _one_each(rows.current().filter(organization__status=OrganizationStatus.ACTIVE, person__is_active=True))
    statuses = statuses_on(on)
    found = _one_each(rows.filter(active_on(on)))
    return [row for row in found if statuses.get(row.organization_id) == OrganizationStatus.ACTIVE]


def _one_each(rows: RepresentationQuerySet) -> list[Representation]:
    """Return one row for each person and organization, the later one if the kind changed on the day."""
    found: dict[tuple[int, int], Representation] = {}
    for row in rows.select_related("person", "organization").order_by("starts_on", "id"):
        found[row.organization_id, row.person_id] = row
    return sorted(
        found.values(),
        key=lambda row: (
            row.organization.short_name.lower(),
            RepresentationKind.values.index(row.kind),
            row.person.name.lower(),
        ),
    )


@dataclass(frozen=True)
class OrganizationPeople:
    """The representatives and the seats of an organization, on a day or today."""

    representations: list[Representation]
    seats: list[SeatRow]


def organization_people(organization: Organization, on: dt.date | None, today: dt.date) -> OrganizationPeople:
    """Return the people and seats of an organization on a day, or (None) today. Three queries."""
    rows = Representation.objects.filter(organization=organization)
    people = _one_each(rows.current(today) if on is None else rows.filter(active_on(on)))
    seats = seats_of_organization(organization, today) if on is None else seats_on(on, organization=organization)
    return OrganizationPeople(people, seats)
