"""Rosters limited to what one reader may see."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Person
from accounts.permissions import AnyPerson
from members.models import Organization, Representation
from members.permissions import organizations_visible_to
from taskforces.models import Body
from taskforces.permissions import is_member, people_with_contact_visible_to
from taskforces.queries.dated_rosters import representatives_on, seats_on
from taskforces.queries.rosters import SeatCounts, SeatRow, roster
from taskforces.rules import BodyKind


@dataclass
class RosterView(SeatCounts):
    """A roster as one reader may see it.

    `organizations` are those that the reader may know of, `linked` the ids of those whose pages the reader may open,
    and `contacts` the ids of the people whose contact data the reader may see. `representatives` are those of the
    full Workgroup, if they were asked for.
    """

    seats: list[SeatRow]
    shows_people: bool
    organizations: list[Organization] = field(default_factory=list)
    linked: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    representatives: list[Representation] = field(default_factory=list)

    @property
    def people(self) -> list[Person]:
        """Return the members and representatives, each once."""
        rows = [row.term.person for row in self.seats if row.term] + [row.person for row in self.representatives]
        return list({person.pk: person for person in rows}.values())

    @property
    def addresses(self) -> list[str]:
        """Return the email addresses of these people that the reader may see."""
        return [person.email for person in self.people if person.pk in self.contacts]


def contacts_visible_to(reader: AnyPerson, people: Iterable[int]) -> set[int]:
    """Return the ids, out of these, of the people with an active account whose contact data `reader` may see."""
    visible = people_with_contact_visible_to(reader).filter(pk__in=list(people), is_active=True)
    return set(visible.values_list("pk", flat=True))


def roster_for(
    body: Body,
    reader: AnyPerson,
    today: dt.date,
    *,
    on: dt.date | None = None,
    with_representatives: bool = False,
) -> RosterView:
    """Return the roster of a body as `reader` may see it, of today or of the day `on`.

    Visitors see organizations, members also people, and the contact data of members of their own bodies.
    `with_representatives` adds those of the active members to the roster of the full Workgroup.
    """
    seats = roster(body, today) if on is None else seats_on(on, body=body)
    shows_people = is_member(reader)
    is_full = body.kind == BodyKind.FULL
    representatives = representatives_on(on) if with_representatives and shows_people and is_full else []
    seated = {row.organization.pk: row.organization for row in seats if row.organization}
    named = {*seated, *(row.organization_id for row in representatives)}
    linked = set(organizations_visible_to(reader).filter(pk__in=named).values_list("pk", flat=True))
    visible = [row for pk, row in seated.items() if shows_people or pk in linked]
    view = RosterView(
        seats,
        shows_people,
        sorted(visible, key=lambda row: row.short_name.lower()),
        linked,
        representatives=representatives,
    )
    if shows_people:
        view.contacts = contacts_visible_to(reader, [person.pk for person in view.people])
    return view
