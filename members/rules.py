"""The words of membership and the moves between statuses. No ORM, no clock."""

import datetime as dt
import re
from collections.abc import Container, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from typing import TypeVar

from django.db.models import TextChoices
from django.utils.text import slugify


class OrganizationStatus(TextChoices):
    PROSPECTIVE = "prospective", "Prospective"
    INVITED = "invited", "Invited"
    ACTIVE = "active", "Active"
    ON_LEAVE = "on_leave", "On leave"
    FORMER = "former", "Former"


# The lifecycle of an organization: prospective, invited, active, on leave, former, and the ways back.
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
# People of an organization in one of these statuses keep their rights; on leave only stops reminders.
STATUSES_WITH_RIGHTS = (OrganizationStatus.ACTIVE, OrganizationStatus.ON_LEAVE)


class Participation(TextChoices):
    WORKGROUP = "workgroup", "Workgroup member"
    TASK_FORCE = "task_force", "Task force only"


class Region(TextChoices):
    """Where an organization acts, for the balance of a body; its jurisdiction says it exactly."""

    STATEWIDE = "statewide", "Statewide"
    NORTHERN = "northern", "Northern counties"
    BAY_AREA = "bay_area", "Bay Area"
    CENTRAL_VALLEY = "central_valley", "Central Valley"
    CENTRAL_COAST = "central_coast", "Central Coast"
    SOUTHERN = "southern", "Southern counties"
    BEYOND = "beyond", "Another state or national"


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


class ProposalState(TextChoices):
    OPEN = "open", "Waiting for staff"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"


class JoinRequestState(TextChoices):
    WAITING = "waiting", "Waiting for staff"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    SPAM = "spam", "Spam"


# An answer has gone out by mail, so it stands; what was taken for spam can be taken back.
JOIN_REQUEST_TRANSITIONS: dict[str, set[str]] = {
    JoinRequestState.WAITING: {JoinRequestState.ACCEPTED, JoinRequestState.DECLINED, JoinRequestState.SPAM},
    JoinRequestState.SPAM: {JoinRequestState.WAITING},
    JoinRequestState.ACCEPTED: set(),
    JoinRequestState.DECLINED: set(),
}


class InvitationState(TextChoices):
    """What became of an invitation; derived from its dates, never stored."""

    PENDING = "pending", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    REVOKED = "revoked", "Revoked"
    EXPIRED = "expired", "Expired"


class InvitationLinkStatus(TextChoices):
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


class ContactChannel(TextChoices):
    """How somebody said what staff enter for them."""

    PHONE = "phone", "By phone"
    MAIL = "mail", "By e-mail"
    IN_PERSON = "in_person", "In person"
    MEETING = "meeting", "In the meeting"


class ConfirmedVia(TextChoices):
    """How an organization's yearly answer came."""

    LINK = "link", "By the link of a mail"
    SIGNED_IN = "signed_in", "Signed in"
    STAFF = "staff", "Told to staff"


class ConfirmationStage(TextChoices):
    """How far the yearly question went; derived from the day it was asked, never stored."""

    ASKED = "asked", "Asked"
    AGAIN = "again", "Asked again"
    EXECUTIVE = "executive", "Executive contact asked"
    STAFF = "staff", "Silent, left to staff"


class ConfirmationLinkStatus(TextChoices):
    """What whoever holds the link of a yearly question finds behind it."""

    OPEN = "open", "Is this still right?"
    ANSWERED = "answered", "This question was answered"
    LAPSED = "lapsed", "This question is no longer open"
    EXPIRED = "expired", "This link has expired"
    LEFT = "left", "You no longer speak for this organization"


# Days after the question was asked on which each stage begins; the last is no mail but a row in the staff's queue.
CONFIRMATION_DAYS: dict[str, int] = {
    ConfirmationStage.ASKED: 0,
    ConfirmationStage.AGAIN: 14,
    ConfirmationStage.EXECUTIVE: 28,
    ConfirmationStage.STAFF: 42,
}
CONFIRMATION_LINK_DAYS = 90
# Whoever was asked, confirmed or became active within so many days is not asked by the clock nor by "ask all".
CONFIRMATION_COOLDOWN_DAYS = 180
# Whose answer to the yearly question counts. An executive contact answers by link alone: it has no account by that.
CONFIRMING_KINDS = (
    RepresentationKind.PRIMARY,
    RepresentationKind.ALTERNATE,
    RepresentationKind.EXECUTIVE_CONTACT,
)

INVITATION_DAYS = 14
# What a primary representative or alternate may propose to change in the organization's public record.
PROPOSABLE_FIELDS = ("name", "acronym", "jurisdiction", "website", "work")


def can_transition(current: str, target: str) -> bool:
    """Whether an organization may go from one status to another."""
    return target in ORGANIZATION_TRANSITIONS[current]


def status_after_merge(duplicate: str, kept: str) -> str:
    """The status of the organization that stays: where only the duplicate's people had rights, they keep them."""
    return duplicate if duplicate in STATUSES_WITH_RIGHTS and kept not in STATUSES_WITH_RIGHTS else kept


# Words that many names share, so that they tell no two organizations apart.
_COMMON_WORDS = frozenset(
    {"a", "and", "california", "department", "dept", "for", "in", "of", "office", "on", "state", "the"}
)


def significant_words(name: str) -> frozenset[str]:
    """The words of a name that tell it from others, in lower case; all of them where each is a common one."""
    words = frozenset(re.findall(r"\w+", name.casefold()))
    return words - _COMMON_WORDS or words


def are_similar_names(name: str, other: str) -> bool:
    """Whether two names may be one organization's: most of their telling words are the same, or nearly each letter."""
    words, others = significant_words(name), significant_words(other)
    shared = len(words & others) / max(len(words | others), 1)
    return shared >= 0.6 or SequenceMatcher(None, name.casefold(), other.casefold()).ratio() >= 0.92


def unique_key(words: str, taken: Container[str]) -> str:
    """An organization's key made from its acronym or name that is none of `taken`."""
    stem = slugify(words)[:70] or "organization"
    return next(key for key in chain([stem], (f"{stem}-{number}" for number in range(2, 100_000))) if key not in taken)


def confirmation_stage(asked_on: dt.date, today: dt.date) -> ConfirmationStage:
    """How far a question asked on a day has gone by `today`."""
    gone = (today - asked_on).days
    return ConfirmationStage([stage for stage, days in CONFIRMATION_DAYS.items() if days <= max(gone, 0)][-1])


def stage_ends_on(asked_on: dt.date, stage: str) -> dt.date | None:
    """The day on which the question goes on to the next stage; None for the last."""
    later = [days for days in CONFIRMATION_DAYS.values() if days > CONFIRMATION_DAYS[stage]]
    return asked_on + dt.timedelta(days=min(later)) if later else None


Voice = TypeVar("Voice")


def contacts_at_stage(stage: str, by_kind: Mapping[str, Sequence[Voice]]) -> list[Voice]:
    """Whom a stage's mail goes to, of an organization's people by kind; nobody at the last stage.

    First the primary representative, else the alternates, else the executive contact; then primary and alternates;
    then the executive contact.
    """
    primary = by_kind.get(RepresentationKind.PRIMARY, ())
    alternates = by_kind.get(RepresentationKind.ALTERNATE, ())
    executive = by_kind.get(RepresentationKind.EXECUTIVE_CONTACT, ())
    if stage == ConfirmationStage.ASKED:
        return list(primary or alternates or executive)
    if stage == ConfirmationStage.AGAIN:
        return [*primary, *alternates]
    return list(executive) if stage == ConfirmationStage.EXECUTIVE else []
