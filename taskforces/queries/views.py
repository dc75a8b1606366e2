"""Rosters cut to what one reader may see."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Person
from accounts.permissions import AnyPerson
from members.models import Organization, Representation
from members.permissions import organizations_visible_to
from taskforces.models import Body
from taskforces.permissions import is_member, people_with_contact_visible_to
from taskforces.queries.days import representatives_on, seats_on
from taskforces.queries.rosters import SeatRow, roster
from taskforces.rules import BodyKind


@dataclass
class RosterView:
    """A roster cut to what one reader may see; `representatives` are those of the full Workgroup, where asked for."""

    seats: list[SeatRow]
    shows_people: bool
    organizations: list[Organization] = field(default_factory=list)
    linked: set[int] = field(default_factory=set)
    contacts: set[int] = field(default_factory=set)
    representatives: list[Representation] = field(default_factory=list)

    @property
    def people(self) -> list[Person]:
        """Who sits or represents, each once."""
        rows = [row.term.person for row in self.seats if row.term] + [row.person for row in self.representatives]
        return list({person.pk: person for person in rows}.values())

    @property
    def addresses(self) -> list[str]:
        """The addresses of these people, as far as the reader may know them."""
        return [person.email for person in self.people if person.pk in self.contacts]

    @property
    def vacancies(self) -> int:
        return sum(row.is_vacant for row in self.seats)

    @property
    def past_end(self) -> int:
        return sum(row.is_holdover for row in self.seats)

    @property
    def ending(self) -> int:
        return sum(row.is_ending_soon for row in self.seats)


def contacts_shown(reader: AnyPerson, people: Iterable[int]) -> set[int]:
    """Those of these people, by id, whose account is in force and whose contact data `reader` may know."""
    shown = people_with_contact_visible_to(reader).filter(pk__in=list(people), is_active=True)
    return set(shown.values_list("pk", flat=True))


def roster_for(
    body: Body, reader: AnyPerson, today: dt.date, *, on: dt.date | None = None, whole: bool = False
) -> RosterView:
    """The roster as `reader` may see it: organizations for a visitor, people for members, contacts of one's bodies.

    It is that of today, or of the day `on`. With `whole` the full Workgroup's also has its representatives.
    """
    seats = roster(body, today) if on is None else seats_on(on, body=body)
    shows_people = is_member(reader)
    by_status = representatives_on(on) if whole and shows_people and body.kind == BodyKind.FULL else []
    seated = {row.organization.pk: row.organization for row in seats if row.organization}
    named = {*seated, *(row.organization_id for row in by_status)}
    linked = set(organizations_visible_to(reader).filter(pk__in=named).values_list("pk", flat=True))
    shown = [seated[pk] for pk in seated if shows_people or pk in linked]
    view = RosterView(
        seats, shows_people, sorted(shown, key=lambda o: o.short_name.lower()), linked, representatives=by_status
    )
    if shows_people:
        view.contacts = contacts_shown(reader, [person.pk for person in view.people])
    return view
