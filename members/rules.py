"""Statuses of membership with what depends on them, and rules on names, stages and dates. No ORM, no clock.

What depends on a status or kind (its tone, whether it gives rights) is part of its line in the enum, so that a new
one is one more line. The tones are those of the tag `badge`.
"""

import datetime as dt
import re
from collections.abc import Container, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _


class OrganizationStatus(TextChoices):
    """The status of a membership. If it `has_rights`, the organization's people have theirs."""

    has_rights: bool
    tone: str

    # value, has_rights, tone, label. On leave only stops reminders.
    PROSPECTIVE = "prospective", False, "neutral", _("Prospective")
    INVITED = "invited", False, "info", _("Invited")
    ACTIVE = "active", True, "good", _("Active")
    ON_LEAVE = "on_leave", True, "stale", _("On leave")
    FORMER = "former", False, "neutral", _("Former")

    def __new__(cls, value: str, *details: Any) -> "OrganizationStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        member.has_rights, member.tone = details
        return member


# The lifecycle of an organization, with the ways back.
ORGANIZATION_TRANSITIONS: dict[str, set[str]] = {
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
STATUSES_WITH_RIGHTS = tuple(status for status in OrganizationStatus if status.has_rights)


class Participation(TextChoices):
    """What an organization takes part in."""

    WORKGROUP = "workgroup", _("Workgroup member")
    TASK_FORCE = "task_force", _("Task force only")


class Region(TextChoices):
    """The region an organization serves, used for the balance of a body. Its jurisdiction is more exact."""

    STATEWIDE = "statewide", _("Statewide")
    NORTHERN = "northern", _("Northern counties")
    BAY_AREA = "bay_area", _("Bay Area")
    CENTRAL_VALLEY = "central_valley", _("Central Valley")
    CENTRAL_COAST = "central_coast", _("Central Coast")
    SOUTHERN = "southern", _("Southern counties")
    BEYOND = "beyond", _("Another state or national")


class Basis(TextChoices):
    """The evidence for an organization's membership."""

    NAMED_MEMBER = "named_member", _("Named as a member by a public source")
    NAMED_PARTNER = "named_partner", _("Named as a partner by a public source")
    SAMPLE = "sample", _("Sample: works in the field, not known to be a member")
    STAFF = "staff", _("Entered by staff")


class RepresentationKind(TextChoices):
    """How a person represents an organization, in the order in which people are listed.

    A kind that `has_rights` may act for the organization in the portal; an executive contact only gets email. A
    manager proposes changes to the organization's information. One who can confirm may answer the yearly request.
    """

    has_rights: bool
    is_manager: bool
    can_confirm: bool

    # value, has_rights, is_manager, can_confirm, label
    PRIMARY = "primary", True, True, True, _("Primary representative")
    ALTERNATE = "alternate", True, True, True, _("Alternate")
    REPRESENTATIVE = "representative", True, False, False, _("Representative")
    EXECUTIVE_CONTACT = "executive_contact", False, False, True, _("Executive contact")

    def __new__(cls, value: str, *details: Any) -> "RepresentationKind":
        member = str.__new__(cls, value)
        member._value_ = value
        member.has_rights, member.is_manager, member.can_confirm = details
        return member


KINDS_WITH_RIGHTS = tuple(kind for kind in RepresentationKind if kind.has_rights)
MANAGER_KINDS = tuple(kind for kind in RepresentationKind if kind.is_manager)
CONFIRMING_KINDS = tuple(kind for kind in RepresentationKind if kind.can_confirm)


class ProposalState(TextChoices):
    """The state of a proposed change."""

    tone: str

    # value, tone, label
    OPEN = "open", "info", _("Waiting for staff")
    ACCEPTED = "accepted", "done", _("Accepted")
    DECLINED = "declined", "neutral", _("Declined")

    def __new__(cls, value: str, *details: Any) -> "ProposalState":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.tone,) = details
        return member


class JoinRequestState(TextChoices):
    """The state of a request to join."""

    tone: str

    # value, tone, label
    WAITING = "waiting", "warn", _("Waiting for staff")
    ACCEPTED = "accepted", "good", _("Accepted")
    DECLINED = "declined", "neutral", _("Declined")
    SPAM = "spam", "bad", _("Spam")

    def __new__(cls, value: str, *details: Any) -> "JoinRequestState":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.tone,) = details
        return member


# An answer has been emailed, so it is final. A request marked as spam can return to the queue.
JOIN_REQUEST_TRANSITIONS: dict[str, set[str]] = {
    JoinRequestState.WAITING: {JoinRequestState.ACCEPTED, JoinRequestState.DECLINED, JoinRequestState.SPAM},
    JoinRequestState.SPAM: {JoinRequestState.WAITING},
    JoinRequestState.ACCEPTED: set(),
    JoinRequestState.DECLINED: set(),
}


class InvitationState(TextChoices):
    """The state of an invitation. It follows from the invitation's dates and is not stored."""

    tone: str

    # value, tone, label
    PENDING = "pending", "info", _("Waiting for a response")
    ACCEPTED = "accepted", "done", _("Accepted")
    REVOKED = "revoked", "neutral", _("Revoked")
    EXPIRED = "expired", "warn", _("Expired")

    def __new__(cls, value: str, *details: Any) -> "InvitationState":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.tone,) = details
        return member


class InvitationLinkStatus(TextChoices):
    """What a person who opens an invitation's link gets. If it is not `is_open`, the invitation can't be accepted."""

    is_open: bool

    # value, is_open, label
    FRESH = "fresh", True, _("Choose a name and a password")
    KNOWN = "known", True, _("This address has an account")
    USED = "used", False, _("This invitation has been used")
    EXPIRED = "expired", False, _("This invitation has expired")
    REVOKED = "revoked", False, _("This invitation was revoked")
    OTHER_ADDRESS = "other_address", False, _("You are signed in with a different email address")
    ALREADY = "already", False, _("You already represent this organization")
    DEACTIVATED = "deactivated", False, _("This account is closed")
    TAKEN = "taken", False, _("The organization already has a primary representative")
    CLOSED = "closed", False, _("The organization is no longer a member")

    def __new__(cls, value: str, *details: Any) -> "InvitationLinkStatus":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.is_open,) = details
        return member


class ContactChannel(TextChoices):
    """How a person told staff what staff enter for them. `in_sentence` is the label within a sentence."""

    in_sentence: Promise

    # value, in_sentence, label
    PHONE = "phone", _("by phone"), _("By phone")
    MAIL = "mail", _("by email"), _("By email")
    IN_PERSON = "in_person", _("in person"), _("In person")
    MEETING = "meeting", _("in the meeting"), _("In the meeting")

    def __new__(cls, value: str, *details: Any) -> "ContactChannel":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.in_sentence,) = details
        return member


class ConfirmedVia(TextChoices):
    """How an organization's yearly confirmation was received."""

    LINK = "link", _("Email link")
    SIGNED_IN = "signed_in", _("Signed in")
    STAFF = "staff", _("Reported to staff")


class ConfirmationStage(TextChoices):
    """How far a yearly confirmation request has gone. It follows from the date of the request and is not stored.

    A stage begins `begins_after` days after the request. The last one sends no email: staff follow up.
    """

    begins_after: int

    # value, begins_after, label
    ASKED = "asked", 0, _("Request sent")
    AGAIN = "again", 14, _("Reminder sent")
    EXECUTIVE = "executive", 28, _("Executive contact asked")
    STAFF = "staff", 42, _("No response: staff follow-up")

    def __new__(cls, value: str, *details: Any) -> "ConfirmationStage":
        member = str.__new__(cls, value)
        member._value_ = value
        (member.begins_after,) = details
        return member


CONFIRMATION_DAYS: dict[str, int] = {stage: stage.begins_after for stage in ConfirmationStage}


class ConfirmationLinkStatus(TextChoices):
    """What a person who opens the link of a yearly confirmation request gets."""

    OPEN = "open", _("Is this information still correct?")
    ANSWERED = "answered", _("This request has been answered")
    LAPSED = "lapsed", _("This request is no longer open")
    EXPIRED = "expired", _("This link has expired")
    LEFT = "left", _("You no longer represent this organization")


CONFIRMATION_LINK_DAYS = 90
# An organization that was asked, confirmed or became active within this time gets no automatic or bulk request.
CONFIRMATION_COOLDOWN_DAYS = 180

INVITATION_DAYS = 14
# The fields of an organization's public information that its managers may propose to change.
PROPOSABLE_FIELDS = ("name", "acronym", "jurisdiction", "website", "work")


def can_transition(current: str, target: str) -> bool:
    """Return True if an organization may change from one status to the other."""
    return target in ORGANIZATION_TRANSITIONS[current]


def status_after_merge(duplicate: str, kept: str) -> str:
    """Return the status of the organization that is kept: the duplicate's, if only that one's people had rights."""
    return duplicate if duplicate in STATUSES_WITH_RIGHTS and kept not in STATUSES_WITH_RIGHTS else kept


# Words that many names share, so they do not distinguish organizations.
_COMMON_WORDS = frozenset(
    {"a", "and", "california", "department", "dept", "for", "in", "of", "office", "on", "state", "the"}
)


def significant_words(name: str) -> frozenset[str]:
    """Return the words of a name that distinguish it, in lower case; all words if each is a common one."""
    words = frozenset(re.findall(r"\w+", name.casefold()))
    return words - _COMMON_WORDS or words


def are_similar_names(name: str, other: str) -> bool:
    """Return True if both may name one organization: most significant words, or nearly all letters, are the same."""
    words, others = significant_words(name), significant_words(other)
    shared = len(words & others) / max(len(words | others), 1)
    return shared >= 0.6 or SequenceMatcher(None, name.casefold(), other.casefold()).ratio() >= 0.92


def unique_key(name: str, taken: Container[str]) -> str:
    """Return a key for an organization, made from its acronym or name, that is not in `taken`."""
    stem = slugify(name)[:70] or "organization"
    return next(key for key in chain([stem], (f"{stem}-{number}" for number in range(2, 100_000))) if key not in taken)


def confirmation_stage(asked_on: dt.date, today: dt.date) -> ConfirmationStage:
    """Return the stage that a request of a date has reached by `today`."""
    days = max((today - asked_on).days, 0)
    return [stage for stage in ConfirmationStage if stage.begins_after <= days][-1]


def stage_ends_on(asked_on: dt.date, stage: str) -> dt.date | None:
    """Return the date on which the next stage begins; None for the last stage."""
    later = [days for days in CONFIRMATION_DAYS.values() if days > CONFIRMATION_DAYS[stage]]
    return asked_on + dt.timedelta(days=min(later)) if later else None


Contact = TypeVar("Contact")


def contacts_at_stage(stage: str, by_kind: Mapping[str, Sequence[Contact]]) -> list[Contact]:
    """Return whom a stage's email is sent to, from an organization's people by kind; no one at the last stage.

    The first email goes to the primary representative, or else to the alternates, or else to the executive contact.
    The reminder goes to primary and alternates, and the third email to the executive contact.
    """
    primary = by_kind.get(RepresentationKind.PRIMARY, ())
    alternates = by_kind.get(RepresentationKind.ALTERNATE, ())
    executive = by_kind.get(RepresentationKind.EXECUTIVE_CONTACT, ())
    if stage == ConfirmationStage.ASKED:
        return list(primary or alternates or executive)
    if stage == ConfirmationStage.AGAIN:
        return [*primary, *alternates]
    return list(executive) if stage == ConfirmationStage.EXECUTIVE else []
