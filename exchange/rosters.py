"""Rosters as rows of a spreadsheet; a row is a seat, with or without a person in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.rules import PortalRole
from exchange.cells import (
    InvalidCellError,
    future_date_message,
    invalid_choice,
    parse_choice_cell,
    parse_date_cell,
    with_heading,
)
from exchange.columns import EMAIL, ORGANIZATION, PERSON, FieldColumn
from exchange.context import CHANGE_REASON, ImportContext
from exchange.names import load_organization_lookup
from exchange.organizations import EXAMPLE_NAME
from exchange.people import EXAMPLE_ADDRESS, EXAMPLE_PERSON, closed_account_message
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
    FieldColumn(Person, "email", EMAIL, example=EXAMPLE_ADDRESS),
    FieldColumn(Person, "name", PERSON, example=EXAMPLE_PERSON),
    FieldColumn(Term, "starts_on", STARTS, ("term start",), "2026-01-01"),
    FieldColumn(Term, "planned_end_on", PLANNED_END, ("term ends", "term end"), "2027-12-31"),
)

# A row is matched to seats by the primary key of the body, the role, and the key of the organization.
SeatKey = tuple[int, str, str | None]


@dataclass(frozen=True)
class SeatAction:
    """Write one row: add the seat if there is none, end a term, fill the seat, or renew a term."""

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
class SeatState:
    """An open seat as it will be after the import."""

    seat: Seat | None
    term: Term | None
    email: str
    last_end: dt.date | None
    is_matched: bool = False


class RosterContext:
    """Bodies by the names that people enter, and their open seats by body, role, and organization. Three queries."""

    def __init__(self, context: ImportContext) -> None:
        self.context = context
        self.rights = context.representatives_with_rights()
        self.people_with_rights = {email for _key, email in self.rights}
        self.bodies: dict[str, set[int]] = defaultdict(set)
        self.by_pk = {body.pk: body for body in Body.objects.standing()}
        for body in self.by_pk.values():
            for text in (body.slug, body.name, body.title):
                self.bodies[text.casefold()].add(body.pk)
        self.seats: dict[SeatKey, list[SeatState]] = defaultdict(list)
        self.members: dict[int, set[str]] = defaultdict(set)
        current: dict[int, Term] = {}
        last_ends: dict[int, dt.date] = {}
        for term in Term.objects.filter(seat__body__in=self.by_pk).select_related("person").order_by("ended_on"):
            if term.ended_on is None:
                current[term.seat_id] = term
            else:
                last_ends[term.seat_id] = term.ended_on
        seats = Seat.objects.open().filter(body__in=self.by_pk).select_related("organization").order_by("pk")
        for seat in seats:
            holder = current.get(seat.pk)
            email = holder.person.email if holder else ""
            key = (seat.body_id, seat.role, seat.organization.key if seat.organization else None)
            self.seats[key].append(SeatState(seat, holder, email, last_ends.get(seat.pk)))
            self.members[seat.body_id] |= {email} - {""}

    def find_body(self, text: str) -> Body:
        """Return the body with this name. Raise InvalidCellError."""
        found = self.bodies.get(text.casefold(), set())
        if len(found) == 1:
            return self.by_pk[next(iter(found))]
        raise InvalidCellError(with_heading(BODY, invalid_choice(text, [body.title for body in self.by_pk.values()])))

    def seat_key(self, row: Row) -> SeatKey:
        """Return the body, the role, and the organization of a row. Raise InvalidCellError."""
        body = self.find_body(row.cell(BODY))
        try:
            role = parse_choice_cell(row.cell(ROLE), SeatRole.choices) if row.cell(ROLE) else SeatRole.MEMBER.value
        except InvalidCellError as error:
            raise InvalidCellError(with_heading(ROLE, error)) from error
        return body.pk, role, self.context.find_organization(row)


class SeatRecords(RecordType):
    """Seats, matched by body, role, and organization, and by the person in them."""

    sheet = "Rosters"
    columns = COLUMNS
    identified_by = frozenset({BODY})

    def plan(self, rows: Iterable[Row], context: ImportContext) -> Iterator[PlannedRow | None]:
        """Yield the planned result of each row, or None for a row without a body.

        The context must include the people of the file. Two passes: the first collects who keeps a seat by a row of
        their own, so that no other row replaces them.
        """
        roster = RosterContext(context)
        rows = list(rows)
        retained: dict[SeatKey, set[str]] = defaultdict(set)
        for row in rows:
            try:
                retained[roster.seat_key(row)].add(row.cell(EMAIL).lower())
            except InvalidCellError:
                continue
        for row in rows:
            is_example = row.cell(EMAIL).casefold() == EXAMPLE_ADDRESS
            yield _plan_seat(row, roster, retained) if row.cell(BODY) and not is_example else None

    @transaction.atomic
    def write(self, *, actor: Person, actions: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Write the rosters. All terms end first, so that a person can move from one seat to another."""
        actions = [action for action in actions if isinstance(action, SeatAction)]
        organizations = {
            row.key: row
            for row in Organization.objects.filter(key__in={action.key for action in actions if action.key})
        }
        people = {
            row.email: row
            for row in Person.objects.filter(email__in={action.email for action in actions if action.email})
        }
        for action in actions:
            if action.end:
                operations.end_term(
                    actor=actor,
                    term=action.end,
                    version=action.end.version,
                    ended_on=action.starts_on or today,
                    reason=CHANGE_REASON,
                    today=today,
                )
        for action in actions:
            if action.renew and action.planned_end_on:
                operations.renew_term(
                    actor=actor,
                    term=action.renew,
                    version=action.renew.version,
                    planned_end_on=action.planned_end_on,
                    today=today,
                )
                continue
            organization = organizations[action.key] if action.key else None
            seat = action.seat or operations.add_seat(
                actor=actor, body=action.body, role=action.role, organization=organization
            )
            if action.email and action.starts_on:
                operations.fill_seat(
                    actor=actor,
                    seat=seat,
                    person=people[action.email],
                    starts_on=action.starts_on,
                    planned_end_on=action.planned_end_on,
                    today=today,
                )

    def rows(self, today: dt.date) -> Iterator[list[str]]:
        """Yield the cells of each open seat of each active body in the order of the header."""
        names = load_organization_lookup()
        for found in sorted(rosters(today), key=lambda roster: (roster.body.position, roster.body.pk)):
            for row in found.seats:
                term = row.term
                yield [
                    found.body.title,
                    row.seat.get_role_display(),
                    names.label(row.organization) if row.organization else "",
                    term.person.email if term else "",
                    term.person.name if term else "",
                    term.starts_on.isoformat() if term else "",
                    term.planned_end_on.isoformat() if term and term.planned_end_on else "",
                ]


ROSTERS = SeatRecords()


def _plan_seat(row: Row, roster: RosterContext, retained: dict[SeatKey, set[str]]) -> PlannedRow:
    planned = PlannedRow(row, " · ".join(filter(None, (row.cell(heading) for heading in (BODY, ROLE, ORGANIZATION)))))
    try:
        key = roster.seat_key(row)
        starts, ends = _parse_date(row, STARTS), _parse_date(row, PLANNED_END)
    except InvalidCellError as error:
        return planned.reject(str(error))
    email = row.cell(EMAIL).lower()
    state = _matching_seat(roster.seats[key], email, retained[key])
    is_same_person = state is not None and state.email == email
    today = roster.context.today
    reasons = _seat_reasons(roster, key, state, email)
    if not reasons and email and not is_same_person:
        reasons = _ineligibility_reasons(roster, key, email, row)
    if state and state.term and is_same_person:
        reasons += _current_term_reasons(state.term, starts, ends, today)
    elif email:
        starts = starts or today
        reasons += _new_term_reasons(state, starts, ends, today)
    if reasons:
        return planned.reject(*reasons)
    action = SeatAction(roster.by_pk[key[0]], key[1], key[2], state.seat if state else None)
    _set_actions(planned, action, state, email, starts, ends)
    if state is None:
        state = SeatState(None, None, email, None)
        roster.seats[key].append(state)
    elif not is_same_person:
        roster.members[key[0]].discard(state.email)
    state.is_matched, state.email = True, email
    roster.members[key[0]] |= {email} - {""}
    return planned


def _parse_date(row: Row, heading: str) -> dt.date | None:
    try:
        return parse_date_cell(row.cell(heading))
    except InvalidCellError as error:
        raise InvalidCellError(with_heading(heading, error)) from error


def _matching_seat(seats: list[SeatState], email: str, retained: set[str]) -> SeatState | None:
    """Return the seat of a row: the one of that person, else a vacant one, else one whose holder no row retains."""
    free = [state for state in seats if not state.is_matched]
    ranked = (
        [state for state in free if state.email == email],
        [state for state in free if not state.email],
        [state for state in free if state.email not in retained],
    )
    return next((state for rank in ranked for state in rank), None)


def _seat_reasons(roster: RosterContext, key: SeatKey, state: SeatState | None, email: str) -> list[str]:
    """Return why the seat itself cannot be added or vacated."""
    same_role = [seats for (body, role, _organization), seats in roster.seats.items() if (body, role) == key[:2]]
    if state is None and key[1] == SeatRole.CHAIR and any(same_role):
        message = _("%(body)s already has a chair's seat. Enter Co-chair, or close that seat first.")
        return [with_heading(ROLE, message % {"body": roster.by_pk[key[0]].title})]
    if state and state.term and not email:
        message = _("%(person)s has this seat. Enter their email address, or end the term on the roster.")
        return [with_heading(EMAIL, message % {"person": state.term.person.name})]
    return []


def _ineligibility_reasons(roster: RosterContext, key: SeatKey, email: str, row: Row) -> list[str]:
    """Return why the person may not take the seat, by the rule of `taskforces.permissions.people_for`."""
    body, _role, organization = key
    person = roster.context.people.get(email)
    name = row.cell(PERSON) or email
    if person is None:
        message = _(
            "%(email)s isn't in the portal yet. Add the person to the people, with the organization they represent."
        )
        return [with_heading(EMAIL, message % {"email": email})]
    if person.get("is_active") is False:
        return [closed_account_message(email)]
    if email in roster.members[body]:
        message = _("%(person)s already has a seat on %(body)s. A person can have one seat on a body.")
        return [message % {"person": name, "body": roster.by_pk[body].title}]
    if organization is not None and (organization, email) not in roster.rights:
        message = _(
            "%(person)s doesn't represent %(organization)s, or the organization isn't active. "
            "Add them as a representative first."
        )
        return [message % {"person": name, "organization": roster.context.organizations[organization].get("name")}]
    is_staff = person.get("portal_role") in (PortalRole.STAFF, PortalRole.ADMINISTRATOR)
    if organization is None and email not in roster.people_with_rights and not is_staff:
        message = _("%(person)s doesn't represent an organization. Add them as a representative first.")
        return [message % {"person": name}]
    return []


def _current_term_reasons(term: Term, starts: dt.date | None, ends: dt.date | None, today: dt.date) -> list[str]:
    reasons = []
    if starts and starts != term.starts_on:
        message = _("The term started on %(date)s. Enter that date, or leave the cell empty.")
        reasons.append(with_heading(STARTS, message % {"date": date_format(term.starts_on)}))
    if ends and ends != term.planned_end_on and ends <= today:
        message = _("The date isn't in the future. Enter a later date, or end the term on the roster.")
        reasons.append(with_heading(PLANNED_END, message))
    return reasons


def _new_term_reasons(state: SeatState | None, starts: dt.date, ends: dt.date | None, today: dt.date) -> list[str]:
    reasons = []
    if starts > today:
        reasons.append(with_heading(STARTS, future_date_message()))
    if ends and ends <= starts:
        message = _("The date isn't after the start. Enter a later date, or leave the cell empty.")
        reasons.append(with_heading(PLANNED_END, message))
    last = _last_used_on(state) if state else None
    if last and starts < last:
        message = _("Someone else had this seat until %(date)s. Enter that date or a later one.")
        reasons.append(with_heading(STARTS, message % {"date": date_format(last)}))
    return reasons


def _last_used_on(state: SeatState) -> dt.date | None:
    """Return the earliest day on which another term in the seat can start."""
    return max(filter(None, (state.last_end, state.term.starts_on if state.term else None)), default=None)


def _set_actions(
    planned: PlannedRow,
    action: SeatAction,
    state: SeatState | None,
    email: str,
    starts: dt.date | None,
    ends: dt.date | None,
) -> None:
    """Set the status, the changes, and the actions of the planned row."""
    term = state.term if state else None
    if term and term.person.email == email:
        if ends and ends != term.planned_end_on:
            planned.status = RowStatus.CHANGED
            planned.changes = [Change(PLANNED_END, str(term.planned_end_on or ""), str(ends))]
            planned.actions = [replace(action, renew=term, planned_end_on=ends)]
        return
    if state and not email:
        return
    planned.status = RowStatus.CHANGED if state else RowStatus.NEW
    if email:
        planned.changes = [Change(EMAIL, state.email if state else "", email), Change(STARTS, "", str(starts))]
        planned.changes += [Change(PLANNED_END, "", str(ends))] if ends else []
    planned.actions = [replace(action, end=term, email=email, starts_on=starts if email else None, planned_end_on=ends)]
