"""Page-shaped reads over organizations, people and invitations."""

from members.queries.confirmations import (
    confirmation_case,
    confirmation_rows,
    last_answers,
    silent_organizations,
    speaks_for,
    to_be_asked,
    voices_of,
    with_a_voice,
)
from members.queries.events import acts_on, acts_on_behalf, security_event_rows
from members.queries.invitations import (
    invitation_case,
    invitation_rows,
    not_invited,
    unanswered_invitations,
    with_deliveries,
)
from members.queries.organizations import (
    lookalikes,
    organization_rows,
    people_search,
    sector_counts,
    status_moves,
    without_primary,
)
from members.queries.waiting import join_request_rows, open_proposals, waiting_join_requests

__all__ = [
    "acts_on",
    "acts_on_behalf",
    "confirmation_case",
    "confirmation_rows",
    "invitation_case",
    "invitation_rows",
    "join_request_rows",
    "last_answers",
    "lookalikes",
    "not_invited",
    "open_proposals",
    "organization_rows",
    "people_search",
    "sector_counts",
    "security_event_rows",
    "silent_organizations",
    "speaks_for",
    "status_moves",
    "to_be_asked",
    "unanswered_invitations",
    "voices_of",
    "waiting_join_requests",
    "with_a_voice",
    "with_deliveries",
    "without_primary",
]
