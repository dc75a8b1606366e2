"""Every write of this app, a function for each thing a person can do."""

from members.operations.confirmations import (
    confirm_organization,
    confirm_with_changes,
    request_all_confirmations,
    request_confirmation,
)
from members.operations.contact_data import remove_contact
from members.operations.invitations import (
    accept_invitation,
    invite,
    invite_all,
    record_opened,
    resend,
    resend_all,
    revoke,
)
from members.operations.join_requests import (
    accept_join_request,
    decline_join_request,
    mark_join_request_spam,
    reopen_join_request,
    submit_join_request,
)
from members.operations.on_behalf import OnBehalf, record_act_on_behalf, represented_person
from members.operations.organizations import (
    add_former_name,
    add_organization,
    add_organizations,
    change_status,
    edit_former_name,
    edit_organization,
    reassign_organization,
)
from members.operations.proposals import accept_proposal, decline_proposal, propose
from members.operations.representations import (
    add_representation,
    add_representations,
    appoint_representative,
    correct_representation,
    end_representation,
)
from members.operations.status_periods import correct_status_period, start_status_period
