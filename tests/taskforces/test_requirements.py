"""Membership requirements: which organizations meet them, and since when one is missing."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.operations import EditConflictError, OperationNotAllowedError
from members.models import Organization
from members.operations import change_status
from taskforces import operations
from taskforces.models import Requirement, Term
from taskforces.queries.requirements import requirements_of
from taskforces.rules import members_on, missing_since
from tests import factories
from tests.conftest import NOW, TODAY

DAY = dt.timedelta(days=1)
SINCE = dt.date(2025, 7, 1)


def on(month: int, day: int) -> dt.date:
    return dt.date(2026, month, day)


@pytest.mark.parametrize(
    ("spans", "filled", "minimum", "since"),
    [
        ({}, 0, 2, [SINCE, SINCE]),
        ({1: [(on(1, 1), None)]}, 1, 1, []),
        ({1: [(on(1, 1), None)], 2: [(on(1, 1), on(3, 31))]}, 1, 2, [on(4, 1)]),
        ({1: [(on(1, 1), on(2, 1))], 2: [(on(1, 1), on(3, 31))]}, 0, 2, [on(2, 2), on(4, 1)]),
        # A move to another seat of the same organization leaves no gap.
        ({1: [(on(1, 1), on(2, 1)), (on(2, 1), None)]}, 1, 2, [SINCE]),
        ({1: [(on(1, 1), on(2, 1))], 2: [(on(2, 2), on(3, 1))]}, 0, 1, [on(3, 2)]),
        # Two organizations on different days were never two at once.
        ({1: [(on(1, 1), on(2, 1))], 2: [(on(2, 2), None)]}, 1, 2, [SINCE]),
    ],
)
def test_missing_since_counts_from_the_day_after_the_last_member(spans, filled, minimum, since):
    assert missing_since(spans, filled, minimum, SINCE) == since


days = st.integers(0, 45).map(lambda number: dt.date(2026, 1, 1) + DAY * number)
past = st.tuples(days, days).map(sorted).map(tuple)


# A slow machine is not what is tested here.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.integers(1, 4), st.lists(past, min_size=1, max_size=3), max_size=4), st.integers(1, 4))
def test_missing_since_agrees_with_counting_every_day(spans, minimum):
    found = missing_since(spans, 0, minimum, SINCE)
    all_days = [dt.date(2026, 1, 1) + DAY * number for number in range(60)]
    for place, since in zip(range(minimum, 0, -1), found, strict=True):
        enough = [day for day in all_days if members_on(spans, day) >= place]
        assert since == (max(enough) + DAY if enough else SINCE)


@pytest.fixture
def lab(db):
    return factories.SectorFactory(slug="lab", name="laboratory")


def seat(cast, organization: Organization, **values: object) -> Term:
    return factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=organization), **values)


def test_a_requirement_lists_organizations_and_missing_dates(cast, lab):
    requirement = operations.add_requirement(
        actor=cast.staff, body=cast.body, sector=lab, region="", minimum=2, today=SINCE
    )
    first, second, third = (factories.OrganizationFactory(sector=lab, acronym=name) for name in ("LA", "LB", "LC"))
    seat(cast, first)
    seat(cast, second, ended_on=on(10, 31))
    factories.SeatFactory(body=cast.body, organization=third)
    (need,) = requirements_of([cast.body])[cast.body.pk]
    assert (need.requirement, need.organizations, need.missing_since) == (requirement, [first], [on(11, 1)])
    assert requirement.history.get().history_user == cast.staff


def test_a_region_is_met_by_an_organization_of_it(cast):
    operations.add_requirement(actor=cast.staff, body=cast.body, sector=None, region="northern", minimum=1, today=SINCE)
    assert requirements_of([cast.body])[cast.body.pk][0].missing_since == [SINCE]
    seat(cast, factories.OrganizationFactory(region="northern"))
    assert requirements_of([cast.body])[cast.body.pk][0].missing == 0


def test_an_organization_that_left_no_longer_counts(cast, lab):
    operations.add_requirement(actor=cast.staff, body=cast.body, sector=lab, region="", minimum=1, today=SINCE)
    organization = factories.OrganizationFactory(sector=lab)
    seat(cast, organization)
    change_status(
        actor=cast.staff,
        organization=organization,
        version=None,
        status="former",
        since_on=on(9, 1),
        reason="Dissolved",
        now=NOW,
        today=TODAY,
    )
    (need,) = requirements_of([cast.body])[cast.body.pk]
    assert (need.organizations, need.missing_since) == ([], [on(9, 2)])


def test_active_members_count_for_the_full_workgroup(cast, lab):
    operations.add_requirement(actor=cast.staff, body=cast.full, sector=lab, region="", minimum=2, today=SINCE)
    stays, leaves, prospective = (
        factories.OrganizationFactory(sector=lab, status=status, status_since_on=on(1, 1))
        for status in ("active", "active", "prospective")
    )
    change_status(
        actor=cast.staff,
        organization=leaves,
        version=None,
        status="on_leave",
        since_on=on(5, 1),
        reason="Asked",
        now=NOW,
        today=TODAY,
    )
    (need,) = requirements_of([cast.full])[cast.full.pk]
    assert (need.organizations, need.missing_since) == ([stays], [on(5, 1)])
    assert prospective not in need.organizations


def test_a_requirement_has_one_group_and_exists_once(cast, lab):
    add = {"actor": cast.staff, "body": cast.body, "minimum": 1, "today": SINCE}
    for wrong in ({"sector": lab, "region": "northern"}, {"sector": None, "region": ""}):
        with pytest.raises(ValidationError):
            operations.add_requirement(**add, **wrong)
    first = operations.add_requirement(**add, sector=lab, region="")
    with pytest.raises(ValidationError):
        operations.add_requirement(**add, sector=lab, region="")
    operations.end_requirement(actor=cast.staff, requirement=first, today=TODAY)
    assert operations.add_requirement(**add, sector=lab, region="") != first
    with pytest.raises(OperationNotAllowedError):
        operations.end_requirement(actor=cast.staff, requirement=first, today=TODAY)
    with pytest.raises(OperationNotAllowedError):
        operations.change_requirement(actor=cast.staff, requirement=first, version=None, minimum=3)


def test_a_removed_requirement_is_kept_but_not_listed(cast, lab):
    requirement = operations.add_requirement(
        actor=cast.staff, body=cast.body, sector=lab, region="", minimum=1, today=SINCE
    )
    operations.end_requirement(actor=cast.staff, requirement=requirement, today=TODAY)
    assert requirements_of([cast.body]) == {}
    assert Requirement.objects.get().ended_on == TODAY


def test_a_stale_change_is_rejected(cast, lab):
    requirement = operations.add_requirement(
        actor=cast.staff, body=cast.body, sector=lab, region="", minimum=1, today=SINCE
    )
    operations.change_requirement(actor=cast.staff, requirement=requirement, version=1, minimum=2)
    with pytest.raises(EditConflictError):
        operations.change_requirement(actor=cast.staff, requirement=requirement, version=1, minimum=3)


def test_query_count_is_the_same_for_one_and_three_rows(cast, lab):
    def more(region: str):
        operations.add_requirement(actor=cast.staff, body=cast.body, sector=None, region=region, minimum=1, today=SINCE)
        operations.add_requirement(actor=cast.staff, body=cast.full, sector=None, region=region, minimum=1, today=SINCE)
        seat(cast, factories.OrganizationFactory(region=region))

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            requirements_of([cast.body, cast.full])
        return len(queries)

    more("northern")
    assert count() == 4
    more("southern")
    more("bay_area")
    assert count() == 4
