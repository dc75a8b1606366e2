"""Pages that span apps: public ones, the member's home, the staff console."""

from overview.views.acts import on_behalf_entries
from overview.views.confirmations import ask_organizations
from overview.views.departures import close_account, end_representation
from overview.views.engagement import engagement, engagement_export
from overview.views.errors import bad_request, csrf_failure, not_found, permission_denied, server_error
from overview.views.home import home
from overview.views.public import (
    accessibility,
    directory,
    front,
    parts,
    privacy,
    progress,
    search,
    workgroup,
)
from overview.views.record import event_add, event_edit, workgroup_edit
from overview.views.staff import console, history, merge
from overview.views.unfilled_positions import unfilled_positions

__all__ = [
    "accessibility",
    "ask_organizations",
    "bad_request",
    "close_account",
    "console",
    "csrf_failure",
    "directory",
    "end_representation",
    "engagement",
    "engagement_export",
    "event_add",
    "event_edit",
    "front",
    "history",
    "home",
    "merge",
    "not_found",
    "on_behalf_entries",
    "parts",
    "permission_denied",
    "privacy",
    "progress",
    "search",
    "server_error",
    "unfilled_positions",
    "workgroup",
    "workgroup_edit",
]
