"""The names that organizations owe: a primary representative, and people for their seats."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Max, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone

from members.models import Organization, Representation
from members.queries import without_primary
from members.rules import STATUSES_WITH_RIGHTS, RepresentationKind
from taskforces.models import Seat, Term


@dataclass(frozen=True)
class UnfilledPosition:
    """A name that an organization owes: for what, since when, and the act that fills it with its address."""

    organization: Organization
    what: str
    since: dt.date
    act: str
    url: str
    is_primary: bool = False


def unfilled_positions() -> list[UnfilledPosition]:
    """Every name that is owed by an organization with rights, the longest owed first. Two queries."""
    return sorted([*_primaries(), *_seats()], key=lambda row: (row.since, row.organization.name))


def _primaries() -> list[UnfilledPosition]:
    left = Representation.objects.filter(organization=OuterRef("pk"), kind=RepresentationKind.PRIMARY)
    latest = left.order_by().values("organization").annotate(latest=Max("ended_on")).values("latest")
    rows = without_primary(Organization.objects.all()).annotate(left_on=Subquery(latest))
    return [
        UnfilledPosition(
            row,
            "Primary representative",
            row.left_on or row.status_since_on or _day(row.created_at),
            "Invite one",
            reverse("members:invite", args=[row.key]),
            is_primary=True,
        )
        for row in rows
    ]


def _seats() -> list[UnfilledPosition]:
    sitting = Term.objects.not_ended().values("seat")
    rows = (
        Seat.objects.open()
        .filter(
            body__dissolved_on=None,
            organization__status__in=STATUSES_WITH_RIGHTS,
            organization__merged_into=None,
        )
        .exclude(pk__in=sitting)
        .select_related("organization", "body")
        .annotate(left_on=Max("terms__ended_on"))
        .order_by("pk")
    )
    return [
        UnfilledPosition(
            seat.organization,
            f"Seat: {seat}",
            seat.left_on or _day(seat.created_at),
            "Name a person",
            reverse("taskforces:term_start", args=[seat.pk]),
        )
        for seat in rows
        if seat.organization
    ]


def _day(moment: dt.datetime) -> dt.date:
    return timezone.localtime(moment).date()
