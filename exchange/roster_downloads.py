"""The roster of a body and the people of an organization as spreadsheets to read. An import rejects them."""

from collections.abc import Iterator

from accounts.models import Person
from members.models import Organization
from taskforces.queries.dated_rosters import OrganizationPeople
from taskforces.queries.roster_views import RosterView
from taskforces.queries.rosters import SeatRow

STATUS_HEADING, LAST_DAY_HEADING = "Term status", "Last day"
ROSTER_HEADER = [
    "Role",
    "Person",
    "Position",
    "Email",
    "Phone",
    "Organization",
    "Acronym",
    "Starts",
    "Planned end",
    LAST_DAY_HEADING,
    STATUS_HEADING,
]
PEOPLE_HEADER = ["Body", *ROSTER_HEADER]


def roster_rows(view: RosterView) -> Iterator[list[object]]:
    """Yield the rows under ROSTER_HEADER: the seats, then the representatives of the full Workgroup."""
    for row in view.seats:
        yield _seat(row, view.contacts)
    for representation in view.representatives:
        yield [
            representation.get_kind_display(),
            *_person(representation.person, view.contacts),
            *_organization(representation.organization),
            representation.starts_on,
            representation.planned_end_on,
            representation.ended_on,
            "",
        ]


def people_rows(people: OrganizationPeople, contacts: set[int]) -> Iterator[list[object]]:
    """Yield the rows under PEOPLE_HEADER: the representatives of an organization, then its seats."""
    for representation in people.representations:
        yield [
            "",
            representation.get_kind_display(),
            *_person(representation.person, contacts),
            *_organization(representation.organization),
            representation.starts_on,
            representation.planned_end_on,
            representation.ended_on,
            "",
        ]
    for row in people.seats:
        yield [row.seat.body.title, *_seat(row, contacts)]


def _seat(row: SeatRow, contacts: set[int]) -> list[object]:
    term = row.term
    status = row.status.label if row.needs_attention else ""
    return [
        row.seat.get_role_display(),
        *_person(term.person if term else None, contacts),
        *_organization(row.organization),
        *((term.starts_on, term.planned_end_on, term.ended_on) if term else ("", "", "")),
        status,
    ]


def _person(person: Person | None, contacts: set[int]) -> list[object]:
    if person is None:
        return ["", "", "", ""]
    is_visible = person.pk in contacts
    return [person.name, person.position, person.email if is_visible else "", person.phone if is_visible else ""]


def _organization(organization: Organization | None) -> list[object]:
    return [organization.name, organization.acronym] if organization else ["", ""]
