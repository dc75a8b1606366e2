"""Status periods: the table answers as the history of the organizations did, and stays in order."""

import datetime as dt
from collections import defaultdict

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.operations import lock
from members import operations
from members.models import Organization
from members.models.organizations import OrganizationStatusPeriod
from members.operations.organizations import add_organizations
from members.rules import ORGANIZATION_TRANSITIONS, OrganizationStatus
from taskforces.queries.dated_rosters import statuses_on
from taskforces.queries.requirements import memberships
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 1, 1)
DAYS = [FIRST + dt.timedelta(days=number) for number in range(-1, 31)]
ACTIVE, ON_LEAVE, FORMER = OrganizationStatus.ACTIVE, OrganizationStatus.ON_LEAVE, OrganizationStatus.FORMER


def statuses_from_history(on: dt.date) -> dict[int, str]:
    """Return the status of each organization on a day from its history: the latest row that was in force by then."""
    rows = Organization.history.order_by("history_date", "history_id")
    values = rows.values_list("id", "status", "status_since_on")
    return {pk: status for pk, status, since_on in values if since_on is None or since_on <= on}


def spans_from_history() -> dict[int, list[tuple[dt.date, dt.date | None]]]:
    """Return the days on which each organization was active, read from every row of its history."""
    spans = defaultdict(list)
    rows = Organization.history.order_by("history_date", "history_id")
    for pk, status, since_on in rows.values_list("id", "status", "status_since_on"):
        of_one = spans[pk]
        is_open = bool(of_one) and of_one[-1][1] is None
        if status == ACTIVE and not is_open:
            of_one.append((since_on or dt.date.min, None))
        elif status != ACTIVE and is_open:
            first, _ = of_one[-1]
            of_one[-1] = first, max(first, since_on - dt.timedelta(days=1)) if since_on else first
    return {pk: of_one for pk, of_one in spans.items() if of_one}


def change(organization: Organization, status: str, since_on: dt.date) -> None:
    operations.change_status(
        actor=factories.PersonFactory(portal_role="staff"),
        organization=organization,
        version=None,
        status=status,
        since_on=since_on,
        reason="Letter",
        now=NOW,
        today=TODAY,
    )


def periods_of(organization: Organization) -> list[tuple[str, dt.date | None, dt.date | None]]:
    return list(organization.status_periods.order_by("id").values_list("status", "starts_on", "ended_on"))


def on(day: int) -> dt.date:
    return dt.date(2026, 1, day)


@st.composite
def status_changes(draw, date_order_constraint: bool) -> list[tuple[str, dt.date]]:
    """Draw the first status with its day, then changes that the lifecycle allows."""
    changes = [(draw(st.sampled_from(OrganizationStatus.values)), draw(st.sampled_from(DAYS)))]
    for _ in range(draw(st.integers(0, 6))):
        status, since_on = changes[-1]
        days = [day for day in DAYS if day >= since_on] if date_order_constraint else DAYS
        changes.append((draw(st.sampled_from(sorted(ORGANIZATION_TRANSITIONS[status]))), draw(st.sampled_from(days))))
    return changes


def run(changes: list[tuple[str, dt.date]]) -> Organization:
    """Make an organization with the first status, and change it as drawn."""
    status, since_on = changes[0]
    organization = factories.OrganizationFactory(status=status, status_since_on=since_on)
    for status, since_on in changes[1:]:
        change(organization, status, since_on)
    return organization


# A slow machine is not what is tested here.
examples = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@examples
@given(status_changes(date_order_constraint=False))
def test_periods_give_the_status_that_history_gave(changes):
    with transaction.atomic():
        run(changes)
        for day in DAYS:
            assert statuses_on(day) == statuses_from_history(day)
        transaction.set_rollback(True)


@examples
@given(status_changes(date_order_constraint=True))
def test_periods_give_the_memberships_that_history_gave(changes):
    with transaction.atomic():
        run(changes)
        assert {row.pk: spans for row, spans in memberships().items()} == spans_from_history()
        transaction.set_rollback(True)


def test_each_change_ends_one_period_and_starts_the_next(cast):
    organization = factories.OrganizationFactory(status_since_on=on(1))
    change(organization, ON_LEAVE, on(5))
    change(organization, ACTIVE, on(9))
    assert periods_of(organization) == [(ACTIVE, on(1), on(5)), (ON_LEAVE, on(5), on(9)), (ACTIVE, on(9), None)]
    period = organization.status_periods.get(ended_on=None)
    assert (period.status_reason, period.recorded_by.portal_role) == ("Letter", "staff")


def test_an_earlier_date_replaces_the_periods_after_it():
    organization = factories.OrganizationFactory(status_since_on=on(1))
    change(organization, ON_LEAVE, on(9))
    change(organization, FORMER, on(5))
    assert periods_of(organization) == [(ACTIVE, on(1), on(5)), (ON_LEAVE, on(9), on(9)), (FORMER, on(5), None)]


@pytest.mark.parametrize(("since_on", "ended_on"), [(on(3), on(3)), (on(20), on(20)), (None, on(9))])
def test_a_corrected_date_moves_the_end_of_the_period_before(cast, since_on, ended_on):
    organization = factories.OrganizationFactory(status_since_on=on(1))
    change(organization, ON_LEAVE, on(9))
    operations.edit_organization(
        actor=cast.staff,
        organization=organization,
        version=None,
        today=TODAY,
        status_since_on=since_on,
        status_reason="Corrected",
    )
    assert periods_of(organization) == [(ACTIVE, on(1), ended_on), (ON_LEAVE, ended_on, None)]
    assert organization.status_periods.get(ended_on=None).status_reason == "Corrected"


def test_an_unrelated_edit_writes_no_period(cast):
    organization = factories.OrganizationFactory(status_since_on=on(1))
    operations.edit_organization(
        actor=cast.staff, organization=organization, version=None, today=TODAY, jurisdiction="Yolo County"
    )
    assert organization.status_periods.get().version == 1


def test_a_corrected_status_without_a_date_stays_one_period():
    organization = factories.OrganizationFactory(status=OrganizationStatus.PROSPECTIVE)
    organization = lock(organization)
    organization.status = ACTIVE
    organization.save(update_fields=["status"])
    operations.correct_status_period(actor=None, organization=organization)
    assert periods_of(organization) == [(ACTIVE, None, None)]


def test_every_way_to_add_an_organization_starts_a_period(cast):
    values = {"sector": cast.organization.sector, "status": ACTIVE}
    added = operations.add_organization(actor=cast.staff, today=TODAY, name="Lab", **values)
    (imported,) = add_organizations(
        actor=cast.staff,
        rows=[{"key": "lab-2", "name": "Second lab", "status_since_on": on(2), **values}],
        reason="Import",
    )
    assert periods_of(added) == [(ACTIVE, TODAY, None)]
    assert periods_of(imported) == [(ACTIVE, on(2), None)]


def test_a_merge_ends_the_period_of_the_duplicate(cast):
    operations.reassign_organization(
        actor=cast.staff, source=cast.other_organization, target=cast.organization, today=TODAY
    )
    assert periods_of(cast.other_organization) == [(ACTIVE, None, TODAY), (FORMER, TODAY, None)]


def test_an_organization_has_one_open_period(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganizationStatusPeriod.objects.create(organization=cast.organization, status=FORMER, starts_on=on(1))
    with pytest.raises(IntegrityError), transaction.atomic():
        OrganizationStatusPeriod.objects.create(
            organization=cast.organization, status=FORMER, starts_on=on(2), ended_on=on(1)
        )
