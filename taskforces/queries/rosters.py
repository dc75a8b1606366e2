"""Seats as they are today: rosters, cards of task forces, terms past their planned end."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from core.dates import local_today
from core.models import not_ended
from members.models import Organization
from taskforces import rules
from taskforces.models import Body, Seat, SeatQuerySet, Term, TermQuerySet, Workgroup
from taskforces.rules import SeatRole, SeatStatus


@dataclass(frozen=True)
class SeatRow:
    """A seat as a roster lists it; `term` is None while it is vacant."""

    seat: Seat
    term: Term | None
    status: SeatStatus
    # The last day of the latest term, or the day on which the seat was added; None while it is filled.
    vacant_since: dt.date | None = None

    @property
    def organization(self) -> Organization | None:
        return self.seat.organization

    @property
    def is_vacant(self) -> bool:
        return self.term is None

    @property
    def needs_attention(self) -> bool:
        return self.status.needs_attention


@dataclass(frozen=True)
class BodyCard:
    """A task force as the front page and the list of task forces show it."""

    body: Body
    organizations: int
    chair: Term | None
    chair_organization: Organization | None
    vacancies: int


class SeatCounts:
    """The seats of a roster that need attention, counted by why; for classes with `seats`."""

    seats: list[SeatRow]

    def count(self, status: SeatStatus) -> int:
        """Return the number of seats with a status."""
        return sum(row.status == status for row in self.seats)

    @property
    def attention_count(self) -> int:
        return sum(row.needs_attention for row in self.seats)

    @property
    def vacancies(self) -> int:
        return self.count(SeatStatus.VACANT)

    @property
    def past_end(self) -> int:
        return self.count(SeatStatus.HOLDOVER)

    @property
    def ending(self) -> int:
        return self.count(SeatStatus.ENDING_SOON)


@dataclass(frozen=True)
class BodyRoster(SeatCounts):
    """A body with its open seats."""

    body: Body
    seats: list[SeatRow]

    @property
    def needing_attention(self) -> list[SeatRow]:
        """Return the seats that need attention, the vacant ones first."""
        return sorted((row for row in self.seats if row.needs_attention), key=lambda row: not row.is_vacant)

    @property
    def filled(self) -> list[SeatRow]:
        """Return the seats that need no attention."""
        return [row for row in self.seats if not row.needs_attention]


def _seats_with_terms(today: dt.date) -> SeatQuerySet:
    """Return the open seats with their organizations, bodies, and all their terms."""
    terms = Term.objects.select_related("person")
    return (
        Seat.objects.open(today)
        .select_related("organization", "body")
        .prefetch_related(Prefetch("terms", queryset=terms))
    )


def seat_row(seat: Seat, term: Term | None, ends: Iterable[dt.date], today: dt.date) -> SeatRow:
    """Return the row of a seat with its term, or since when it is vacant; `ends` are the last days of earlier terms."""
    if term is None:
        since = max(ends, default=None) or min(local_today(seat.created_at), today)
        return SeatRow(seat, None, SeatStatus.VACANT, since)
    return SeatRow(seat, term, rules.status_of_term(term.planned_end_on, today))


def _row_today(seat: Seat, today: dt.date) -> SeatRow:
    """Return the row of a seat that was read with its terms."""
    terms = list(seat.terms.all())
    term = next((term for term in terms if term.is_in_force(today)), None)
    ends = (term.ended_on for term in terms if term.ended_on and term.ended_on <= today)
    return seat_row(seat, term, ends, today)


def sort_seats(rows: Iterable[SeatRow]) -> list[SeatRow]:
    """Return the rows in the order of a roster: by role, then by organization."""
    return sorted(
        rows,
        key=lambda row: (
            rules.role_order(row.seat.role),
            row.organization.short_name.lower() if row.organization else "",
            row.seat.pk,
        ),
    )


def roster(body: Body, today: dt.date) -> list[SeatRow]:
    """Return the open seats of a body in the order of a roster, each with its member. Two queries."""
    return sort_seats(_row_today(seat, today) for seat in _seats_with_terms(today).filter(body=body))


def rosters(today: dt.date) -> list[BodyRoster]:
    """Return the rosters of all active bodies, those with the most vacant seats first. Three queries."""
    rows: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in _seats_with_terms(today).filter(not_ended(today, "body__dissolved_on")):
        rows[seat.body_id].append(_row_today(seat, today))
    found = [BodyRoster(body, sort_seats(rows[body.pk])) for body in Body.objects.standing(today)]
    return sorted(found, key=lambda item: -item.vacancies)


def body_cards(today: dt.date) -> list[BodyCard]:
    """Return the active task forces in their order with organizations, chair and vacancies. Three queries."""
    rows: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in _seats_with_terms(today).filter(not_ended(today, "body__dissolved_on")):
        rows[seat.body_id].append(_row_today(seat, today))
    return [_card(body, rows[body.pk]) for body in Body.objects.standing(today).task_forces()]


def _card(body: Body, rows: list[SeatRow]) -> BodyCard:
    chair = next((row for row in rows if row.seat.role == SeatRole.CHAIR), None)
    return BodyCard(
        body,
        len({row.seat.organization_id for row in rows if row.seat.organization_id}),
        chair.term if chair else None,
        chair.organization if chair else None,
        sum(row.is_vacant for row in rows),
    )


def seats_of_organization(organization: Organization, today: dt.date) -> list[SeatRow]:
    """Return the open seats that an organization holds on active bodies. Two queries."""
    seats = _seats_with_terms(today).filter(not_ended(today, "body__dissolved_on"), organization=organization)
    return sorted(
        (_row_today(seat, today) for seat in seats),
        key=lambda row: (row.seat.body.position, rules.role_order(row.seat.role), row.seat.pk),
    )


def past_terms(body: Body, today: dt.date, limit: int = 20) -> QuerySet[Term]:
    """Return the ended terms of a body, the latest first."""
    return (
        Term.objects.filter(seat__body=body, ended_on__lte=today)
        .select_related("person", "seat__organization", "seat__body")
        .order_by("-ended_on", "-id")[:limit]
    )


def expired_terms(today: dt.date) -> TermQuerySet:
    """Return the current terms past their planned end, the longest past first."""
    return (
        Term.objects.current(today)
        .filter(planned_end_on__lt=today)
        .select_related("person", "seat__body", "seat__organization")
        .order_by("planned_end_on", "id")
    )


def workgroup_names() -> list[str]:
    """Return the names of the Workgroup and its bodies, whose words make a weak password."""
    names = Workgroup.objects.values_list("name", "short_name", "convened_by", "program")
    return [name for row in names for name in row] + list(Body.objects.values_list("name", flat=True))
