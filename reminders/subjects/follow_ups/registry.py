"""The types of follow-ups in the order of the page, and the cases that staff follow up now."""

import datetime as dt

from core.dates import local_today
from mail.models import Suppression
from reminders.audience import Audience, load_audience
from reminders.subjects.follow_ups.addresses import BlockedAddresses
from reminders.subjects.follow_ups.base import FollowUp, FollowUpData, FollowUpType
from reminders.subjects.follow_ups.invitations import UnansweredInvitations
from reminders.subjects.follow_ups.organizations import NoPrimary
from reminders.subjects.follow_ups.seats import ExpiredTerms, VacantSeats
from reminders.subjects.follow_ups.updates import LateUpdates

FOLLOW_UP_TYPES: tuple[FollowUpType, ...] = (
    NoPrimary(),
    UnansweredInvitations(),
    BlockedAddresses(),
    LateUpdates(),
    VacantSeats(),
    ExpiredTerms(),
)


def find_follow_ups(now: dt.datetime) -> list[FollowUp]:
    """All cases by type, in the same number of queries whatever their number."""
    data = _load_data(now, load_audience())
    return [follow_up for type_ in FOLLOW_UP_TYPES for follow_up in type_.find(data)]


def has_follow_ups(now: dt.datetime, audience: Audience) -> bool:
    """Whether there is any case; stops at the first type that has one."""
    data = _load_data(now, audience)
    return any(type_.find(data) for type_ in FOLLOW_UP_TYPES)


def find_follow_up(ref: str, now: dt.datetime) -> FollowUp | None:
    """Return the case with a reference such as "vacant-seat:7"; None if it no longer needs a follow-up."""
    return next((follow_up for follow_up in find_follow_ups(now) if follow_up.ref == ref), None)


def _load_data(now: dt.datetime, audience: Audience) -> FollowUpData:
    blocked = Suppression.objects.filter(suppressed_at__isnull=False).values_list("address", flat=True)
    return FollowUpData(now, local_today(now), audience, frozenset(blocked))
