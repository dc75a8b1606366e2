"""Who sat where and who spoke for whom on a day that has been, read from the dates of terms, seats and representations.

The first and the last day count. Where one person took over from another on the same day, the later one is shown.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Prefetch, Q

from members.models import Organization, OrganizationStatusPeriod, Representation, RepresentationQuerySet
from members.rules import KINDS_WITH_RIGHTS, OrganizationStatus, Participation, RepresentationKind
from taskforces.models import Seat, Term
from taskforces.queries.rosters import SeatRow, date_order_constraint, seat_row, seats_of_organization


def covering(on: dt.date) -> Q:
    """The condition on rows with a first and a real last day that they cover this one."""
    return Q(starts_on__lte=on) & (Q(ended_on=None) | Q(ended_on__gte=on))


def seats_on(on: dt.date, **where: Any) -> list[SeatRow]:
    """The seats of a body or an organization (`where`) that stood on that day, with who sat in each. Two queries.

    A seat stood from the day it was entered, or from its first term where that began before.
    """
    terms = Term.objects.filter(covering(on)).select_related("person").order_by("-starts_on", "-id")
    stood = Q(pk__in=Seat.objects.filter(created_at__date__lte=on).values("pk"))
    stood |= Q(pk__in=Term.objects.filter(starts_on__lte=on).values("seat"))
    seats = (
        Seat.objects.filter(stood, Q(closed_on=None) | Q(closed_on__gte=on), **where)
        .filter(Q(body__dissolved_on=None) | Q(body__dissolved_on__gt=on))
        .annotate(left_on=Max("terms__ended_on", filter=Q(terms__ended_on__lt=on)))
        .select_related("organization", "body")
        .prefetch_related(Prefetch("terms", queryset=terms, to_attr="sitting"))
    )
    return date_order_constraint(seat_row(seat, on) for seat in seats)


def statuses_on(on: dt.date) -> dict[int, str]:
    """Return the status of each organization on a day by its id; one that was added later is left out. One query."""
    return dict(OrganizationStatusPeriod.objects.covering_day(on).values_list("organization", "status"))


def representatives_on(on: dt.date | None) -> list[Representation]:
    """Who belonged to the full Workgroup by representing an active member of it, on a day or (None) now.

    One query now, two for a day.
    """
    rows = Representation.objects.filter(
        kind__in=KINDS_WITH_RIGHTS,
        organization__participation=Participation.WORKGROUP,
        organization__merged_into=None,
    )
    if on is None:
        return _one_each(rows.current().filter(organization__status=OrganizationStatus.ACTIVE, person__is_active=True))
    statuses = statuses_on(on)
    found = _one_each(rows.filter(covering(on)))
    return [row for row in found if statuses.get(row.organization_id) == OrganizationStatus.ACTIVE]


def _one_each(rows: RepresentationQuerySet) -> list[Representation]:
    """One row for each person at each organization, the later one where a kind changed on the day."""
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
    """Who represents an organization and the seats that it holds, on a day or now."""

    representations: list[Representation]
    seats: list[SeatRow]


def organization_people(organization: Organization, on: dt.date | None, today: dt.date) -> OrganizationPeople:
    """The people and seats of an organization on a day, or (None) now. Three queries."""
    rows = Representation.objects.filter(organization=organization)
    people = _one_each(rows.current() if on is None else rows.filter(covering(on)))
    seats = seats_of_organization(organization, today) if on is None else seats_on(on, organization=organization)
    return OrganizationPeople(people, seats)
