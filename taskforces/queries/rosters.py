"""Seats as they stand today: rosters, cards, terms that want something."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max, Prefetch, QuerySet

from accounts.models import Person
from core.dates import local_today
from members.models import Organization
from taskforces import rules
from taskforces.models import Body, Seat, SeatQuerySet, Term, TermQuerySet, Workgroup
from taskforces.rules import SeatRole


@dataclass(frozen=True)
class SeatRow:
    """An open seat as a roster shows it; `term` is None while it is vacant."""

    seat: Seat
    term: Term | None
    is_holdover: bool
    is_ending_soon: bool
    # The last day on which somebody sat there, or the day on which the seat was entered; None while it is taken.
    vacant_since: dt.date | None = None

    @property
    def organization(self) -> Organization | None:
        return self.seat.organization

    @property
    def is_vacant(self) -> bool:
        return self.term is None

    @property
    def needs_attention(self) -> bool:
        return self.is_vacant or self.is_holdover or self.is_ending_soon


@dataclass(frozen=True)
class BodyCard:
    """A task force as the cards of the front page and of the list show it."""

    body: Body
    organizations: int
    chair: Term | None
    chair_organization: Organization | None
    vacancies: int


@dataclass(frozen=True)
class BodyRoster:
    """A body with its open seats and how many of them want a person, a renewal or an end."""

    body: Body
    seats: list[SeatRow]
    vacancies: int
    past_end: int
    ending: int

    @property
    def wanting(self) -> list[SeatRow]:
        """The seats to do something about, the vacant ones first."""
        return sorted((row for row in self.seats if row.needs_attention), key=lambda row: not row.is_vacant)

    @property
    def date_order_constraint(self) -> list[SeatRow]:
        return [row for row in self.seats if not row.needs_attention]


def _seats_with_terms() -> SeatQuerySet:
    sitting = Term.objects.filter(ended_on=None).select_related("person")
    return (
        Seat.objects.open()
        .annotate(left_on=Max("terms__ended_on"))
        .select_related("organization", "body")
        .prefetch_related(Prefetch("terms", queryset=sitting, to_attr="sitting"))
    )


def seat_row(seat: Seat, today: dt.date) -> SeatRow:
    sitting: list[Term] = seat.sitting  # type: ignore[attr-defined]
    term = sitting[0] if sitting else None
    planned = term.planned_end_on if term else None
    left_on: dt.date | None = seat.left_on  # type: ignore[attr-defined]
    since = None if term else left_on or min(local_today(seat.created_at), today)
    return SeatRow(seat, term, rules.is_holdover(planned, today), rules.is_ending_soon(planned, today), since)


def date_order_constraint(rows: Iterable[SeatRow]) -> list[SeatRow]:
    return sorted(
        rows,
        key=lambda row: (
            rules.rank(row.seat.role),
            row.organization.short_name.lower() if row.organization else "",
            row.seat.pk,
        ),
    )


def roster(body: Body, today: dt.date) -> list[SeatRow]:
    """The open seats of a body, the chair's first, each with who sits in it. Two queries."""
    return date_order_constraint(seat_row(seat, today) for seat in _seats_with_terms().filter(body=body))


def rosters(today: dt.date) -> list[BodyRoster]:
    """The rosters of all standing bodies, those with the most vacant seats first. Three queries."""
    rows: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in _seats_with_terms().filter(body__dissolved_on=None):
        rows[seat.body_id].append(seat_row(seat, today))
    found = [
        BodyRoster(
            body,
            date_order_constraint(rows[body.pk]),
            sum(row.is_vacant for row in rows[body.pk]),
            sum(row.is_holdover for row in rows[body.pk]),
            sum(row.is_ending_soon for row in rows[body.pk]),
        )
        for body in Body.objects.standing()
    ]
    return sorted(found, key=lambda item: -item.vacancies)


def body_cards() -> list[BodyCard]:
    """The standing task forces in their order, each with its organizations, chair and vacancies. Three queries."""
    seats: dict[int, list[Seat]] = defaultdict(list)
    for seat in _seats_with_terms().filter(body__dissolved_on=None):
        seats[seat.body_id].append(seat)
    return [_card(body, seats[body.pk]) for body in Body.objects.standing().task_forces()]


def _card(body: Body, seats: list[Seat]) -> BodyCard:
    chair_seat = next((seat for seat in seats if seat.role == SeatRole.CHAIR), None)
    sitting: list[Term] = chair_seat.sitting if chair_seat else []  # type: ignore[attr-defined]
    return BodyCard(
        body,
        len({seat.organization_id for seat in seats if seat.organization_id}),
        sitting[0] if sitting else None,
        chair_seat.organization if chair_seat else None,
        sum(not seat.sitting for seat in seats),  # type: ignore[attr-defined]
    )


def seats_of_organization(organization: Organization, today: dt.date) -> list[SeatRow]:
    """The open seats that an organization holds on standing bodies. Two queries."""
    seats = _seats_with_terms().filter(organization=organization, body__dissolved_on=None)
    return sorted(
        (seat_row(seat, today) for seat in seats),
        key=lambda row: (row.seat.body.position, rules.rank(row.seat.role), row.seat.pk),
    )


def past_terms(body: Body, limit: int = 20) -> QuerySet[Term]:
    """Who sat on a body before, the latest first."""
    return (
        Term.objects.filter(seat__body=body)
        .exclude(ended_on=None)
        .select_related("person", "seat__organization", "seat__body")
        .order_by("-ended_on", "-id")[:limit]
    )


def expired_terms(today: dt.date) -> TermQuerySet:
    """Current terms past their planned end, the longest past first."""
    return (
        Term.objects.current()
        .filter(planned_end_on__lt=today)
        .select_related("person", "seat__body", "seat__organization")
        .order_by("planned_end_on", "id")
    )


def terms_held(person: Person, organization: Organization | None) -> TermQuerySet:
    """The person's current terms in seats for one organization, or for none."""
    return (
        Term.objects.filter(person=person, ended_on=None, seat__organization=organization)
        .select_related("seat__body", "seat__organization")
        .order_by("seat__body__position", "id")
    )


def own_names() -> list[str]:
    """The names of the Workgroup and its bodies, whose words make a poor password."""
    names = Workgroup.objects.values_list("name", "short_name", "convened_by", "program")
    return [name for row in names for name in row] + list(Body.objects.values_list("name", flat=True))
