"""Positions that an organization has not filled: its primary representative and its seats."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from core.dates import local_today
from members.models import Organization, Representation
from members.queries import without_primary
from members.rules import STATUSES_WITH_RIGHTS, RepresentationKind
from taskforces.models import Seat, Term


@dataclass(frozen=True)
class UnfilledPosition:
    """A position that an organization has not filled: since when, and the action that fills it."""

    organization: Organization
    position: str
    since: dt.date
    action: str
    url: str
    is_primary: bool = False


def unfilled_positions() -> list[UnfilledPosition]:
    """Return the unfilled positions of organizations with rights, the longest unfilled first. Two queries."""
    return sorted([*_missing_primaries(), *_vacant_seats()], key=lambda row: (row.since, row.organization.name))


def _missing_primaries() -> list[UnfilledPosition]:
    former = Representation.objects.filter(organization=OuterRef("pk"), kind=RepresentationKind.PRIMARY)
    latest = former.order_by().values("organization").annotate(latest=Max("ended_on")).values("latest")
    rows: QuerySet[Any] = without_primary(Organization.objects.all()).annotate(left_on=Subquery(latest))
    return [
        UnfilledPosition(
            row,
            _("Primary representative"),
            row.left_on or row.status_since_on or local_today(row.created_at),
            _("Invite a representative"),
            reverse("members:invite", args=[row.key]),
            is_primary=True,
        )
        for row in rows
    ]


def _vacant_seats() -> list[UnfilledPosition]:
    filled = Term.objects.not_ended().values("seat")
    rows: QuerySet[Any] = (
        Seat.objects.open()
        .filter(
            body__dissolved_on=None,
            organization__status__in=STATUSES_WITH_RIGHTS,
            organization__merged_into=None,
        )
        .exclude(pk__in=filled)
        .select_related("organization", "body")
        .annotate(left_on=Max("terms__ended_on"))
        .order_by("pk")
    )
    return [
        UnfilledPosition(
            seat.organization,
            _("Seat: %(seat)s") % {"seat": seat},
            seat.left_on or local_today(seat.created_at),
            _("Fill this seat"),
            reverse("taskforces:term_start", args=[seat.pk]),
        )
        for seat in rows
        if seat.organization
    ]
