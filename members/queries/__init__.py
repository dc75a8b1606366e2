"""Page-shaped reads over organizations, people and invitations."""

from members.queries.confirmations import (
    confirmation_case,
    confirmation_rows,
    contacts_for,
    last_answers,
    speaks_for,
    to_be_asked,
    unanswered_organizations,
    with_contact,
)
from members.queries.invitations import (
    invitation_case,
    invitation_rows,
    not_invited,
    unanswered_invitations,
    with_deliveries,
)
from members.queries.on_behalf import acts_on, on_behalf_entries
from members.queries.organizations import (
    organization_rows,
    people_search,
    possible_duplicates,
    sector_counts,
    status_moves,
    without_primary,
)
from members.queries.waiting import join_request_rows, open_proposals, waiting_join_requests

__all__ = [
    "acts_on",
    "confirmation_case",
    "confirmation_rows",
    "contacts_for",
    "invitation_case",
    "invitation_rows",
    "join_request_rows",
    "last_answers",
    "not_invited",
    "on_behalf_entries",
    "open_proposals",
    "organization_rows",
    "people_search",
    "possible_duplicates",
    "sector_counts",
    "speaks_for",
    "status_moves",
    "to_be_asked",
    "unanswered_invitations",
    "unanswered_organizations",
    "waiting_join_requests",
    "with_contact",
    "with_deliveries",
    "without_primary",
]
