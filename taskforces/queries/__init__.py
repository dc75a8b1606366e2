"""Page-shaped reads of bodies, seats and terms. Each takes a fixed number of queries, whatever the number of rows."""

from taskforces.queries.composition import RequirementStatus, composition, memberships
from taskforces.queries.days import OrganizationPeople, organization_people, representatives_on, seats_on, statuses_on
from taskforces.queries.rosters import (
    BodyCard,
    BodyRoster,
    SeatRow,
    body_cards,
    expired_terms,
    own_names,
    past_terms,
    roster,
    rosters,
    seats_of_organization,
    terms_held,
)
from taskforces.queries.views import RosterView, contacts_shown, roster_for

__all__ = [
    "BodyCard",
    "BodyRoster",
    "OrganizationPeople",
    "RequirementStatus",
    "RosterView",
    "SeatRow",
    "body_cards",
    "composition",
    "contacts_shown",
    "expired_terms",
    "memberships",
    "organization_people",
    "own_names",
    "past_terms",
    "representatives_on",
    "roster",
    "roster_for",
    "rosters",
    "seats_of_organization",
    "seats_on",
    "statuses_on",
    "terms_held",
]
