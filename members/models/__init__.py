"""Organizations, the people who represent them, how they came in, and what is kept of it.

Each module knows the organizations and none of the others.
"""

from members.models.answers import Confirmation, ConfirmationQuerySet, Proposal
from members.models.arrivals import Invitation, InvitationQuerySet, JoinRequest, new_nonce
from members.models.on_behalf import ActOnBehalf
from members.models.organizations import (
    FormerName,
    Organization,
    OrganizationQuerySet,
    OrganizationStatusPeriod,
    Sector,
)
from members.models.representations import Representation, RepresentationQuerySet

__all__ = [
    "ActOnBehalf",
    "Confirmation",
    "ConfirmationQuerySet",
    "FormerName",
    "Invitation",
    "InvitationQuerySet",
    "JoinRequest",
    "Organization",
    "OrganizationQuerySet",
    "OrganizationStatusPeriod",
    "Proposal",
    "Representation",
    "RepresentationQuerySet",
    "Sector",
    "new_nonce",
]
