"""Which sectors and regions a body requires, which organizations meet that, and since when one is missing."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from members.models import Organization
from members.models.organizations import OrganizationStatusPeriod
from members.rules import STATUSES_WITH_RIGHTS, OrganizationStatus, Participation
from taskforces.models import Body, Requirement, Term
from taskforces.rules import BodyKind, Span, missing_since

# The organizations with a member on a body now or before, each with the days from the first to the last.
Service = dict[Organization, list[Span]]


@dataclass(frozen=True)
class RequirementStatus:
    """A requirement with the organizations that meet it, and since when each missing one is missing."""

    requirement: Requirement
    organizations: list[Organization]
    missing_since: list[dt.date]

    @property
    def missing(self) -> int:
        return len(self.missing_since)


def requirements_of(bodies: Sequence[Body]) -> dict[int, list[RequirementStatus]]:
    """Return the requirements of each of these bodies by its id, those that are not met first. At most four queries."""
    rows = Requirement.objects.filter(body__in=[body.pk for body in bodies], ended_on=None)
    requirements = list(rows.select_related("body", "sector"))
    if not requirements:
        return {}
    service = _service_by_body(requirements)
    found: dict[int, list[RequirementStatus]] = defaultdict(list)
    for requirement in requirements:
        found[requirement.body_id].append(_need(requirement, service[requirement.body_id]))
    return {pk: sorted(needs, key=lambda need: (-need.missing, need.requirement.group)) for pk, needs in found.items()}


def _need(requirement: Requirement, service: Service) -> RequirementStatus:
    meeting_it = {row: spans for row, spans in service.items() if requirement.is_met_by(row)}
    now = [row for row, spans in meeting_it.items() if any(last is None for _first, last in spans)]
    spans = {row.pk: of_one for row, of_one in meeting_it.items()}
    return RequirementStatus(
        requirement,
        sorted(now, key=lambda row: row.short_name.lower()),
        missing_since(spans, len(now), requirement.minimum, requirement.since_on),
    )


def _service_by_body(requirements: Sequence[Requirement]) -> dict[int, Service]:
    """Return the organizations that serve or served on each body; for the full Workgroup its active members."""
    bodies = {requirement.body_id: requirement.body for requirement in requirements}
    found: dict[int, Service] = {pk: {} for pk in bodies}
    seated = [pk for pk, body in bodies.items() if body.kind != BodyKind.FULL]
    for term in Term.objects.filter(seat__body__in=seated).select_related("seat__organization"):
        organization = term.seat.organization
        if organization:
            found[term.seat.body_id].setdefault(organization, []).append(_span(term, organization))
    full = [pk for pk, body in bodies.items() if body.kind == BodyKind.FULL]
    return found | dict.fromkeys(full, memberships()) if full else found


def _span(term: Term, organization: Organization) -> Span:
    """Return the days of a term; one that is still open for an organization that left ended when it left."""
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
