"""People and whom they represent as rows of a spreadsheet: columns, and how a row is read, matched and written."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

import accounts.operations as accounts_operations
from accounts.forms import PersonForm
from accounts.models import Person
from accounts.rules import PortalRole
from exchange.cells import InvalidCellError
from exchange.columns import EMAIL, ORGANIZATION, PERSON, FieldColumn, changes_of_new, field_columns, read_row
from exchange.context import REASON, ExistingRecord, ImportContext
from exchange.names import standing_names
from exchange.organizations import EXAMPLE_NAME
from exchange.plans import Change, PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from members import operations
from members.models import Representation
from members.rules import RepresentationKind

EXAMPLE_ADDRESS, EXAMPLE_PERSON = "someone@example.org", "Name of the person"
EMAIL_COLUMN = FieldColumn(
    Person, "email", EMAIL, ("email address", "e-mail address", "mail"), EXAMPLE_ADDRESS, is_contact=True
)
# The record as its form has it; the address is what a person is found by.
PERSON_COLUMNS = field_columns(
    Person,
    [name for name in PersonForm.Meta.fields if name != "email"],
    name={
        "heading": PERSON,
        "aliases": ("full name", "contact", "contact name", "representative", "person name"),
        "example": EXAMPLE_PERSON,
    },
    position={"aliases": ("title", "job title"), "example": "Deputy director"},
    phone={"aliases": ("telephone", "phone number"), "is_contact": True},
    assistant_name={"heading": "Assistant", "is_contact": True},
    assistant_email={
        "heading": "Assistant's e-mail",
        "aliases": ("assistant email", "assistant's email"),
        "is_contact": True,
    },
)
ORGANIZATION_COLUMN = FieldColumn(Representation, "organization", ORGANIZATION, example=EXAMPLE_NAME)
REPRESENTATION_COLUMNS = field_columns(
    Representation,
    ["kind", "starts_on", "planned_end_on"],
    kind={
        "heading": "Represents as",
        "aliases": ("representation", "kind", "representative type"),
        "example": "Primary representative",
    },
    starts_on={"example": "2026-01-01"},
)
# What a file of people says besides, and no import takes back.
ACCOUNT = "Account"


@dataclass(frozen=True)
class AddPerson:
    email: str
    values: dict[str, Any]


@dataclass(frozen=True)
class EditPerson:
    row: Person
    values: dict[str, Any]


@dataclass(frozen=True)
class AddRepresentation:
    key: str
    email: str
    values: dict[str, Any]


@dataclass(frozen=True)
class EditRepresentation:
    row: Representation
    values: dict[str, Any]


class PersonRecords(RecordType):
    sheet = "People"
    columns = (EMAIL_COLUMN, *PERSON_COLUMNS, ORGANIZATION_COLUMN, *REPRESENTATION_COLUMNS)
    identified_by = frozenset({EMAIL})
    exported = (ACCOUNT,)

    def plan(self, rows: Iterable[Row], outlook: ImportContext) -> Iterator[PlannedRow | None]:
        """One for each row; None for a row that names nobody."""
        own = (EMAIL_COLUMN, *PERSON_COLUMNS)
        for row in rows:
            is_example = row.cell(EMAIL).casefold() == EXAMPLE_ADDRESS
            wanted = any(row.cell(column.heading) for column in own)
            yield _plan_person(row, outlook) if wanted and not is_example else None

    def check(self, planned: list[PlannedRow], outlook: ImportContext) -> None:
        """Refuse every row that would give an organization a second primary, and what hangs on it."""
        primaries: dict[str, list[ExistingRecord]] = {}
        for (key, _), held in outlook.representations.items():
            if held.get("kind") == RepresentationKind.PRIMARY:
                primaries.setdefault(key, []).append(held)
        claims = {id(held.responded_at): key for key, found in primaries.items() if len(found) > 1 for held in found}
        gone: set[str] = set()
        for plan in planned:
            claimed = claims.get(id(plan.row))
            act = plan.acts[-1] if claimed and plan.acts else None
            if (
                isinstance(act, AddRepresentation | EditRepresentation)
                and act.values.get("kind") == RepresentationKind.PRIMARY
            ):
                _take_back(plan, outlook, gone)
                name = outlook.organizations[str(claimed)].get("name")
                plan.refuse(
                    f"Represents as: {name} would have two primary representatives. "
                    "End the other representation first, or write another kind."
                )
        for plan in planned:
            if plan.acts and isinstance(plan.acts[0], AddRepresentation) and plan.acts[0].email in gone:
                _take_back(plan, outlook, gone)
                plan.refuse("The row that adds this person is refused. Mend that one first.")

    @transaction.atomic
    def write(self, *, actor: Person, acts: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Write people and their representations; the organizations must be written by now."""
        new = [{"email": act.email, **act.values} for act in acts if isinstance(act, AddPerson)]
        accounts_operations.add_people(actor=actor, rows=new, reason=REASON)
        for act in acts:
            if isinstance(act, EditPerson):
                accounts_operations.edit_person(
                    actor=actor, person=act.row, version=act.row.version, now=now, **act.values
                )
        # Who gives the primary's place up comes before who takes it.
        for takes_it in (False, True):
            _write_representations(actor, [act for act in acts if _takes_primary(act) == takes_it], today)

    def rows(self, people: Iterable[Person]) -> Iterator[list[str]]:
        """The cells of each person under the header, once for each current representation (`current`)."""
        names = standing_names()
        for person in people:
            own = [column.cell(person) for column in (EMAIL_COLUMN, *PERSON_COLUMNS)]
            account = "Closed" if not person.is_active else "Can sign in" if person.can_sign_in else "Listed"
            held = [
                [names.say(row.organization), *(column.cell(row) for column in REPRESENTATION_COLUMNS)]
                for row in person.current  # type: ignore[attr-defined]
            ]
            for cells in held or [[""] * (1 + len(REPRESENTATION_COLUMNS))]:
                yield [*own, *cells, account]


PEOPLE = PersonRecords()


def _plan_person(row: Row, outlook: ImportContext) -> PlannedRow | None:
    email = row.cell(EMAIL).lower()
    planned = PlannedRow(row, row.cell(PERSON) or email)
    try:
        validate_email(email)
    except ValidationError:
        what = f"“{email}” is no address" if email else "a person needs one"
        return planned.refuse(f"{EMAIL}: {what}. Write it as name@example.org.")
    known = outlook.people.get(email)
    values, changes, reasons = read_row(row, PERSON_COLUMNS, known.row if known else None)
    acts = _person_acts(planned, email, known, values, reasons, outlook)
    changes = [] if known and known.responded_at else changes
    representation = _represent(row, email, outlook, changes, reasons)
    if reasons:
        return planned.refuse(*reasons)
    if known is None:
        outlook.people[email] = ExistingRecord(None, values, row)
    elif known.responded_at is None:
        known.values, known.responded_at = values, row
    if representation:
        key, act, found = representation
        outlook.representations[key, email] = found
        acts += [act] if act else []
    planned.acts = acts
    if acts:
        is_new = isinstance(acts[0], AddPerson) or (known is not None and known.row is None)
        planned.verdict = RowStatus.NEW if is_new else RowStatus.CHANGED
        planned.changes = changes
    return planned


def _person_acts(
    planned: PlannedRow,
    email: str,
    known: ExistingRecord | None,
    values: dict[str, Any],
    reasons: list[str],
    outlook: ImportContext,
) -> list[Any]:
    """What has to be done to the person's own record; what forbids it is added to `reasons`."""
    if values.get("assistant_email") == email:
        reasons.append("Assistant's e-mail: this is the person's own address. Write the assistant's.")
    if values.get("assistant_name") and not (values.get("assistant_email") or (known and known.get("assistant_email"))):
        reasons.append("Assistant's e-mail: write the address to which the copies go, or take the name away.")
    if known is None:
        if "name" not in values and not any(reason.startswith(f"{PERSON}:") for reason in reasons):
            reasons.append(f"{PERSON}: nobody has the address {email}. Write the person's name too.")
        return [AddPerson(email, values)]
    if known.row:
        planned.title = known.row.name
    if known.responded_at:
        clash = [field for field, value in values.items() if value and value != known.get(field)]
        if clash:
            reasons.append(f"Row {known.responded_at.number} says otherwise of {email}. Make the two rows agree.")
        return []
    if not values:
        return []
    if known.row.portal_role != PortalRole.NONE and known.row != outlook.actor and not outlook.may_touch_staff:
        reasons.append("Only an administrator changes the account of staff. Leave this row out.")
    return [EditPerson(known.row, values)]


def _represent(
    row: Row,
    email: str,
    outlook: ImportContext,
    changes: list[Change],
    reasons: list[str],
) -> tuple[str, Any, ExistingRecord] | None:
    """The representation that the row names: the organization's key, what has to be done, and how it would stand."""
    try:
        key = outlook.find(row)
    except InvalidCellError as wrong:
        reasons.append(str(wrong))
        return None
    if key is None:
        if any(row.cell(column.heading) for column in REPRESENTATION_COLUMNS):
            reasons.append(f"{ORGANIZATION}: write the one that the person represents.")
        return None
    found = outlook.representations.get((key, email))
    values, own, wrong_cells = read_row(row, REPRESENTATION_COLUMNS, found.row if found else None)
    reasons += wrong_cells
    if found is None:
        closed = email in outlook.people and outlook.people[email].get("is_active") is False
        if closed:
            reasons.append(f"The account of {email} is closed. Reactivate it first, or leave this row out.")
        values = {"kind": RepresentationKind.REPRESENTATIVE, "planned_end_on": None, **values}
        if values.get("starts_on") is None:
            values["starts_on"] = outlook.today
    elif found.responded_at:
        if any(value and value != found.get(field) for field, value in values.items()):
            reasons.append(f"Row {found.responded_at.number} says otherwise of the same person and organization.")
        return None
    starts: Any = values.get("starts_on") or (found.get("starts_on") if found else None)
    ends = values["planned_end_on"] if "planned_end_on" in values else (found.get("planned_end_on") if found else None)
    if "starts_on" in values and starts > outlook.today:
        reasons.append("Starts: the day lies ahead. Write today or an earlier day.")
    if ends and ends < starts:
        reasons.append("Planned end: it is before the start. Write a later day.")
    if found is None:
        name = outlook.organizations[key].get("name")
        changes += [Change(ORGANIZATION, "", str(name)), *changes_of_new(REPRESENTATION_COLUMNS, values)]
        return key, AddRepresentation(key, email, values), ExistingRecord(None, values, row)
    changes += own
    return key, EditRepresentation(found.row, values) if values else None, ExistingRecord(found.row, values, row)


def _take_back(plan: PlannedRow, outlook: ImportContext, gone: set[str]) -> None:
    for act in plan.acts:
        if isinstance(act, AddPerson):
            outlook.people.pop(act.email, None)
            gone.add(act.email)
        elif isinstance(act, AddRepresentation):
            outlook.representations.pop((act.key, act.email), None)
        elif isinstance(act, EditRepresentation):
            outlook.representations[act.row.organization.key, act.row.person.email] = ExistingRecord(act.row, {})


def _write_representations(actor: Person, acts: Sequence[Any], today: dt.date) -> None:
    for act in acts:
        if isinstance(act, EditRepresentation):
            operations.correct_representation(
                actor=actor, representation=act.row, version=act.row.version, reason=REASON, today=today, **act.values
            )
    new = [{"key": act.key, "email": act.email, **act.values} for act in acts if isinstance(act, AddRepresentation)]
    operations.add_representations(actor=actor, rows=new, reason=REASON, today=today)


def _takes_primary(act: Any) -> bool:
    return (
        isinstance(act, AddRepresentation | EditRepresentation) and act.values.get("kind") == RepresentationKind.PRIMARY
    )
