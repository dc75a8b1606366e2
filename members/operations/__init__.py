"""Every write of this app, one function for each thing a person can do."""

from members.operations.confirmations import (
    confirm_organization,
    confirm_with_changes,
    request_all_confirmations,
    request_confirmation,
)
from members.operations.import_jobs import (
    cancel_import,
    claim_import,
    confirm_import,
    delete_expired_imports,
    fail_import,
    finish_import,
    note_progress,
    return_import,
    start_import,
    waiting_imports,
)
from members.operations.importing import import_members
from members.operations.invitations import (
    accept_invitation,
    invite,
    invite_all,
    note_opened,
    resend,
    resend_all,
    revoke,
)
from members.operations.joining import (
    accept_join_request,
    decline_join_request,
    mark_join_request_spam,
    reopen_join_request,
    submit_join_request,
)
from members.operations.on_behalf import OnBehalf, record_act_on_behalf, speaker
from members.operations.organizations import (
    add_former_name,
    add_organization,
    change_status,
    edit_former_name,
    edit_organization,
    reassign_organization,
)
from members.operations.people import (
    add_person,
    deactivate_person,
    edit_person,
    edit_profile,
    reactivate_person,
    remove_contact,
    set_portal_role,
)
from members.operations.proposals import accept_proposal, decline_proposal, propose
from members.operations.representations import add_representation, appoint_representative, end_representation
from members.operations.security import (
    end_sessions,
    link_single_sign_on,
    record_export,
    record_security_event,
    update_last_seen,
)
from members.operations.status_periods import correct_status_period, start_status_period
from members.operations.viewing import end_viewing, start_viewing

__all__ = [
    "OnBehalf",
    "accept_invitation",
    "accept_join_request",
    "accept_proposal",
    "add_former_name",
    "add_organization",
    "add_person",
    "add_representation",
    "appoint_representative",
    "cancel_import",
    "change_status",
    "claim_import",
    "confirm_import",
    "confirm_organization",
    "confirm_with_changes",
    "correct_status_period",
    "deactivate_person",
    "decline_join_request",
    "decline_proposal",
    "delete_expired_imports",
    "edit_former_name",
    "edit_organization",
    "edit_person",
    "edit_profile",
    "end_representation",
    "end_sessions",
    "end_viewing",
    "fail_import",
    "finish_import",
    "import_members",
    "invite",
    "invite_all",
    "link_single_sign_on",
    "mark_join_request_spam",
    "note_opened",
    "note_progress",
    "propose",
    "reactivate_person",
    "reassign_organization",
    "record_act_on_behalf",
    "record_export",
    "record_security_event",
    "remove_contact",
    "reopen_join_request",
    "request_all_confirmations",
    "request_confirmation",
    "resend",
    "resend_all",
    "return_import",
    "revoke",
    "set_portal_role",
    "speaker",
    "start_import",
    "start_status_period",
    "start_viewing",
    "submit_join_request",
    "update_last_seen",
    "waiting_imports",
]
