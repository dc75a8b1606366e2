"""Rosters as rows of a spreadsheet; a row is a seat, with or without somebody in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch

from accounts.models import Person
from accounts.rules import PortalRole
from exchange.cells import InvalidCellError, parse_choice_cell, parse_date_cell
from exchange.columns import EMAIL, ORGANIZATION, PERSON, FieldColumn
from exchange.context import REASON, ImportContext
from exchange.names import standing_names
from exchange.organizations import EXAMPLE_NAME
from exchange.people import EXAMPLE_ADDRESS, EXAMPLE_PERSON
from exchange.plans import Change, PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from members.models import Organization
from taskforces import operations
from taskforces.models import Body, Seat, Term
from taskforces.queries.rosters import rosters
from taskforces.rules import SeatRole

BODY, ROLE, STARTS, PLANNED_END = "Body", "Role", "Term starts", "Planned term end"
COLUMNS = (
    FieldColumn(Seat, "body", BODY, ("task force", "committee"), "Data"),
    FieldColumn(Seat, "role", ROLE, ("seat", "seat role", "task force role"), "Member"),
    FieldColumn(Seat, "organization", ORGANIZATION, example=EXAMPLE_NAME),
    FieldColumn(Person, "email", EMAIL, example=EXAMPLE_ADDRESS, is_contact=True),
    FieldColumn(Person, "name", PERSON, example=EXAMPLE_PERSON),
    FieldColumn(Term, "starts_on", STARTS, ("term start",), "2026-01-01"),
    FieldColumn(Term, "planned_end_on", PLANNED_END, ("term ends", "term end"), "2027-12-31"),
)

Place = tuple[int, str, str | None]


@dataclass(frozen=True)
class SeatAct:
    """What has to be done for one row: make a seat, end the term in it, put somebody in it, renew a term."""

    body: Body
    role: str
    key: str | None
    seat: Seat | None
    end: Term | None = None
    email: str = ""
    starts_on: dt.date | None = None
    planned_end_on: dt.date | None = None
    renew: Term | None = None


@dataclass
class _Chair:
    """An open seat as it would be."""

    seat: Seat | None
    term: Term | None
    email: str
    last_end: dt.date | None
    is_taken_by_a_row: bool = False


class Rosters:
    """Bodies by what people write for them, and their open seats by body, role and organization. Four queries."""

    def __init__(self, outlook: ImportContext) -> None:
        self.outlook = outlook
        self.rights = outlook.with_rights()
        self.have_rights = {email for _, email in self.rights}
        self.bodies: dict[str, set[int]] = defaultdict(set)
        self.by_pk = {body.pk: body for body in Body.objects.standing()}
        for body in self.by_pk.values():
            for word in (body.slug, body.name, body.title):
                self.bodies[word.casefold()].add(body.pk)
        self.places: dict[Place, list[_Chair]] = defaultdict(list)
        self.seated: dict[int, set[str]] = defaultdict(set)
        sitting = Prefetch("terms", Term.objects.filter(ended_on=None).select_related("person"), "sitting")
        seats = Seat.objects.open().filter(body__in=self.by_pk).select_related("organization").order_by("pk")
        for seat in seats.annotate(last_end=Max("terms__ended_on")).prefetch_related(sitting):
            term: Term | None = next(iter(seat.sitting), None)  # type: ignore[attr-defined]
            email = term.person.email if term else ""
            place = (seat.body_id, seat.role, seat.organization.key if seat.organization else None)
            self.places[place].append(_Chair(seat, term, email, seat.last_end))
            self.seated[seat.body_id] |= {email} - {""}

    def body(self, words: str) -> Body:
        """The body that is meant. Raises InvalidCellError."""
        found = self.bodies.get(words.casefold(), set())
        if len(found) == 1:
            return self.by_pk[next(iter(found))]
        names = ", ".join(body.title for body in self.by_pk.values())
        raise InvalidCellError(
            f"{BODY}: “{words}” is none of: {names}." if words else f"{BODY}: write one of: {names}."
        )

    def place(self, row: Row) -> Place:
        """The body, role and organization of a row. Raises InvalidCellError."""
        body = self.body(row.cell(BODY))
        try:
            role = parse_choice_cell(row.cell(ROLE), SeatRole.choices) if row.cell(ROLE) else SeatRole.MEMBER.value
        except InvalidCellError as wrong:
            raise InvalidCellError(f"{ROLE}: {wrong}") from wrong
        return body.pk, role, self.outlook.find(row)


class SeatRecords(RecordType):
    sheet = "Rosters"
    columns = COLUMNS
    identified_by = frozenset({BODY})

    def plan(self, rows: Iterable[Row], outlook: ImportContext) -> Iterator[PlannedRow | None]:
        """One for each row; None for a row that names no body. The outlook must hold the file's people by now."""
        rosters = Rosters(outlook)
        rows = list(rows)
        # Who keeps a seat by a row of their own is not moved out of it by another row.
        keeping: dict[Place, set[str]] = defaultdict(set)
        for row in rows:
            try:
                keeping[rosters.place(row)].add(row.cell(EMAIL).lower())
            except InvalidCellError:
                continue
        for row in rows:
            is_example = row.cell(EMAIL).casefold() == EXAMPLE_ADDRESS
            yield _plan_seat(row, rosters, keeping) if row.cell(BODY) and not is_example else None

    @transaction.atomic
    def write(self, *, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Write the rosters; terms end first, so that who moves from one seat to another may."""
        acts = [act for act in acts if isinstance(act, SeatAct)]
        organizations = {
            row.key: row for row in Organization.objects.filter(key__in={act.key for act in acts if act.key})
        }
        people = {row.email: row for row in Person.objects.filter(email__in={act.email for act in acts if act.email})}
        for act in acts:
            if act.end:
                day = act.starts_on or today
                operations.end_term(
                    actor=actor, term=act.end, version=act.end.version, ended_on=day, reason=REASON, today=today
                )
        for act in acts:
            if act.renew and act.planned_end_on:
                operations.renew_term(
                    actor=actor,
                    term=act.renew,
                    version=act.renew.version,
                    planned_end_on=act.planned_end_on,
                    today=today,
                )
                continue
            organization = organizations[act.key] if act.key else None
            seat = act.seat or operations.add_seat(actor=actor, body=act.body, role=act.role, organization=organization)
            if act.email and act.starts_on:
                operations.fill_seat(
                    actor=actor,
                    seat=seat,
                    person=people[act.email],
                    starts_on=act.starts_on,
                    planned_end_on=act.planned_end_on,
                    today=today,
                )

    def rows(self, today: dt.date) -> Iterator[list[str]]:
        """The cells of each open seat of each standing body under the header."""
        names = standing_names()
        for found in sorted(rosters(today), key=lambda roster: (roster.body.position, roster.body.pk)):
            for row in found.seats:
                term = row.term
                yield [
                    found.body.title,
                    row.seat.get_role_display(),
                    names.say(row.organization) if row.organization else "",
                    term.person.email if term else "",
                    term.person.name if term else "",
                    term.starts_on.isoformat() if term else "",
                    term.planned_end_on.isoformat() if term and term.planned_end_on else "",
                ]


ROSTERS = SeatRecords()


def _plan_seat(row: Row, rosters: Rosters, keeping: dict[Place, set[str]]) -> PlannedRow:
    planned = PlannedRow(row, " · ".join(filter(None, (row.cell(heading) for heading in (BODY, ROLE, ORGANIZATION)))))
    try:
        place = rosters.place(row)
        starts, ends = _day(row, STARTS), _day(row, PLANNED_END)
    except InvalidCellError as wrong:
        return planned.refuse(str(wrong))
    body, role, key = rosters.by_pk[place[0]], place[1], place[2]
    email = row.cell(EMAIL).lower()
    chair = _chair_for(rosters.places[place], email, keeping[place])
    if (
        chair is None
        and role == SeatRole.CHAIR
        and any(p[:2] == place[:2] for p, found in rosters.places.items() if found)
    ):
        return planned.refuse(f"{ROLE}: {body.title} has a chair's seat. Write co-chair, or close that seat first.")
    if chair and chair.term and not email:
        name = chair.term.person.name
        return planned.refuse(f"{EMAIL}: {name} sits in this seat. Write their address, or end the term on the roster.")
    reasons = _why_not(rosters, place, chair, email, row) if email and (chair is None or chair.email != email) else []
    today = rosters.outlook.today
    stays = chair is not None and chair.email == email and chair.term is not None
    if stays:
        reasons += _days_of_stay(chair.term, starts, ends, today)  # type: ignore[union-attr, arg-type]
    elif email:
        starts = starts or today
        reasons += _days_of_start(chair, starts, ends, today)
    if reasons:
        return planned.refuse(*reasons)
    _plan(planned, SeatAct(body, role, key, chair.seat if chair else None), chair, email, starts, ends)
    if chair is None:
        chair = _Chair(None, None, email, None)
        rosters.places[place].append(chair)
    elif chair.email != email:
        rosters.seated[body.pk].discard(chair.email)
    chair.is_taken_by_a_row, chair.email = True, email
    rosters.seated[body.pk] |= {email} - {""}
    return planned


def _day(row: Row, heading: str) -> dt.date | None:
    try:
        return parse_date_cell(row.cell(heading))
    except InvalidCellError as wrong:
        raise InvalidCellError(f"{heading}: {wrong}") from wrong


def _chair_for(chairs: list[_Chair], email: str, keeping: set[str]) -> _Chair | None:
    """The seat that a row means: where that person sits, else a vacant one, else one whose holder no row keeps."""
    free = [chair for chair in chairs if not chair.is_taken_by_a_row]
    ranked = (
        [chair for chair in free if chair.email == email],
        [chair for chair in free if not chair.email],
        [chair for chair in free if chair.email not in keeping],
    )
    return next((chair for rank in ranked for chair in rank), None)


def _why_not(rosters: Rosters, place: Place, chair: _Chair | None, email: str, row: Row) -> list[str]:
    """Why a person may not be put in the seat, by the rule of `taskforces.permissions.people_for`."""
    body, _, key = place
    person = rosters.outlook.people.get(email)
    name = row.cell(PERSON) or email
    if person is None:
        return [
            f"{EMAIL}: nobody has the address {email}. Add them to the people, with the organization they represent."
        ]
    if person.get("is_active") is False:
        return [f"The account of {email} is closed. Reactivate it first, or leave this row out."]
    if email in rosters.seated[body] and (chair is None or chair.email != email):
        return [f"{name} sits on {rosters.by_pk[body].title} already. A person has one seat on a body."]
    if key is not None and (key, email) not in rosters.rights:
        of = rosters.outlook.organizations[key].get("name")
        return [f"{name} does not represent {of}, or it is neither active nor on leave. Name them for it first."]
    is_staff = person.get("portal_role") in (PortalRole.STAFF, PortalRole.ADMINISTRATOR)
    if key is None and email not in rosters.have_rights and not is_staff:
        return [f"{name} represents no organization of the Workgroup. Name them for one first."]
    return []


def _days_of_stay(term: Term, starts: dt.date | None, ends: dt.date | None, today: dt.date) -> list[str]:
    reasons = []
    if starts and starts != term.starts_on:
        reasons.append(f"{STARTS}: the term began {term.starts_on}. Write that day, or leave the cell empty.")
    if ends and ends != term.planned_end_on and ends <= today:
        reasons.append(f"{PLANNED_END}: the day is not ahead. Write a later day, or end the term on the roster.")
    return reasons


def _days_of_start(chair: _Chair | None, starts: dt.date, ends: dt.date | None, today: dt.date) -> list[str]:
    reasons = []
    if starts > today:
        reasons.append(f"{STARTS}: the day lies ahead. Write today or an earlier day.")
    if ends and ends <= starts:
        reasons.append(f"{PLANNED_END}: it is not after the start. Write a later day, or leave the cell empty.")
    last = (
        max(filter(None, (chair.last_end, chair.term.starts_on if chair.term else None)), default=None)
        if chair
        else None
    )
    if last and starts < last:
        reasons.append(f"{STARTS}: somebody sat in this seat until {last}. Write that day or a later one.")
    return reasons


def _plan(
    planned: PlannedRow, act: SeatAct, chair: _Chair | None, email: str, starts: dt.date | None, ends: dt.date | None
) -> None:
    """Set the verdict, what changes and what has to be done."""
    term = chair.term if chair else None
    if term and term.person.email == email:
        if ends and ends != term.planned_end_on:
            planned.verdict = RowStatus.CHANGED
            planned.changes = [Change(PLANNED_END, str(term.planned_end_on or ""), str(ends))]
            planned.acts = [SeatAct(act.body, act.role, act.key, act.seat, renew=term, planned_end_on=ends)]
        return
    if chair and not email:
        return
    planned.verdict = RowStatus.CHANGED if chair else RowStatus.NEW
    if email:
        planned.changes = [Change(EMAIL, chair.email if chair else "", email), Change(STARTS, "", str(starts))]
        planned.changes += [Change(PLANNED_END, "", str(ends))] if ends else []
    planned.acts = [SeatAct(act.body, act.role, act.key, act.seat, term, email, starts if email else None, ends)]
