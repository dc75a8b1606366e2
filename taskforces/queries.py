"""Page-shaped reads of bodies, seats and terms. Each takes a fixed number of queries, whatever the number of rows."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch, QuerySet

from members.models import Organization, Person
from members.permissions import AnyPerson, organizations_visible_to
from taskforces import rules
from taskforces.models import Body, Seat, SeatQuerySet, Term, TermQuerySet, Workgroup
from taskforces.permissions import is_member, people_whose_contact_shows_to
from taskforces.rules import SeatRole


@dataclass(frozen=True)
class SeatRow:
    """An open seat as a roster shows it; `term` is None while it is vacant."""

    seat: Seat
    term: Term | None
    carries_over: bool
    ends_soon: bool

    @property
    def organization(self) -> Organization | None:
        return self.seat.organization

    @property
    def is_vacant(self) -> bool:
        return self.term is None

    @property
    def wants_attention(self) -> bool:
        return self.is_vacant or self.carries_over or self.ends_soon


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
        return sorted((row for row in self.seats if row.wants_attention), key=lambda row: not row.is_vacant)

    @property
    def in_order(self) -> list[SeatRow]:
        return [row for row in self.seats if not row.wants_attention]


@dataclass
class RosterView:
    """A roster cut to what one reader may see."""

    seats: list[SeatRow]
    shows_people: bool
    organizations: list[Organization] = field(default_factory=list)
    linked: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)

    @property
    def addresses(self) -> list[str]:
        """The addresses of those who sit, as far as the reader may know them."""
        return [row.term.person.email for row in self.seats if row.term and row.term.person_id in self.contacts]

    @property
    def vacancies(self) -> int:
        return sum(row.is_vacant for row in self.seats)

    @property
    def past_end(self) -> int:
        return sum(row.carries_over for row in self.seats)

    @property
    def ending(self) -> int:
        return sum(row.ends_soon for row in self.seats)


def _seats_with_terms() -> SeatQuerySet:
    sitting = Term.objects.filter(ended_on=None).select_related("person")
    return (
        Seat.objects.open()
        .select_related("organization", "body")
        .prefetch_related(Prefetch("terms", queryset=sitting, to_attr="sitting"))
    )


def _row(seat: Seat, today: dt.date) -> SeatRow:
    sitting: list[Term] = seat.sitting  # type: ignore[attr-defined]
    term = sitting[0] if sitting else None
    planned = term.planned_end_on if term else None
    return SeatRow(seat, term, rules.carries_over(planned, today), rules.ends_soon(planned, today))


def _in_order(rows: Iterable[SeatRow]) -> list[SeatRow]:
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
    return _in_order(_row(seat, today) for seat in _seats_with_terms().filter(body=body))


def roster_for(body: Body, reader: AnyPerson, today: dt.date) -> RosterView:
    """The roster as `reader` may see it: organizations for a visitor, people for members, contacts of one's bodies."""
    seats = roster(body, today)
    shows_people = is_member(reader)
    seated = {row.organization.pk: row.organization for row in seats if row.organization}
    linked = set(organizations_visible_to(reader).filter(pk__in=seated).values_list("pk", flat=True))
    shown = [seated[pk] for pk in seated if shows_people or pk in linked]
    people = [row.term.person_id for row in seats if row.term]
    contacts = (
        set(people_whose_contact_shows_to(reader).filter(pk__in=people).values_list("pk", flat=True))
        if shows_people
        else set()
    )
    return RosterView(seats, shows_people, sorted(shown, key=lambda o: o.short_name.lower()), linked, contacts)


def rosters(today: dt.date) -> list[BodyRoster]:
    """The rosters of all standing bodies, those with the most vacant seats first. Three queries."""
    rows: dict[int, list[SeatRow]] = defaultdict(list)
    for seat in _seats_with_terms().filter(body__dissolved_on=None):
        rows[seat.body_id].append(_row(seat, today))
    found = [
        BodyRoster(
            body,
            _in_order(rows[body.pk]),
            sum(row.is_vacant for row in rows[body.pk]),
            sum(row.carries_over for row in rows[body.pk]),
            sum(row.ends_soon for row in rows[body.pk]),
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
        (_row(seat, today) for seat in seats),
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


def terms_past_end(today: dt.date) -> TermQuerySet:
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
