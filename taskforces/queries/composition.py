"""Which sectors and regions a body needs, who fills them, and since when one is missing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import Organization, OrganizationStatusPeriod
from members.rules import STATUSES_WITH_RIGHTS, OrganizationStatus, Participation
from taskforces.models import Body, Requirement, Term
from taskforces.rules import BodyKind, Span, missing_since


@dataclass(frozen=True)
class RequirementStatus:
    """A requirement with the organizations that fill it and, for each place that is missing, since when."""

    requirement: Requirement
    filled: list[Organization]
    missing_since: list[dt.date]

    @property
    def missing(self) -> int:
        return len(self.missing_since)


def composition(bodies: Sequence[Body]) -> dict[int, list[RequirementStatus]]:
    """What each of these bodies needs, by its id, what is missing first. At most four queries."""
    wanted = Requirement.objects.filter(body__in=[body.pk for body in bodies], ended_on=None)
    requirements = list(wanted.select_related("body", "sector"))
    if not requirements:
        return {}
    sitting = _sitting_by_body(requirements)
    needs: dict[int, list[RequirementStatus]] = defaultdict(list)
    for requirement in requirements:
        people = sitting[requirement.body_id]
        needs[requirement.body_id].append(_need(requirement, people))
    return {pk: sorted(rows, key=lambda need: (-need.missing, need.requirement.what)) for pk, rows in needs.items()}


Sitting = dict[Organization, list[Span]]


def _need(requirement: Requirement, sitting: Sitting) -> RequirementStatus:
    fitting = {organization: spans for organization, spans in sitting.items() if requirement.fits(organization)}
    filled = [organization for organization, spans in fitting.items() if any(last is None for _, last in spans)]
    spans = {organization.pk: of_one for organization, of_one in fitting.items()}
    return RequirementStatus(
        requirement,
        sorted(filled, key=lambda organization: organization.short_name.lower()),
        missing_since(spans, len(filled), requirement.minimum, requirement.since_on),
    )


def _sitting_by_body(requirements: Sequence[Requirement]) -> dict[int, Sitting]:
    """The organizations that sit or sat on each body, with the spans of days; for the full one its active members."""
    bodies = {requirement.body_id: requirement.body for requirement in requirements}
    found: dict[int, Sitting] = {pk: {} for pk in bodies}
    seated = [pk for pk, body in bodies.items() if body.kind != BodyKind.FULL]
    for term in Term.objects.filter(seat__body__in=seated).select_related("seat__organization"):
        organization = term.seat.organization
        if organization:
            found[term.seat.body_id].setdefault(organization, []).append(_span(term, organization))
    full = [pk for pk, body in bodies.items() if body.kind == BodyKind.FULL]
    return found | dict.fromkeys(full, memberships()) if full else found


def _span(term: Term, organization: Organization) -> Span:
    """The days of a term; one that nobody ended, for an organization that left, ends as the organization did."""
    ended_on = term.ended_on or term.seat.closed_on
    if ended_on is None and organization.status not in STATUSES_WITH_RIGHTS:
        ended_on = organization.status_since_on or term.starts_on
    return term.starts_on, ended_on


def memberships() -> dict[Organization, list[Span]]:
    """Return the organizations that are or were active members of the Workgroup, with the days of each. Two queries."""
    spans: dict[int, list[Span]] = defaultdict(list)
    active = OrganizationStatusPeriod.objects.filter(status=OrganizationStatus.ACTIVE).order_by("id")
    for pk, starts_on, ended_on in active.values_list("organization", "starts_on", "ended_on"):
        first = starts_on or dt.date.min
        spans[pk].append((first, max(first, ended_on - dt.timedelta(days=1)) if ended_on else None))
    members = Organization.objects.standing().filter(participation=Participation.WORKGROUP)
    return {organization: spans[organization.pk] for organization in members if organization.pk in spans}
