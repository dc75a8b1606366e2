"""The table of status periods: written by every operation that changes an organization's status."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction

from accounts.models import Person
from core.operations import create, save_changes
from members.models import Organization
from members.models.organizations import OrganizationStatusPeriod


@transaction.atomic
def start_status_period(*, actor: Person | None, organization: Organization) -> OrganizationStatusPeriod:
    """Start the period of the status that `organization` has just been given, and end those that it replaces.

    The organization's row must be locked and saved. A status that starts on or before the first day of an earlier
    period replaces that period as a whole: the earlier one then ends on the day on which it began.
    """
    starts_on = organization.status_since_on
    _end_periods(actor, organization.status_periods.select_for_update().order_by("id"), starts_on)
    return create(
        OrganizationStatusPeriod,
        actor=actor,
        organization=organization,
        status=organization.status,
        starts_on=starts_on,
        status_reason=organization.status_reason,
        recorded_by=actor,
    )


@transaction.atomic
def correct_status_period(*, actor: Person | None, organization: Organization) -> None:
    """Bring the open period in line with the status, date and reason that were corrected on the organization.

    The period before it ends where the open one now starts. An organization without a period gets its first one.
    """
    periods = list(organization.status_periods.select_for_update().order_by("id"))
    if not periods:
        start_status_period(actor=actor, organization=organization)
        return
    *earlier, current = periods
    before = next((period for period in earlier[::-1] if period.ended_on == current.starts_on), None)
    # Without a date the status follows on the one before it.
    starts_on = organization.status_since_on or (current.starts_on if earlier else None)
    _end_periods(actor, earlier, starts_on)
    if before and starts_on and before.ended_on and before.ended_on < starts_on:
        save_changes(before, actor=actor, ended_on=starts_on)
    save_changes(
        current, actor=actor, status=organization.status, starts_on=starts_on, status_reason=organization.status_reason
    )


def _end_periods(actor: Person | None, periods: Iterable[OrganizationStatusPeriod], on: dt.date | None) -> None:
    """End each period on a day unless it ended before; one that began later ends on the day it began."""
    for period in periods:
        if on is not None and (period.ended_on is None or period.ended_on > on):
            save_changes(period, actor=actor, ended_on=max(on, period.starts_on or on))


@transaction.atomic
def add_first_status_periods(*, actor: Person | None, organizations: Sequence[Organization]) -> None:
    """Store the first period of each of these new organizations with one query."""
    OrganizationStatusPeriod.objects.bulk_create(
        [
            OrganizationStatusPeriod(
                organization=row,
                status=row.status,
                starts_on=row.status_since_on,
                status_reason=row.status_reason,
                recorded_by=actor,
            )
            for row in organizations
        ]
    )
