"""People and whom they represent as rows of a spreadsheet: columns, and how a row is parsed, matched, and written."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

import accounts.operations as accounts_operations
from accounts.forms import PersonForm
from accounts.models import Person
from accounts.rules import PortalRole
from exchange.cells import InvalidCellError, future_date_message, with_heading
from exchange.columns import EMAIL, ORGANIZATION, PERSON, FieldColumn, changes_of_new, field_columns, parse_row
from exchange.context import CHANGE_REASON, ExistingRecord, ImportContext
from exchange.names import load_organization_lookup
from exchange.organizations import EXAMPLE_NAME
from exchange.plans import Change, PlannedRow, Row, RowStatus
from exchange.record_type import RecordType
from members import operations
from members.models import Representation
from members.rules import RepresentationKind

ASSISTANT_EMAIL, STARTS, PLANNED_END, KIND = "Assistant's email", "Starts", "Planned end", "Represents as"
EXAMPLE_ADDRESS, EXAMPLE_PERSON = "someone@example.org", "Name of the person"
EMAIL_COLUMN = FieldColumn(Person, "email", EMAIL, ("email address", "mail"), EXAMPLE_ADDRESS)
# The fields of the person form, without the email address, which identifies the person.
PERSON_COLUMNS = field_columns(
    Person,
    [name for name in PersonForm.Meta.fields if name != "email"],
    name={
        "heading": PERSON,
        "aliases": ("full name", "contact", "contact name", "representative", "person name"),
        "example": EXAMPLE_PERSON,
    },
    position={"aliases": ("title", "job title"), "example": "Deputy director"},
    phone={"aliases": ("telephone", "phone number")},
    assistant_name={"heading": "Assistant"},
    assistant_email={"heading": ASSISTANT_EMAIL, "aliases": ("assistant email",)},
)
ORGANIZATION_COLUMN = FieldColumn(Representation, "organization", ORGANIZATION, example=EXAMPLE_NAME)
REPRESENTATION_COLUMNS = field_columns(
    Representation,
    ["kind", "starts_on", "planned_end_on"],
    kind={
        "heading": KIND,
        "aliases": ("representation", "kind", "representative type"),
        "example": "Primary representative",
    },
    starts_on={"heading": STARTS, "example": "2026-01-01"},
    planned_end_on={"heading": PLANNED_END},
)
# A column that an export of people writes and an import ignores.
ACCOUNT = "Account"


@dataclass(frozen=True)
class AddPerson:
    """Add a person with these values."""

    email: str
    values: dict[str, Any]


@dataclass(frozen=True)
class EditPerson:
    """Save these values of a person."""

    row: Person
    values: dict[str, Any]


@dataclass(frozen=True)
class AddRepresentation:
    """Add a representation with these values."""

    key: str
    email: str
    values: dict[str, Any]


@dataclass(frozen=True)
class EditRepresentation:
    """Save these values of a representation."""

    row: Representation
    values: dict[str, Any]


class PersonRecords(RecordType):
    """People, matched by email address, each with at most one representation in a row."""

    sheet = "People"
    columns = (EMAIL_COLUMN, *PERSON_COLUMNS, ORGANIZATION_COLUMN, *REPRESENTATION_COLUMNS)
    identified_by = frozenset({EMAIL})
    exported = (ACCOUNT,)

    def plan(self, rows: Iterable[Row], context: ImportContext) -> Iterator[PlannedRow | None]:
        """Yield the planned result of each row, or None for a row without a person."""
        own = (EMAIL_COLUMN, *PERSON_COLUMNS)
        for row in rows:
            is_example = row.cell(EMAIL).casefold() == EXAMPLE_ADDRESS
            has_person = any(row.cell(column.heading) for column in own)
            yield _plan_person(row, context) if has_person and not is_example else None

    def check(self, planned: list[PlannedRow], context: ImportContext) -> None:
        """Reject the rows that would give an organization a second primary representative.

        When a rejected row was to add the person, the other rows about that person are rejected too.
        """
        primaries: dict[str, list[ExistingRecord]] = {}
        for (key, _email), existing in context.representations.items():
            if existing.get("kind") == RepresentationKind.PRIMARY:
                primaries.setdefault(key, []).append(existing)
        keys = {id(row.source_row): key for key, rows in primaries.items() if len(rows) > 1 for row in rows}
        removed: set[str] = set()
        for plan in planned:
            claimed = keys.get(id(plan.row))
            if claimed is not None and plan.actions and _takes_primary(plan.actions[-1]):
                _undo(plan, context, removed)
                message = _(
                    "%(organization)s would have two primary representatives. "
                    "End the other representation first, or enter another kind."
                )
                name = context.organizations[claimed].get("name")
                plan.reject(with_heading(KIND, message % {"organization": name}))
        for plan in planned:
            if plan.actions and isinstance(plan.actions[0], AddRepresentation) and plan.actions[0].email in removed:
                _undo(plan, context, removed)
                plan.reject(_("The row that adds this person was rejected. Correct that row first."))

    @transaction.atomic
    def write(self, *, actor: Person, actions: Sequence[Any], now: dt.datetime, today: dt.date) -> None:
        """Write people and their representations. The organizations must have been written before."""
        new = [{"email": action.email, **action.values} for action in actions if isinstance(action, AddPerson)]
        accounts_operations.add_people(actor=actor, rows=new, reason=CHANGE_REASON)
        for action in actions:
            if isinstance(action, EditPerson):
                accounts_operations.edit_person(
                    actor=actor, person=action.row, version=action.row.version, now=now, **action.values
                )
        # An organization has one primary representative: the old one changes before the new one is written.
        for takes_primary in (False, True):
            _write_representations(
                actor, [action for action in actions if _takes_primary(action) == takes_primary], today
            )

    def rows(self, people: Iterable[Person]) -> Iterator[list[str]]:
        """Yield the cells of each person in the order of the header, once for each current representation.

        Expects people from `members.queries.people_search`.
        """
        names = load_organization_lookup()
        for person in people:
            own = [column.cell(person) for column in (EMAIL_COLUMN, *PERSON_COLUMNS)]
            account = "Closed" if not person.is_active else "Can sign in" if person.can_sign_in else "Listed"
            represented = [
                [names.label(row.organization), *(column.cell(row) for column in REPRESENTATION_COLUMNS)]
                for row in person.current  # type: ignore[attr-defined]
            ]
            for cells in represented or [[""] * (1 + len(REPRESENTATION_COLUMNS))]:
                yield [*own, *cells, account]


PEOPLE = PersonRecords()


def _plan_person(row: Row, context: ImportContext) -> PlannedRow | None:
    email = row.cell(EMAIL).lower()
    planned = PlannedRow(row, row.cell(PERSON) or email)
    try:
        validate_email(email)
    except ValidationError:
        return planned.reject(with_heading(EMAIL, _("Enter an email address, such as name@example.org.")))
    known = context.people.get(email)
    values, changes, reasons = parse_row(row, PERSON_COLUMNS, known.row if known else None)
    actions = _person_actions(planned, email, known, values, reasons, context)
    changes = [] if known and known.source_row else changes
    representation = _plan_representation(row, email, context, changes, reasons)
    if reasons:
        return planned.reject(*reasons)
    if known is None:
        context.people[email] = ExistingRecord(None, values, row)
    elif known.source_row is None:
        known.values, known.source_row = values, row
    if representation:
        key, action, existing = representation
        context.representations[key, email] = existing
        actions += [action] if action else []
    planned.actions = actions
    if actions:
        is_new = isinstance(actions[0], AddPerson) or (known is not None and known.row is None)
        planned.status = RowStatus.NEW if is_new else RowStatus.CHANGED
        planned.changes = changes
    return planned


def _person_actions(
    planned: PlannedRow,
    email: str,
    known: ExistingRecord | None,
    values: dict[str, Any],
    reasons: list[str],
    context: ImportContext,
) -> list[Any]:
    """Return the actions on the record of the person. Add what forbids them to `reasons`."""
    reasons += _assistant_reasons(email, known, values)
    if known is None:
        if "name" not in values and not planned.row.cell(PERSON):
            message = _("%(email)s isn't in the portal yet. Enter the person's name too.")
            reasons.append(with_heading(PERSON, message % {"email": email}))
        return [AddPerson(email, values)]
    if known.row:
        planned.title = known.row.name
    if known.source_row:
        if known.conflicts_with(values):
            message = _("Row %(row)d has different data for %(email)s. Make the two rows match.")
            reasons.append(message % {"row": known.source_row.number, "email": email})
        return []
    if not values:
        return []
    if known.row.portal_role != PortalRole.NONE and known.row != context.actor and not context.can_edit_staff:
        reasons.append(_("Only an administrator can change the account of a staff member. Leave this row out."))
    return [EditPerson(known.row, values)]


def _assistant_reasons(email: str, known: ExistingRecord | None, values: dict[str, Any]) -> list[str]:
    reasons = []
    if values.get("assistant_email") == email:
        message = _("This is the person's own email address. Enter the address of the assistant.")
        reasons.append(with_heading(ASSISTANT_EMAIL, message))
    if values.get("assistant_name") and not (values.get("assistant_email") or (known and known.get("assistant_email"))):
        message = _("Enter the assistant's email address, or remove the assistant's name.")
        reasons.append(with_heading(ASSISTANT_EMAIL, message))
    return reasons


def _plan_representation(
    row: Row,
    email: str,
    context: ImportContext,
    changes: list[Change],
    reasons: list[str],
) -> tuple[str, Any, ExistingRecord] | None:
    """Plan the representation of a row, if it names an organization.

    Return the key of the organization, the action or None, and the representation after the import. Add to `changes`
    what the preview shows, and to `reasons` what forbids it.
    """
    try:
        key = context.find_organization(row)
    except InvalidCellError as error:
        reasons.append(str(error))
        return None
    if key is None:
        if any(row.cell(column.heading) for column in REPRESENTATION_COLUMNS):
            reasons.append(with_heading(ORGANIZATION, _("Enter the organization that this person represents.")))
        return None
    existing = context.representations.get((key, email))
    values, own_changes, own_reasons = parse_row(row, REPRESENTATION_COLUMNS, existing.row if existing else None)
    reasons += own_reasons
    if existing is None:
        values = _new_representation_values(email, context, values, reasons)
    elif existing.source_row:
        if existing.conflicts_with(values):
            message = _("Row %(row)d has different data for the same person and organization. Make the rows match.")
            reasons.append(message % {"row": existing.source_row.number})
        return None
    reasons += _representation_date_reasons(existing, values, context.today)
    if existing is None:
        name = context.organizations[key].get("name")
        changes += [Change(ORGANIZATION, "", str(name)), *changes_of_new(REPRESENTATION_COLUMNS, values)]
        return key, AddRepresentation(key, email, values), ExistingRecord(None, values, row)
    changes += own_changes
    action = EditRepresentation(existing.row, values) if values else None
    return key, action, ExistingRecord(existing.row, values, row)


def _new_representation_values(
    email: str, context: ImportContext, values: dict[str, Any], reasons: list[str]
) -> dict[str, Any]:
    """Return the values of a new representation with their defaults."""
    if email in context.people and context.people[email].get("is_active") is False:
        reasons.append(closed_account_message(email))
    values = {"kind": RepresentationKind.REPRESENTATIVE, "planned_end_on": None, **values}
    if values.get("starts_on") is None:
        values["starts_on"] = context.today
    return values


def closed_account_message(email: str) -> str:
    """Return the error for a row about a person whose account is closed."""
    return _("The account of %(email)s is closed. Reactivate it first, or leave this row out.") % {"email": email}


def _representation_date_reasons(existing: ExistingRecord | None, values: dict[str, Any], today: dt.date) -> list[str]:
    starts: Any = values.get("starts_on") or (existing.get("starts_on") if existing else None)
    if "planned_end_on" in values:
        ends = values["planned_end_on"]
    else:
        ends = existing.get("planned_end_on") if existing else None
    reasons = []
    if "starts_on" in values and starts > today:
        reasons.append(with_heading(STARTS, future_date_message()))
    if ends and ends < starts:
        reasons.append(with_heading(PLANNED_END, _("The date is before the start. Enter a later date.")))
    return reasons


def _undo(plan: PlannedRow, context: ImportContext, removed: set[str]) -> None:
    """Remove the effects of a planned row from the context, and add the email of a new person to `removed`."""
    for action in plan.actions:
        if isinstance(action, AddPerson):
            context.people.pop(action.email, None)
            removed.add(action.email)
        elif isinstance(action, AddRepresentation):
            context.representations.pop((action.key, action.email), None)
        elif isinstance(action, EditRepresentation):
            pair = action.row.organization.key, action.row.person.email
            context.representations[pair] = ExistingRecord(action.row, {})


def _write_representations(actor: Person, actions: Sequence[Any], today: dt.date) -> None:
    for action in actions:
        if isinstance(action, EditRepresentation):
            operations.correct_representation(
                actor=actor,
                representation=action.row,
                version=action.row.version,
                reason=CHANGE_REASON,
                today=today,
                **action.values,
            )
    new = [
        {"key": action.key, "email": action.email, **action.values}
        for action in actions
        if isinstance(action, AddRepresentation)
    ]
    operations.add_representations(actor=actor, rows=new, reason=CHANGE_REASON, today=today)


def _takes_primary(action: Any) -> bool:
    """Return whether the action makes someone the primary representative."""
    return (
        isinstance(action, AddRepresentation | EditRepresentation)
        and action.values.get("kind") == RepresentationKind.PRIMARY
    )
