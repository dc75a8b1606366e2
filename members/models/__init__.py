"""Organizations, the people who represent them, how people join, and what organizations confirm and propose.

Every module imports `organizations`; `confirmations` also imports `proposals`.
"""

from members.models.confirmations import Confirmation, ConfirmationQuerySet
from members.models.on_behalf import ActOnBehalf
from members.models.onboarding import Invitation, InvitationQuerySet, JoinRequest, new_nonce
from members.models.organizations import (
    FormerName,
    Organization,
    OrganizationQuerySet,
    OrganizationStatusPeriod,
    Sector,
)
from members.models.proposals import Proposal
from members.models.representations import Representation, RepresentationQuerySet
