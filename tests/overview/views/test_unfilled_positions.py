"""Unfilled positions of organizations, the longest unfilled first, each with the action that fills it."""

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


def test_positions_are_unfilled_since_the_last_person_left(cast):
    vacate(cast, cast.chair, 94)
    Representation.objects.filter(person=cast.other_primary).update(ended_on=TODAY - 10 * DAY)
    assert [(row.organization.key, row.position, row.since) for row in unfilled_positions()] == [
        ("dx", "Seat: Chair, Data task force", TODAY - 94 * DAY),
        ("other", "Primary representative", TODAY - 10 * DAY),
    ]


def test_former_organizations_and_closed_seats_are_left_out(cast):
    vacate(cast, cast.chair, 94)
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert unfilled_positions() == []
    cast.organization.status = OrganizationStatus.ACTIVE
    cast.organization.save(update_fields=["status"])
    cast.body.seats.filter(role="chair").update(closed_on=TODAY)
    assert unfilled_positions() == []


def test_the_page_and_the_console_link_the_action(cast):
    assert "All positions are filled" in cast.client("staff").get(PAGE).content.decode()
    vacate(cast, cast.chair, 94)
    seat = cast.body.seats.get(role="chair")
    page = " ".join(cast.client("staff").get(PAGE).content.decode().split())
    assert "1 position is unfilled." in page and "Seat: Chair, Data task force" in page and "3 months ago" in page
    assert reverse("taskforces:term_start", args=[seat.pk]) in page
    console = cast.client("staff").get(reverse("overview:console")).content.decode()
    assert "unfilled since" in console and PAGE in console


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_the_same_for_more_rows(cast, count, django_assert_num_queries):
    for _ in range(count):
        factories.SeatFactory(body=cast.body, organization=factories.OrganizationFactory())
    client = cast.client("staff")
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
