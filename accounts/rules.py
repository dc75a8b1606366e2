"""The words of accounts: portal roles and the kinds of security events. No ORM, no clock."""

from django.db.models import TextChoices


class PortalRole(TextChoices):
    NONE = "none", "None"
    STAFF = "staff", "Workgroup staff"
    ADMINISTRATOR = "administrator", "Administrator"


class SecurityEventKind(TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGNED_OUT = "signed_out", "Signed out"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ADDED = "factor_added", "Second factor added"
    FACTOR_REMOVED = "factor_removed", "Second factor removed"
    RECOVERY_CODES_MADE = "recovery_codes_made", "New recovery codes made"
    SIGN_ON_LINKED = "sign_on_linked", "Single sign-on linked"
    SIGN_ON_UNLINKED = "sign_on_unlinked", "Single sign-on unlinked"
    ROLE_CHANGED = "role_changed", "Portal role changed"
    SIGN_IN_ALLOWED = "sign_in_allowed", "Sign-in allowed"
    DEACTIVATED = "deactivated", "Account deactivated"
    REACTIVATED = "reactivated", "Account reactivated"
    ADDRESS_CHANGED = "address_changed", "E-mail address changed"
    INVITED = "invited", "Invitation sent"
    INVITATION_ACCEPTED = "invitation_accepted", "Invitation accepted"
    INVITATION_REVOKED = "invitation_revoked", "Invitation revoked"
    EXPORTED = "exported", "Export taken"
    CONTACT_REMOVED = "contact_removed", "Contact data removed"
    HOLD_PLACED = "hold_placed", "Legal hold placed"
    HOLD_LIFTED = "hold_lifted", "Legal hold lifted"
    VIEW_STARTED = "view_started", "Looks at the portal as this person"
    VIEW_ENDED = "view_ended", "Looks no longer as this person"


# What changes the ways into an account: its person is told by mail, so that a stranger's act does not go unseen.
NOTIFIED_EVENTS = (
    SecurityEventKind.PASSWORD_CHANGED,
    SecurityEventKind.FACTOR_ADDED,
    SecurityEventKind.FACTOR_REMOVED,
    SecurityEventKind.RECOVERY_CODES_MADE,
    SecurityEventKind.SIGN_ON_LINKED,
    SecurityEventKind.SIGN_ON_UNLINKED,
    SecurityEventKind.ADDRESS_CHANGED,
)


# The domain of the address of somebody whose contact data were removed; no mail ever goes there (RFC 2606).
REMOVED_DOMAIN = "removed.invalid"
