"""Every write of this app, one function for each thing a person can do."""

from members.operations.confirmations import ask_all, ask_to_confirm, confirm_organization, confirm_with_changes
from members.operations.import_jobs import (
    cancel_import,
    claim_import,
    confirm_import,
    fail_import,
    finish_import,
    forget_old_imports,
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
    ask_to_join,
    decline_join_request,
    mark_join_request_spam,
    reopen_join_request,
)
from members.operations.on_behalf import OnBehalf, note_act, speaker
from members.operations.organizations import (
    add_former_name,
    add_organization,
    change_status,
    edit_organization,
    mend_former_name,
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
from members.operations.representations import add_representation, end_representation, name_representative
from members.operations.security import (
    end_sessions,
    link_single_sign_on,
    note_presence,
    record_export,
    record_security_event,
)
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
    "ask_all",
    "ask_to_confirm",
    "ask_to_join",
    "cancel_import",
    "change_status",
    "claim_import",
    "confirm_import",
    "confirm_organization",
    "confirm_with_changes",
    "deactivate_person",
    "decline_join_request",
    "decline_proposal",
    "edit_organization",
    "edit_person",
    "edit_profile",
    "end_representation",
    "end_sessions",
    "end_viewing",
    "fail_import",
    "finish_import",
    "forget_old_imports",
    "import_members",
    "invite",
    "invite_all",
    "link_single_sign_on",
    "mark_join_request_spam",
    "mend_former_name",
    "name_representative",
    "note_act",
    "note_opened",
    "note_presence",
    "note_progress",
    "propose",
    "reactivate_person",
    "reassign_organization",
    "record_export",
    "record_security_event",
    "remove_contact",
    "reopen_join_request",
    "resend",
    "resend_all",
    "return_import",
    "revoke",
    "set_portal_role",
    "speaker",
    "start_import",
    "start_viewing",
    "waiting_imports",
]
