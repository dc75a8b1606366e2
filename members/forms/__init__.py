"""Forms of organizations, their people and invitations. They validate and never write."""

from members.forms.invitations import AcceptForm, InvitationFilter, InviteAllForm, InviteForm, ResendAllForm
from members.forms.join_requests import AcceptRequestForm, DeclineRequestForm, JoinForm, JoinRequestFilter
from members.forms.organizations import (
    ORGANIZATION_FIELDS,
    ConfirmationFilter,
    FormerNameForm,
    OrganizationAddForm,
    OrganizationFilter,
    OrganizationForm,
    ProposalAnswerForm,
    ProposalForm,
    StatusForm,
)
from members.forms.people import OnBehalfForm, RepresentationForm
