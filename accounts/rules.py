"""Portal roles and kinds of security events. No ORM, no clock."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class PortalRole(TextChoices):
    """What the portal lets an account do besides the person's own part; only an administrator gives a role."""

    NONE = "none", _("None")
    STAFF = "staff", _("Workgroup staff")
    ADMINISTRATOR = "administrator", _("Administrator")


class SecurityEventKind(TextChoices):
    """The kinds of security events. A kind with a `notice` changes how an account is opened.

    The notice is the subject of an email to the account's person, so that they learn of a change they did not make.
    """

    notice: Promise | None

    # value, label, or: value, subject of the email to the person, label
    SIGNED_IN = "signed_in", _("Signed in")
    SIGN_IN_FAILED = "sign_in_failed", _("Sign-in failed")
    SIGNED_OUT = "signed_out", _("Signed out")
    PASSWORD_CHANGED = "password_changed", _("Your password was changed"), _("Password changed")
    FACTOR_ADDED = "factor_added", _("Two-step verification was turned on"), _("Two-step verification method added")
    FACTOR_REMOVED = (
        "factor_removed",
        _("A two-step verification method was removed"),
        _("Two-step verification method removed"),
    )
    RECOVERY_CODES_MADE = (
        "recovery_codes_made",
        _("New recovery codes were created for your account"),
        _("New recovery codes created"),
    )
    SIGN_ON_LINKED = "sign_on_linked", _("Single sign-on was linked to your account"), _("Single sign-on linked")
    SIGN_ON_UNLINKED = (
        "sign_on_unlinked",
        _("Single sign-on was unlinked from your account"),
        _("Single sign-on unlinked"),
    )
    ROLE_CHANGED = "role_changed", _("Portal role changed")
    SIGN_IN_ALLOWED = "sign_in_allowed", _("Sign-in allowed")
    DEACTIVATED = "deactivated", _("Account closed")
    REACTIVATED = "reactivated", _("Account reopened")
    ADDRESS_CHANGED = "address_changed", _("The email address of your account was changed"), _("Email address changed")
    INVITED = "invited", _("Invitation sent")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    INVITATION_REVOKED = "invitation_revoked", _("Invitation revoked")
    EXPORTED = "exported", _("Data exported")
    CONTACT_REMOVED = "contact_removed", _("Contact information removed")
    HOLD_PLACED = "hold_placed", _("Legal hold placed")
    HOLD_LIFTED = "hold_lifted", _("Legal hold lifted")
    VIEW_STARTED = "view_started", _("Started viewing as this person")
    VIEW_ENDED = "view_ended", _("Stopped viewing as this person")

    def __new__(cls, value: str, notice: Promise | None = None) -> "SecurityEventKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.notice = notice
        return member


# The kinds of which the account's person is notified by email.
NOTIFIED_EVENTS = tuple(kind for kind in SecurityEventKind if kind.notice)

# The domain of the address of a person whose contact data were removed; no email is ever sent there (RFC 2606).
REMOVED_DOMAIN = "removed.invalid"
