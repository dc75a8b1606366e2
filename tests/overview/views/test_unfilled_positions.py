"""The names that organizations owe, the longest owed first, each with the act that fills it."""

import datetime as dt

import pytest
from django.urls import reverse

from members.models import Representation
from members.rules import OrganizationStatus
from overview.queries.unfilled_positions import unfilled_positions
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
PAGE = reverse("overview:unfilled_positions")
DAY = dt.timedelta(days=1)
QUERIES = 5


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def vacate(cast, person, days_ago):
    Term.objects.filter(person=person).update(ended_on=TODAY - days_ago * DAY)


def test_a_seat_is_owed_since_its_last_term_ended_and_a_primary_since_the_last_one_left(cast):
    vacate(cast, cast.chair, 94)
    Representation.objects.filter(person=cast.other_primary).update(ended_on=TODAY - 10 * DAY)
    assert [(row.organization.key, row.what, row.since) for row in unfilled_positions()] == [
        ("dx", "Seat: Chair, Data task force", TODAY - 94 * DAY),
        ("other", "Primary representative", TODAY - 10 * DAY),
    ]


def test_nothing_is_owed_by_those_who_left_nor_for_what_is_closed(cast):
    vacate(cast, cast.chair, 94)
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert unfilled_positions() == []
    cast.organization.status = OrganizationStatus.ACTIVE
    cast.organization.save(update_fields=["status"])
    cast.body.seats.filter(role="chair").update(closed_on=TODAY)
    assert unfilled_positions() == []


def test_the_page_and_the_console_say_it_with_the_act_beside_it(cast):
    assert "No name is owed" in cast.client("staff").get(PAGE).content.decode()
    vacate(cast, cast.chair, 94)
    seat = cast.body.seats.get(role="chair")
    page = " ".join(cast.client("staff").get(PAGE).content.decode().split())
    assert "1 is owed" in page and "Seat: Chair, Data task force" in page and "3 months ago" in page
    assert reverse("taskforces:term_start", args=[seat.pk]) in page
    console = cast.client("staff").get(reverse("overview:console")).content.decode()
    assert "Owes a name since" in console and PAGE in console


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(cast, count, django_assert_num_queries):
    for _ in range(count):
        factories.SeatFactory(body=cast.body, organization=factories.OrganizationFactory())
    client = cast.client("staff")
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
