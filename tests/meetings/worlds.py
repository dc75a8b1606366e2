"""Small random sets of people, seats, representations and bodies, to compare predicates with querysets."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

from accounts.models import Person
from accounts.rules import PortalRole
from meetings.models import Meeting
from meetings.rules import MeetingStatus, Visibility
from members.models import Organization
from members.rules import OrganizationStatus, Participation, RepresentationKind
from taskforces.models import Body
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
    """Make two organizations, the full body, a task force, two people and some meetings in random states."""
    organizations = [
        factories.OrganizationFactory(status=drawn(draw, OrganizationStatus), participation=drawn(draw, Participation))
        for _ in range(2)
    ]
    bodies = [
        factories.BodyFactory(
            slug=f"body-{number}",
            kind=BodyKind.FULL if number == 0 else BodyKind.TASK_FORCE,
            dissolved_on=drawn(draw, [None, None, None, ENDED]),
        )
        for number in range(2)
    ]
    people = [
        Person.objects.create(
            name=f"Person {number}",
            email=f"random{number}@example.org",
            portal_role=drawn(draw, [PortalRole.NONE, PortalRole.NONE, PortalRole.STAFF]),
            is_active=drawn(draw, [True, True, True, False]),
            can_sign_in=drawn(draw, [True, True, True, False]),
        )
        for number in range(2)
    ]
    for person in people:
        if draw(st.booleans()):
            factories.RepresentationFactory(
                person=person,
                organization=drawn(draw, organizations),
                kind=drawn(draw, [kind for kind in RepresentationKind if kind != RepresentationKind.PRIMARY]),
                ended_on=drawn(draw, [None, None, ENDED]),
            )
    for body in bodies:
        for role in draw(st.lists(st.sampled_from(list(SeatRole)), unique=True, max_size=3)):
            seat = factories.SeatFactory(
                body=body,
                role=role,
                organization=drawn(draw, [None, *organizations]),
                closed_on=drawn(draw, [None, None, None, ENDED]),
            )
            factories.TermFactory(seat=seat, person=drawn(draw, people), ended_on=drawn(draw, [None, None, ENDED]))
    held = [
        factories.MeetingFactory(
            body=drawn(draw, bodies),
            status=drawn(draw, MeetingStatus),
            visibility=drawn(draw, Visibility),
            scheduled_at=drawn(draw, [None, dt.datetime(2026, 11, 1, tzinfo=dt.UTC)]),
        )
        for _ in range(meetings)
    ]
    return RandomWorld(people, organizations, bodies, held)
