"""Terms, seats, bodies and representations by date: a start or an end to come counts from its day on."""

import datetime as dt

import pytest

from members.models import Representation
from members.permissions import represents
from taskforces.models import Body, Seat, Term
from taskforces.permissions import chairs, is_member
from taskforces.queries.rosters import roster
from tests import factories
from tests.conftest import NOW, TODAY

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("starts_in", "ends_in", "current"),
    [(0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False), (-9, -1, False), (0, 9, True), (1, 9, False)],
)
def test_a_term_and_a_representation_are_current_between_their_dates(cast, starts_in, ends_in, current):
    dates = {
        "starts_on": TODAY + starts_in * DAY,
        "ended_on": None if ends_in is None else TODAY + ends_in * DAY,
    }
    term = factories.TermFactory(seat=factories.SeatFactory(body=cast.body), **dates)
    representation = factories.RepresentationFactory(organization=cast.organization, **dates)
    assert Term.objects.current(TODAY).filter(pk=term.pk).exists() == current
    assert Representation.objects.current(TODAY).filter(pk=representation.pk).exists() == current
    assert Representation.objects.with_rights(TODAY).filter(pk=representation.pk).exists() == current


def test_rights_last_until_an_end_to_come(cast, time_machine):
    Term.objects.filter(person=cast.chair).update(ended_on=TODAY + DAY)
    Representation.objects.filter(person=cast.chair).update(ended_on=TODAY + DAY)
    time_machine.move_to(NOW)
    assert chairs(cast.chair, cast.body) and represents(cast.chair, cast.organization)
    time_machine.move_to(NOW + DAY)
    assert not chairs(cast.chair, cast.body) and not represents(cast.chair, cast.organization)
    assert not is_member(cast.chair)


def test_rights_begin_on_a_start_to_come(cast, time_machine):
    Term.objects.filter(person=cast.chair).update(starts_on=TODAY + DAY)
    time_machine.move_to(NOW)
    assert not chairs(cast.chair, cast.body)
    time_machine.move_to(NOW + DAY)
    assert chairs(cast.chair, cast.body)


def test_rights_change_with_the_day_of_the_site(cast, time_machine):
    Term.objects.filter(person=cast.chair).update(ended_on=TODAY + DAY)
    time_machine.move_to(dt.datetime(2026, 11, 23, 7, 59, tzinfo=dt.UTC))
    assert chairs(cast.chair, cast.body)
    time_machine.move_to(dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC))
    assert not chairs(cast.chair, cast.body)


def test_a_seat_and_a_body_count_until_they_are_closed(cast):
    seat = Term.objects.get(person=cast.chair).seat
    Seat.objects.filter(pk=seat.pk).update(closed_on=TODAY + DAY)
    Body.objects.filter(pk=cast.body.pk).update(dissolved_on=TODAY + 2 * DAY)
    assert [Seat.objects.open(TODAY + days * DAY).filter(pk=seat.pk).exists() for days in (0, 1)] == [True, False]
    bodies = [Body.objects.standing(TODAY + days * DAY).filter(pk=cast.body.pk).exists() for days in (1, 2)]
    assert bodies == [True, False]
    terms = Term.objects.filter(person=cast.seated)
    assert [terms.current(TODAY + days * DAY).exists() for days in (1, 2)] == [True, False]


def test_a_roster_shows_the_member_of_the_day(cast):
    seat = factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    first = factories.TermFactory(seat=seat, ended_on=TODAY + DAY)
    second = factories.TermFactory(seat=seat, starts_on=TODAY + DAY)

    def member(day: dt.date):
        return next(row.term for row in roster(cast.body, day) if row.seat == seat)

    assert (member(TODAY), member(TODAY + DAY)) == (first, second)
