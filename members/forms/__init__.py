"""Forms of organizations, their people and invitations. They validate and never write."""

from members.forms.invitations import AcceptForm, InvitationFilter, InviteAllForm, InviteForm, ResendAllForm
from members.forms.joining import AcceptRequestForm, DeclineRequestForm, JoinForm, JoinRequestFilter
from members.forms.organizations import (
    ORGANIZATION_FIELDS,
    AnswerForm,
    ConfirmationFilter,
    FormerNameForm,
    OrganizationAddForm,
    OrganizationFilter,
    OrganizationForm,
    ProposalForm,
    StatusForm,
)
from members.forms.people import OnBehalfForm, RepresentationForm

__all__ = [
    "ORGANIZATION_FIELDS",
    "AcceptForm",
    "AcceptRequestForm",
    "AnswerForm",
    "ConfirmationFilter",
    "DeclineRequestForm",
    "FormerNameForm",
    "InvitationFilter",
    "InviteAllForm",
    "InviteForm",
    "JoinForm",
    "JoinRequestFilter",
    "OnBehalfForm",
    "OrganizationAddForm",
    "OrganizationFilter",
    "OrganizationForm",
    "ProposalForm",
    "RepresentationForm",
    "ResendAllForm",
    "StatusForm",
]
