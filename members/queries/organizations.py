"""Reads of organizations and people: lists, possible duplicates, and status changes."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Person
from members.models import Organization, OrganizationQuerySet, Representation, Sector
from members.rules import STATUSES_WITH_RIGHTS, OrganizationStatus, RepresentationKind, are_similar_names


def sector_counts() -> list[tuple[Sector, int]]:
    """Return the sectors of public active organizations, each with their number, the largest first."""
    sectors = {sector.pk: sector for sector in Sector.objects.all()}
    counts = Organization.objects.public().active().order_by().values("sector").annotate(count=Count("pk"))
    pairs = [(sectors[row["sector"]], row["count"]) for row in counts]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].name))


def without_primary(rows: OrganizationQuerySet) -> OrganizationQuerySet:
    """Return those of `rows` that are active or on leave and have no primary representative."""
    primary = Representation.objects.current().filter(organization=OuterRef("pk"), kind=RepresentationKind.PRIMARY)
    return rows.filter(~Exists(primary), status__in=STATUSES_WITH_RIGHTS, merged_into=None)


def organization_rows(
    *, status: str = "", sector: str = "", missing_primary: bool = False, q: str = ""
) -> OrganizationQuerySet:
    """Return organizations for the staff's list, with their sector and their primary representative as `primaries`."""
    rows = Organization.objects.standing().select_related("sector")
    if status:
        rows = rows.filter(status=status)
    if sector:
        rows = rows.filter(sector__slug=sector)
    if missing_primary:
        rows = without_primary(rows)
    if q:
        former = Organization.objects.filter(former_names__name__icontains=q).values("pk")
        rows = rows.filter(Q(name__icontains=q) | Q(acronym__icontains=q) | Q(pk__in=former))
    primaries = Representation.objects.current().filter(kind=RepresentationKind.PRIMARY).select_related("person")
    return rows.prefetch_related(Prefetch("representations", queryset=primaries, to_attr="primaries"))


def people_search(q: str) -> QuerySet[Person]:
    """Return people whose name, address or position contains `q`, with their current representations as `current`."""
    people = Person.objects.all()
    if q:
        people = people.filter(Q(name__icontains=q) | Q(email__icontains=q) | Q(position__icontains=q))
    current = Representation.objects.current().select_related("organization")
    return people.prefetch_related(Prefetch("representations", queryset=current, to_attr="current"))


@dataclass(frozen=True)
class PossibleDuplicate:
    """A listed organization that a name may refer to, and why. `is_same`: the name is one of its own."""

    organization: Organization
    why: str
    is_same: bool


def possible_duplicates(name: str, acronym: str = "") -> list[PossibleDuplicate]:
    """Return the organizations that `name` or `acronym` may refer to, exact matches first. Two queries."""
    duplicates = []
    for row in Organization.objects.standing().prefetch_related("former_names"):
        former = next((old.name for old in row.former_names.all() if are_similar_names(old.name, name)), "")
        if row.name.casefold() == name.casefold():
            duplicates.append(PossibleDuplicate(row, _("Same name"), True))
        elif acronym and row.acronym.casefold() == acronym.casefold():
            duplicates.append(PossibleDuplicate(row, _("Same acronym: %(acronym)s") % {"acronym": row.acronym}, False))
        elif row.acronym and row.acronym.casefold() == name.casefold():
            duplicates.append(PossibleDuplicate(row, _("Its acronym is %(acronym)s") % {"acronym": row.acronym}, False))
        elif former:
            duplicates.append(
                PossibleDuplicate(row, _("Formerly %(name)s") % {"name": former}, former.casefold() == name.casefold())
            )
        elif are_similar_names(row.name, name):
            duplicates.append(PossibleDuplicate(row, _("Similar name"), False))
    return sorted(duplicates, key=lambda item: (not item.is_same, item.organization.name))


@dataclass(frozen=True)
class StatusMove:
    """A change of an organization's status: the new status, since when, why, and who recorded it when."""

    status: OrganizationStatus
    since_on: dt.date | None
    reason: str
    by: str
    recorded_at: dt.datetime


def status_moves(organization: Organization) -> list[StatusMove]:
    """Return the changes of an organization's status, the latest recorded first. One query."""
    return [
        StatusMove(
            OrganizationStatus(period.status),
            period.starts_on,
            period.status_reason,
            period.recorded_by.name if period.recorded_by else _("The portal"),
            period.recorded_at,
        )
        for period in organization.status_periods.select_related("recorded_by").order_by("-id")
    ]
