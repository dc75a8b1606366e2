"""Forms of organizations, people, invitations and accounts. They validate and never write."""

from members.forms.accounts import AddKeyForm, RequestLoginCodeForm, ResetPasswordForm, SecurityEventFilter
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
    date_input,
)
from members.forms.people import ZONES, OnBehalfForm, PersonForm, ProfileForm, RepresentationForm, RoleForm

__all__ = [
    "ORGANIZATION_FIELDS",
    "ZONES",
    "AcceptForm",
    "AcceptRequestForm",
    "AddKeyForm",
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
    "PersonForm",
    "ProfileForm",
    "ProposalForm",
    "RepresentationForm",
    "RequestLoginCodeForm",
    "ResendAllForm",
    "ResetPasswordForm",
    "RoleForm",
    "SecurityEventFilter",
    "StatusForm",
    "date_input",
]
