"""The words of membership and the moves between statuses. No ORM, no clock."""

from django.db.models import TextChoices


class OrganizationStatus(TextChoices):
    PROSPECTIVE = "prospective", "Prospective"
    INVITED = "invited", "Invited"
    ACTIVE = "active", "Active"
    ON_LEAVE = "on_leave", "On leave"
    FORMER = "former", "Former"


# The lifecycle of an organization: prospective, invited, active, on leave, former, and the ways back.
ORGANIZATION_MOVES: dict[str, set[str]] = {
    OrganizationStatus.PROSPECTIVE: {
        OrganizationStatus.INVITED,
        OrganizationStatus.ACTIVE,
        OrganizationStatus.FORMER,
    },
    OrganizationStatus.INVITED: {
        OrganizationStatus.PROSPECTIVE,
        OrganizationStatus.ACTIVE,
        OrganizationStatus.FORMER,
    },
    OrganizationStatus.ACTIVE: {OrganizationStatus.ON_LEAVE, OrganizationStatus.FORMER},
    OrganizationStatus.ON_LEAVE: {OrganizationStatus.ACTIVE, OrganizationStatus.FORMER},
    OrganizationStatus.FORMER: {OrganizationStatus.PROSPECTIVE, OrganizationStatus.ACTIVE},
}
# People of an organization in one of these statuses keep their rights; on leave only stops reminders.
STATUSES_WITH_RIGHTS = (OrganizationStatus.ACTIVE, OrganizationStatus.ON_LEAVE)


class Participation(TextChoices):
    WORKGROUP = "workgroup", "Workgroup member"
    TASK_FORCE = "task_force", "Task force only"


class Basis(TextChoices):
    """What is known of an organization's membership."""

    NAMED_MEMBER = "named_member", "Named as a member by a public source"
    NAMED_PARTNER = "named_partner", "Named as a partner by a public source"
    SAMPLE = "sample", "Sample: works in the field, not known to be a member"
    STAFF = "staff", "Entered by staff"


class RepresentationKind(TextChoices):
    PRIMARY = "primary", "Primary representative"
    REPRESENTATIVE = "representative", "Representative"
    ALTERNATE = "alternate", "Alternate"
    EXECUTIVE_CONTACT = "executive_contact", "Executive contact"


# An executive contact gets mail and has no rights.
KINDS_WITH_RIGHTS = (
    RepresentationKind.PRIMARY,
    RepresentationKind.REPRESENTATIVE,
    RepresentationKind.ALTERNATE,
)


class PortalRole(TextChoices):
    NONE = "none", "None"
    STAFF = "staff", "Workgroup staff"
    ADMINISTRATOR = "administrator", "Administrator"


class ProposalState(TextChoices):
    OPEN = "open", "Waiting for staff"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class InvitationState(TextChoices):
    """What became of an invitation; derived from its dates, never stored."""

    PENDING = "pending", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


class InvitationCase(TextChoices):
    """What whoever holds an invitation's link finds behind it."""

    FRESH = "fresh", "Choose a name and a password"
    KNOWN = "known", "The address has an account"
    USED = "used", "This invitation was used"
    EXPIRED = "expired", "This invitation has expired"
    REVOKED = "revoked", "This invitation was withdrawn"
    OTHER_ADDRESS = "other_address", "You are signed in with another address"
    ALREADY = "already", "You represent this organization already"
    DEACTIVATED = "deactivated", "This account is closed"
    TAKEN = "taken", "The organization has a primary representative"
    CLOSED = "closed", "The organization is no longer a member"


class SecurityEventKind(TextChoices):
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    SIGNED_OUT = "signed_out", "Signed out"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    FACTOR_ADDED = "factor_added", "Second factor added"
    FACTOR_REMOVED = "factor_removed", "Second factor removed"
    ROLE_CHANGED = "role_changed", "Portal role changed"
    SIGN_IN_ALLOWED = "sign_in_allowed", "Sign-in allowed"
    DEACTIVATED = "deactivated", "Account deactivated"
    REACTIVATED = "reactivated", "Account reactivated"
    ADDRESS_CHANGED = "address_changed", "E-mail address changed"
    INVITED = "invited", "Invitation sent"
    INVITATION_ACCEPTED = "invitation_accepted", "Invitation accepted"
    INVITATION_REVOKED = "invitation_revoked", "Invitation revoked"
    EXPORTED = "exported", "Export taken"


INVITATION_DAYS = 14
# What a primary representative or alternate may propose to change in the organization's public record.
PROPOSABLE_FIELDS = ("name", "acronym", "jurisdiction", "website", "work")


def may_move(current: str, target: str) -> bool:
    """Whether an organization may go from one status to another."""
    return target in ORGANIZATION_MOVES[current]
