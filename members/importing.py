"""What an import of organizations and people would do, row by row, without a query for each row.

The outlook holds the records as they stand and, as rows are planned, as they would be: a person may belong to an
organization that an earlier sheet of the same file brings.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models

from core.importing import Change, Planned, Row, Verdict, Wrong, field_reader, read_choice, read_day, read_flag
from members import rules
from members.models import Organization, Person, Representation, Sector
from members.permissions import is_administrator
from members.rules import OrganizationStatus, Participation, PortalRole, RepresentationKind
from members.sheets import (
    EMAIL,
    EXAMPLE_ADDRESS,
    KEY,
    ORGANIZATION,
    ORGANIZATION_EXAMPLE,
    ORGANIZATION_FIELDS,
    PERSON,
    PERSON_FIELDS,
    REPRESENTATION_FIELDS,
    Names,
    said,
    standing_names,
)

REASON = "From a spreadsheet"
_PLAIN = ("name", "acronym", "jurisdiction", "website", "work", "source", "status_reason")
# An empty cell leaves these as they are; every other field it empties.
_KEPT = {"name", "sector", "participation", "status", "kind", "starts_on"}


# What has to be done --------------------------------------------------------------------------------


@dataclass(frozen=True)
class AddOrganization:
    values: dict[str, Any]


@dataclass(frozen=True)
class EditOrganization:
    row: Organization
    values: dict[str, Any]
    move: dict[str, Any] | None


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


# The outlook ----------------------------------------------------------------------------------------


@dataclass
class Held:
    """A record as it would be: the stored row, if there is one, and where the file says more of it."""

    row: Any
    values: dict[str, Any]
    said_at: Row | None = None

    def get(self, field: str) -> Any:
        return self.values[field] if field in self.values else getattr(self.row, field, None)


class Outlook:
    """Organizations by key, people by address and representations by both, read in a fixed number of queries."""

    def __init__(self, actor: Person, today: dt.date) -> None:
        self.actor, self.today = actor, today
        self.may_touch_staff = is_administrator(actor)
        organizations = list(Organization.objects.select_related("sector"))
        self.taken_keys = {"add", *(row.key for row in organizations)}
        self.organizations = {row.key: Held(row, {}) for row in organizations if row.merged_into_id is None}
        self.names: Names = standing_names()
        self.sectors = {word.casefold(): row for row in Sector.objects.all() for word in (row.slug, row.name)}
        self.people = {row.email: Held(row, {}) for row in Person.objects.all()}
        current = Representation.objects.current().select_related("person", "organization")
        self.representations = {(row.organization.key, row.person.email): Held(row, {}) for row in current}

    def with_rights(self) -> set[tuple[str, str]]:
        """Who would have rights for which organization, as pairs of key and address."""
        return {
            (key, email)
            for (key, email), held in self.representations.items()
            if held.get("kind") in rules.KINDS_WITH_RIGHTS
            and key in self.organizations
            and self.organizations[key].get("status") in rules.STATUSES_WITH_RIGHTS
        }

    def find(self, row: Row) -> str | None:
        """The key of the organization that a row of people or seats names; None where it names none. Raises Wrong."""
        words = row.cell(KEY) or row.cell(ORGANIZATION)
        key = self.names.find(words) if words else None
        if words and key is None:
            raise Wrong(f"{ORGANIZATION}: no “{words}” here. Add it to the organizations, or write its key or name.")
        return key

    def free_key(self, values: Mapping[str, Any]) -> str:
        """A key that neither a record nor the file holds."""
        return rules.free_key(str(values.get("acronym") or values["name"]), self.taken_keys)


# Organizations --------------------------------------------------------------------------------------


def plan_organizations(rows: Iterable[Row], outlook: Outlook) -> Iterator[Planned | None]:
    """One for each row; None for a row that says nothing, or nothing new, of an organization."""
    readers = {
        **{
            field: field_reader(Organization, field) for field in ("name", "acronym", "jurisdiction", "website", "work")
        },
        **{field: field_reader(Organization, field) for field in ("source", "status_reason")},
        "sector": lambda text: _sector(text, outlook),
        "participation": lambda text: read_choice(text, Participation),
        "status": lambda text: read_choice(text, OrganizationStatus),
        "status_since_on": read_day,
        "is_public": read_flag,
    }
    for row in rows:
        own = [row.cell(heading) for heading in (KEY, *ORGANIZATION_FIELDS)]
        is_example = row.cell(ORGANIZATION) == ORGANIZATION_EXAMPLE[ORGANIZATION]
        yield _plan_organization(row, outlook, readers) if any(own) and not is_example else None


def _sector(text: str, outlook: Outlook) -> Sector:
    try:
        return outlook.sectors[text.casefold()]
    except KeyError:
        names = sorted({sector.name for sector in outlook.sectors.values()})
        raise Wrong(f"“{text}” is none of: {', '.join(names)}.") from None


def _plan_organization(row: Row, outlook: Outlook, readers: Mapping[str, Callable[[str], Any]]) -> Planned | None:
    planned = Planned(row, row.cell(ORGANIZATION) or row.cell(KEY))
    try:
        key = _key_of(row, outlook)
    except Wrong as wrong:
        return planned.refuse(str(wrong))
    held = outlook.organizations.get(key) if key else None
    values, changes, reasons = _read(row, ORGANIZATION_FIELDS, held.row if held else None, readers)
    if held and held.row and row.cell(ORGANIZATION).casefold() == held.row.acronym.casefold() != "":
        # The acronym was written for the name, by which it was found.
        values.pop("name", None)
        changes = [change for change in changes if change.label != ORGANIZATION]
    if held and held.said_at:
        return _once_more(planned, held, values, reasons)
    if held is None:
        return _new_organization(planned, key, values, reasons, outlook)
    planned.title = held.row.name
    move = _move(held.row, values, reasons, outlook.today)
    if reasons:
        return planned.refuse(*reasons)
    held.said_at = row
    if changes:
        planned.verdict, planned.changes = Verdict.CHANGED, changes
        planned.acts = [EditOrganization(held.row, dict(values), move)]
    held.values = {**values, **(move or {})}
    return planned


def _key_of(row: Row, outlook: Outlook) -> str | None:
    """The key that the row means: one that is there, one to be made, or None to have it made from the name."""
    key, name = row.cell(KEY), row.cell(ORGANIZATION)
    if not key:
        if not name:
            raise Wrong(f"{ORGANIZATION}: write the organization's name.")
        return outlook.names.find(name)
    if key in outlook.organizations:
        return key
    if key in outlook.taken_keys:
        raise Wrong(f"{KEY}: “{key}” was merged into another organization or is not free. Take the row away.")
    try:
        Organization._meta.get_field("key").run_validators(key)
    except ValidationError as error:
        raise Wrong(f"{KEY}: {' '.join(error.messages)}") from error
    other = outlook.names.find(name) if name else None
    if other:
        raise Wrong(f"{name} is listed already under the key “{other}”. Write that key, or another name.")
    return key


def _new_organization(
    planned: Planned, key: str | None, values: dict[str, Any], reasons: list[str], outlook: Outlook
) -> Planned:
    bad = {reason.split(":")[0] for reason in reasons}
    reasons += [
        f"{heading}: a new organization needs one."
        for heading in (ORGANIZATION, "Sector")
        if ORGANIZATION_FIELDS[heading] not in values and heading not in bad
    ]
    values.setdefault("status", OrganizationStatus.ACTIVE)
    if values.get("status_since_on") is None:
        values["status_since_on"] = outlook.today
    if values["status_since_on"] > outlook.today:
        reasons.append("Status since: the day lies ahead. Write today or an earlier day.")
    if reasons:
        return planned.refuse(*reasons)
    values["key"] = key or outlook.free_key(values)
    outlook.taken_keys.add(values["key"])
    outlook.names.add(values["key"], values["name"], values.get("acronym", ""))
    outlook.organizations[values["key"]] = Held(None, values, planned.row)
    planned.verdict = Verdict.NEW
    planned.changes = [
        Change(h, "", _say(Organization, f, values[f])) for h, f in ORGANIZATION_FIELDS.items() if values.get(f)
    ]
    planned.acts = [AddOrganization(values)]
    return planned


def _move(row: Organization, values: dict[str, Any], reasons: list[str], today: dt.date) -> dict[str, Any] | None:
    """The move to another status that is in `values`, taken out of them; what forbids it is added to `reasons`."""
    since = values.get("status_since_on")
    if since and since > today:
        reasons.append("Status since: the day lies ahead. Write today or an earlier day.")
    if "status" not in values:
        return None
    status = values.pop("status")
    if not rules.may_move(row.status, status):
        label = OrganizationStatus(status).label.lower()
        reasons.append(f"Status: what is {row.get_status_display().lower()} cannot become {label}.")
    return {
        "status": status,
        "since_on": values.pop("status_since_on", None) or today,
        "reason": values.pop("status_reason", "") or REASON,
    }


# People ---------------------------------------------------------------------------------------------


def plan_people(rows: Iterable[Row], outlook: Outlook) -> Iterator[Planned | None]:
    """One for each row; None for a row that names nobody. The caller passes all to `refuse_second_primaries`."""
    person = {field: field_reader(Person, field) for field in PERSON_FIELDS.values()}
    read_address = person["assistant_email"]
    person["assistant_email"] = lambda text: read_address(text.lower())
    held = {
        "kind": lambda text: read_choice(text, RepresentationKind),
        "starts_on": read_day,
        "planned_end_on": read_day,
    }
    for row in rows:
        is_example = row.cell(EMAIL).casefold() == EXAMPLE_ADDRESS
        wanted = [row.cell(heading) for heading in (EMAIL, *PERSON_FIELDS)]
        yield _plan_person(row, outlook, person, held) if any(wanted) and not is_example else None


def _plan_person(
    row: Row, outlook: Outlook, person: Mapping[str, Callable[[str], Any]], held: Mapping[str, Callable[[str], Any]]
) -> Planned | None:
    email = row.cell(EMAIL).lower()
    planned = Planned(row, row.cell(PERSON) or email)
    try:
        validate_email(email)
    except ValidationError:
        what = f"“{email}” is no address" if email else "a person needs one"
        return planned.refuse(f"{EMAIL}: {what}. Write it as name@example.org.")
    known = outlook.people.get(email)
    values, changes, reasons = _read(row, PERSON_FIELDS, known.row if known else None, person)
    acts = _person_acts(planned, email, known, values, reasons, outlook)
    changes = [] if known and known.said_at else changes
    representation = _represent(row, email, outlook, held, changes, reasons)
    if reasons:
        return planned.refuse(*reasons)
    if known is None:
        outlook.people[email] = Held(None, values, row)
    elif known.said_at is None:
        known.values, known.said_at = values, row
    if representation:
        key, act, found = representation
        outlook.representations[key, email] = found
        acts += [act] if act else []
    planned.acts = acts
    if acts:
        is_new = isinstance(acts[0], AddPerson) or (known is not None and known.row is None)
        planned.verdict = Verdict.NEW if is_new else Verdict.CHANGED
        planned.changes = changes
    return planned


def _person_acts(
    planned: Planned,
    email: str,
    known: Held | None,
    values: dict[str, Any],
    reasons: list[str],
    outlook: Outlook,
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
    if known.said_at:
        clash = [field for field, value in values.items() if value and value != known.get(field)]
        if clash:
            reasons.append(f"Row {known.said_at.number} says otherwise of {email}. Make the two rows agree.")
        return []
    if not values:
        return []
    if known.row.portal_role != PortalRole.NONE and known.row != outlook.actor and not outlook.may_touch_staff:
        reasons.append("Only an administrator changes the account of staff. Leave this row out.")
    return [EditPerson(known.row, values)]


def _represent(
    row: Row,
    email: str,
    outlook: Outlook,
    readers: Mapping[str, Callable[[str], Any]],
    changes: list[Change],
    reasons: list[str],
) -> tuple[str, Any, Held] | None:
    """The representation that the row names: the organization's key, what has to be done, and how it would stand."""
    try:
        key = outlook.find(row)
    except Wrong as wrong:
        reasons.append(str(wrong))
        return None
    if key is None:
        if any(row.cell(heading) for heading in REPRESENTATION_FIELDS):
            reasons.append(f"{ORGANIZATION}: write the one that the person represents.")
        return None
    found = outlook.representations.get((key, email))
    values, own, wrong_cells = _read(row, REPRESENTATION_FIELDS, found.row if found else None, readers)
    reasons += wrong_cells
    if found is None:
        closed = email in outlook.people and outlook.people[email].get("is_active") is False
        if closed:
            reasons.append(f"The account of {email} is closed. Reactivate it first, or leave this row out.")
        values = {"kind": RepresentationKind.REPRESENTATIVE, "planned_end_on": None, **values}
        if values.get("starts_on") is None:
            values["starts_on"] = outlook.today
    elif found.said_at:
        if any(value and value != found.get(field) for field, value in values.items()):
            reasons.append(f"Row {found.said_at.number} says otherwise of the same person and organization.")
        return None
    starts: Any = values.get("starts_on") or (found.get("starts_on") if found else None)
    ends = values["planned_end_on"] if "planned_end_on" in values else (found.get("planned_end_on") if found else None)
    if "starts_on" in values and starts > outlook.today:
        reasons.append("Starts: the day lies ahead. Write today or an earlier day.")
    if ends and ends < starts:
        reasons.append("Planned end: it is before the start. Write a later day.")
    if found is None:
        name = outlook.organizations[key].get("name")
        changes += [Change(ORGANIZATION, "", str(name)), *_new_changes(Representation, REPRESENTATION_FIELDS, values)]
        return key, AddRepresentation(key, email, values), Held(None, values, row)
    changes += own
    return key, EditRepresentation(found.row, values) if values else None, Held(found.row, values, row)


def refuse_second_primaries(planned: list[Planned], outlook: Outlook) -> None:
    """Refuse every row that would give an organization a second primary representative, and what hangs on it."""
    primaries: dict[str, list[Held]] = {}
    for (key, _), held in outlook.representations.items():
        if held.get("kind") == RepresentationKind.PRIMARY:
            primaries.setdefault(key, []).append(held)
    claims = {id(held.said_at): key for key, found in primaries.items() if len(found) > 1 for held in found}
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


def _take_back(plan: Planned, outlook: Outlook, gone: set[str]) -> None:
    for act in plan.acts:
        if isinstance(act, AddPerson):
            outlook.people.pop(act.email, None)
            gone.add(act.email)
        elif isinstance(act, AddRepresentation):
            outlook.representations.pop((act.key, act.email), None)
        elif isinstance(act, EditRepresentation):
            outlook.representations[act.row.organization.key, act.row.person.email] = Held(act.row, {})


# Cells ----------------------------------------------------------------------------------------------


def _read(
    row: Row, fields: Mapping[str, str], current: models.Model | None, readers: Mapping[str, Callable[[str], Any]]
) -> tuple[dict[str, Any], list[Change], list[str]]:
    """The values that the row gives and `current` does not hold, what changes by them, and what cannot be taken."""
    values: dict[str, Any] = {}
    changes: list[Change] = []
    reasons: list[str] = []
    for heading, field in fields.items():
        raw = row.cells.get(heading)
        old = said(current, field) if current else ""
        if raw is None or raw == old or (not raw.strip() and (current is None or field in _KEPT)):
            continue
        try:
            value = readers[field](raw.strip())
        except Wrong as wrong:
            reasons.append(f"{heading}: {wrong}")
            continue
        if current is not None and getattr(current, field) == value:
            continue
        values[field] = value
        changes.append(Change(heading, old, _say(type(current) if current else None, field, value)))
    if current is None:
        changes = [Change(change.label, "", change.new) for change in changes]
    return values, changes, reasons


def _new_changes(model: type[models.Model], fields: Mapping[str, str], values: Mapping[str, Any]) -> list[Change]:
    return [
        Change(heading, "", _say(model, field, values[field])) for heading, field in fields.items() if values.get(field)
    ]


def _say(model: type[models.Model] | None, field: str, value: Any) -> str:
    """A value as its cell says it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    found: Any = model._meta.get_field(field) if model else None
    choices = dict(found.choices or ()) if found is not None else {}
    return "" if value is None else str(choices.get(value, value))


def _once_more(planned: Planned, held: Held, values: dict[str, Any], reasons: list[str]) -> Planned | None:
    """A further row about an organization that the file told of: nothing where it agrees."""
    clash = [field for field, value in values.items() if value and value != held.get(field)]
    if clash and held.said_at:
        reasons = [*reasons, f"Row {held.said_at.number} says otherwise of the same organization. Make the two agree."]
    return planned.refuse(*reasons) if reasons else None
