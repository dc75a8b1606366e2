"""Organizations, the people who represent them, how they came in, and what is kept of it.

Each module knows the organizations and none of the others.
"""

from members.models.answers import Confirmation, ConfirmationQuerySet, Proposal
from members.models.arrivals import ImportJob, Invitation, InvitationQuerySet, JoinRequest, new_nonce
from members.models.events import ActOnBehalf, SecurityEvent
from members.models.organizations import (
    FormerName,
    Organization,
    OrganizationQuerySet,
    OrganizationStatusPeriod,
    Sector,
    validate_single_line,
)
from members.models.people import UNTRACKED, Person, PersonManager, Representation, RepresentationQuerySet, check_zone

__all__ = [
    "UNTRACKED",
    "ActOnBehalf",
    "Confirmation",
    "ConfirmationQuerySet",
    "FormerName",
    "ImportJob",
    "Invitation",
    "InvitationQuerySet",
    "JoinRequest",
    "Organization",
    "OrganizationQuerySet",
    "OrganizationStatusPeriod",
    "Person",
    "PersonManager",
    "Proposal",
    "Representation",
    "RepresentationQuerySet",
    "Sector",
    "SecurityEvent",
    "check_zone",
    "new_nonce",
    "validate_single_line",
]
