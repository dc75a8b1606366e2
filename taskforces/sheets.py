"""Rosters as rows of a spreadsheet: a row is a seat, with who sits in it."""

import datetime as dt
from collections.abc import Iterator

from members.sheets import EMAIL, EXAMPLE_ADDRESS, ORGANIZATION, PEOPLE_EXAMPLE, PERSON, standing_names
from taskforces.queries.rosters import rosters

BODY, ROLE, STARTS, PLANNED_END = "Body", "Role", "Term starts", "Planned term end"
SEATS_HEADER = [BODY, ROLE, ORGANIZATION, EMAIL, PERSON, STARTS, PLANNED_END]
SEATS_EXAMPLE = {
    BODY: "Data",
    ROLE: "Member",
    ORGANIZATION: PEOPLE_EXAMPLE[ORGANIZATION],
    EMAIL: EXAMPLE_ADDRESS,
    PERSON: PEOPLE_EXAMPLE[PERSON],
    STARTS: "2026-01-01",
    PLANNED_END: "2027-12-31",
}


def seat_rows_of(today: dt.date) -> Iterator[list[str]]:
    """The cells of each open seat of each standing body under SEATS_HEADER."""
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
