"""What rosters share: the day that is asked for, and the spreadsheet that is taken away."""

from collections.abc import Iterator

from accounts.models import Person
from members.models import Organization
from taskforces.queries.dated_rosters import OrganizationPeople
from taskforces.queries.roster_views import RosterView
from taskforces.queries.rosters import SeatRow

ROSTER_HEADER = [
    "Role",
    "Person",
    "Position",
    "E-mail",
    "Phone",
    "Organization",
    "Acronym",
    "Starts",
    "Planned end",
    "Last day",
    "Standing",
]
PEOPLE_HEADER = ["Body", *ROSTER_HEADER]


def roster_rows(view: RosterView) -> Iterator[list[object]]:
    """A roster's rows under ROSTER_HEADER: its seats, then the representatives of the full Workgroup."""
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
    """An organization's people under PEOPLE_HEADER: who represents it, then the seats it holds."""
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
    standing = row.status.label if row.needs_attention else ""
    return [
        row.seat.get_role_display(),
        *_person(term.person if term else None, contacts),
        *_organization(row.organization),
        *((term.starts_on, term.planned_end_on, term.ended_on) if term else ("", "", "")),
        standing,
    ]


def _person(person: Person | None, contacts: set[int]) -> list[object]:
    if person is None:
        return ["", "", "", ""]
    shows = person.pk in contacts
    return [person.name, person.position, person.email if shows else "", person.phone if shows else ""]


def _organization(organization: Organization | None) -> list[object]:
    return [organization.name, organization.acronym] if organization else ["", ""]
