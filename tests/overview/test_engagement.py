"""Participation of organizations: what counts, and that the counts add up."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.models import Attendance
from members.operations import change_status
from overview.queries.engagement import engagement, totals
from taskforces.models import Seat, Term
from taskforces.rules import is_below
from tests import factories
from tests.conftest import NOW, TODAY

FIRST, LAST = dt.date(2026, 1, 1), TODAY


def held(body, day: dt.date, **values: object):
    starts_at = dt.datetime.combine(day, dt.time(18), tzinfo=dt.UTC)
    return factories.MeetingFactory(body=body, starts_at=starts_at, status="closed", **values)


def noted(meeting, organization, presence: str = "remote", person=None):
    return Attendance.objects.create(
        meeting=meeting, person=person or factories.PersonFactory(), organization=organization, presence=presence
    )


def of(organization, first=FIRST, last=LAST):
    return next(row for row in engagement(first, last, TODAY) if row.organization == organization)


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def test_a_meeting_counts_once_for_several_attendees(cast):
    both, alternate, excused, absent = (held(cast.body, march(day)) for day in (2, 9, 16, 23))
    noted(both, cast.organization)
    noted(both, cast.organization, "in_person")
    noted(alternate, cast.organization, person=cast.alternate)
    noted(alternate, cast.organization, "absent")
    noted(excused, cast.organization, "excused")
    noted(absent, cast.organization, "absent")
    row = of(cast.organization)
    assert (row.held, row.attended, row.excused) == (4, 2, 1)
    assert [item.body for item in row.bodies] == [cast.body]


def test_only_closed_meetings_with_attendance_count(cast):
    noted(held(cast.body, march(2)), cast.organization)
    held(cast.body, march(3))
    noted(held(cast.body, dt.date(2025, 12, 31)), cast.organization)
    scheduled = factories.MeetingFactory(body=cast.body)
    noted(scheduled, cast.organization)
    assert of(cast.organization).held == 1


def test_a_meeting_counts_for_filled_and_vacant_seats(cast):
    noted(held(cast.body, march(2)), cast.organization)
    assert of(cast.other_organization).held == 0
    seat = factories.SeatFactory(body=cast.body, organization=cast.other_organization)
    Seat.objects.filter(pk=seat.pk).update(created_at=NOW)
    assert of(cast.other_organization).held == 0
    term = factories.TermFactory(seat=seat, starts_on=march(1), ended_on=march(1))
    assert of(cast.other_organization).held == 1
    Seat.objects.filter(pk=seat.pk).update(closed_on=march(1))
    assert of(cast.other_organization).held == 0
    assert term.person


def test_a_full_meeting_counts_for_active_members(cast):
    cast.other_organization.participation = "task_force"
    cast.other_organization.save(update_fields=["participation"])
    late = factories.OrganizationFactory(status_since_on=march(10))
    noted(held(cast.full, march(2)), cast.organization)
    assert of(cast.organization).held == 1
    assert of(cast.other_organization).held == 0
    assert of(late).held == 0
    noted(held(cast.full, march(11)), cast.organization)
    assert of(late).held == 1


def test_items_are_as_of_today_and_updates_in_the_period(cast):
    for due, status in ((TODAY, "open"), (march(1), "in_progress"), (march(1), "canceled")):
        factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, due_on=due, status=status)
    strategy = factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)
    for state, day in (
        ("published", march(1)),
        ("submitted", TODAY),
        ("draft", march(1)),
        ("returned", march(1)),
        ("published", dt.date(2025, 5, 5)),
    ):
        published_at = NOW if state == "published" else None
        factories.ProgressUpdateFactory(
            strategy=strategy, state=state, reported_on=day, submitted_at=NOW, published_at=published_at
        )
    row = of(cast.organization)
    assert (row.open_items, row.overdue_items, row.updates) == (2, 1, 2)


@pytest.mark.parametrize(
    ("attended", "held_count", "percent", "below"),
    [(3, 4, 75, False), (2, 4, 75, True), (0, 0, 75, False), (0, 9, None, False), (199, 200, 100, True)],
)
def test_attendance_below_the_charters_percentage(attended, held_count, percent, below):
    assert is_below(attended, held_count, percent) is below


def test_organizations_below_a_charter_come_first(cast):
    other = factories.BodyFactory(slug="communication", name="Communication", attendance_expected_percent=50)
    cast.body.attendance_expected_percent = 75
    cast.body.save(update_fields=["attendance_expected_percent"])
    last = factories.OrganizationFactory(name="Zz Department")
    for body in (cast.body, other):
        factories.TermFactory(seat=factories.SeatFactory(body=body, organization=last))
        first, second = held(body, march(2)), held(body, march(9))
        noted(first, last)
        noted(first, cast.organization)
        noted(second, cast.organization)
    rows = engagement(FIRST, LAST, TODAY)
    assert rows[0].organization == last
    assert [item.body for item in rows[0].below] == [cast.body]
    assert of(cast.organization).below == []


def test_totals_are_sums_of_counts(cast):
    big, small = factories.OrganizationFactory(), factories.OrganizationFactory()
    for organization, days in ((big, range(1, 10)), (small, range(20, 21))):
        body = factories.BodyFactory(slug=f"b{organization.pk}", name="B")
        factories.TermFactory(seat=factories.SeatFactory(body=body, organization=organization))
        for number, day in enumerate(days):
            noted(held(body, march(day)), organization, "remote" if number == 0 else "absent")
    found = totals(engagement(FIRST, LAST, TODAY))
    assert (found.attended, found.held) == (2, 10)


def test_a_former_organization_is_not_listed(cast):
    noted(held(cast.body, march(2)), cast.organization)
    change_status(
        actor=cast.staff,
        organization=cast.organization,
        version=None,
        status="former",
        since_on=TODAY,
        reason="Dissolved",
        now=NOW,
        today=TODAY,
    )
    assert cast.organization not in [row.organization for row in engagement(FIRST, LAST, TODAY)]
    (row,) = engagement(FIRST, LAST, TODAY, cast.organization)
    assert (row.held, row.attended) == (1, 1)


def test_query_count_is_the_same_for_more_organizations(cast):
    def more():
        organization = factories.OrganizationFactory()
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=organization))
        meeting = held(cast.body, march(2 + Term.objects.count()))
        noted(meeting, organization)
        factories.ActionItemFactory(body=cast.body, owner_organization=organization)
        strategy = factories.StrategyFactory(body=cast.body, lead_organization=organization)
        factories.ProgressUpdateFactory(strategy=strategy, state="published", submitted_at=NOW, published_at=NOW)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            engagement(FIRST, LAST, TODAY)
        return len(queries)

    more()
    assert count() == 9
    more()
    more()
    assert count() == 9
