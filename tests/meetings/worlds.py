"""Small random sets of people, seats, representations and bodies, to compare predicates with querysets."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

from accounts.models import Person
from accounts.rules import PortalRole
from meetings.models import Meeting
from meetings.rules import MeetingStatus, Visibility
from members.models import Organization, Representation
from members.rules import OrganizationStatus, Participation, RepresentationKind
from taskforces.models import Body, Seat, Term
from taskforces.rules import BodyKind, SeatRole
from tests import factories

ENDED = dt.date(2026, 6, 30)


@dataclass
class RandomWorld:
    people: list[Person]
    organizations: list[Organization]
    bodies: list[Body]
    meetings: list[Meeting]


def drawn(draw, values):
    return draw(st.sampled_from(list(values)))


def build(draw, meetings: int = 3) -> RandomWorld:
    """Two organizations, the full body and a task force, two people and some meetings, all in random states.

    A statement a table and no history, as hundreds of worlds are drawn in one test.
    """
    organizations = Organization.objects.bulk_create(
        factories.OrganizationFactory.build(
            status=drawn(draw, OrganizationStatus),
            participation=drawn(draw, Participation),
            sector=factories.SectorFactory(),
        )
        for _ in range(2)
    )
    bodies = Body.objects.bulk_create(
        factories.BodyFactory.build(
            slug=f"body-{number}",
            kind=BodyKind.FULL if number == 0 else BodyKind.TASK_FORCE,
            dissolved_on=drawn(draw, [None, None, None, ENDED]),
            workgroup=factories.WorkgroupFactory(),
        )
        for number in range(2)
    )
    people = Person.objects.bulk_create(
        Person(
            name=f"Person {number}",
            email=f"random{number}@example.org",
            portal_role=drawn(draw, [PortalRole.NONE, PortalRole.NONE, PortalRole.STAFF]),
            is_active=drawn(draw, [True, True, True, False]),
            can_sign_in=drawn(draw, [True, True, True, False]),
        )
        for number in range(2)
    )
    kinds = [kind for kind in RepresentationKind if kind != RepresentationKind.PRIMARY]
    Representation.objects.bulk_create(
        factories.RepresentationFactory.build(
            person=person,
            organization=drawn(draw, organizations),
            kind=drawn(draw, kinds),
            ended_on=drawn(draw, [None, None, ENDED]),
        )
        for person in people
        if draw(st.booleans())
    )
    seats = Seat.objects.bulk_create(
        factories.SeatFactory.build(
            body=body,
            role=role,
            organization=drawn(draw, [None, *organizations]),
            closed_on=drawn(draw, [None, None, None, ENDED]),
        )
        for body in bodies
        for role in draw(st.lists(st.sampled_from(list(SeatRole)), unique=True, max_size=3))
    )
    Term.objects.bulk_create(
        factories.TermFactory.build(seat=seat, person=drawn(draw, people), ended_on=drawn(draw, [None, None, ENDED]))
        for seat in seats
    )
    held = Meeting.objects.bulk_create(
        factories.MeetingFactory.build(
            body=drawn(draw, bodies),
            status=drawn(draw, MeetingStatus),
            visibility=drawn(draw, Visibility),
            scheduled_at=drawn(draw, [None, dt.datetime(2026, 11, 1, tzinfo=dt.UTC)]),
        )
        for _ in range(meetings)
    )
    return RandomWorld(people, organizations, bodies, held)
