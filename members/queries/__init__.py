"""Page-shaped reads of organizations, people, invitations and confirmations."""

from members.queries.confirmations import (
    confirmation_link_status,
    confirmation_rows,
    contacts_for,
    last_answers,
    to_be_asked,
    unanswered_organizations,
    with_contact,
)
from members.queries.invitations import (
    invitation_link_status,
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
from members.queries.staff_queue import join_request_rows, open_proposals, waiting_join_requests
