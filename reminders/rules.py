"""Kinds of reminders, the policy of each, and when each is due. No ORM, no clock."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from taskforces.rules import ReminderOffset


class ReminderKind(TextChoices):
    MEETING_AHEAD = "meeting_ahead", _("Upcoming meeting")
    MEETING_SOON = "meeting_soon", _("Meeting starting soon")
    RSVP_MISSING = "rsvp_missing", _("Meeting response needed")
    MEETING_SCHEDULED = "meeting_scheduled", _("Meeting scheduled")
    MEETING_CHANGED = "meeting_changed", _("Meeting changed")
    MEETING_CANCELED = "meeting_canceled", _("Meeting canceled")
    ITEM_DUE = "item_due", _("Action item due")
    ITEM_OVERDUE = "item_overdue", _("Action item overdue")
    ITEM_ESCALATED = "item_escalated", _("Action item 5 weeks overdue")
    PROGRESS_DUE = "progress_due", _("Progress update due")
    PROGRESS_LATE = "progress_late", _("Progress update overdue")
    MINUTES_WAITING = "minutes_waiting", _("Draft minutes to publish")
    TERM_ENDING = "term_ending", _("Term ending")
    TERM_PAST = "term_past", _("Term expired")
    ORGANIZATION_CONFIRM = "organization_confirm", _("Confirm organization information")
    DELIVERY_PROBLEMS = "delivery_problems", _("Email delivery problems")
    FOLLOW_UP_LIST = "follow_up_list", _("Weekly follow-up list (staff)")
    ANNOUNCEMENT = "announcement", _("Announcement")


class Frequency(TextChoices):
    """How often a person wants email of one kind."""

    OFF = "off", _("Off")
    IMMEDIATE = "immediate", _("Immediately")
    DAILY = "daily", _("Daily summary")
    WEEKLY = "weekly", _("Weekly summary")


@dataclass(frozen=True)
class KindPolicy:
    """How reminders of one kind are sent.

    `is_notice`: news of a meeting with a calendar entry, of no use from a moment on. `is_mandatory`: cannot be switched
    off. `is_unbatched`: always an email of its own. `is_delegated`: goes to a delegate while the person is away.
    `is_for_staff`: only staff get it. `hint` describes the kind on the preferences page.
    """

    default_frequency: Frequency = Frequency.DAILY
    is_notice: bool = False
    is_mandatory: bool = False
    is_unbatched: bool = False
    is_delegated: bool = False
    is_for_staff: bool = False
    hint: str | Promise = ""


# In the order of the preferences page.
POLICIES: dict[ReminderKind, KindPolicy] = {
    ReminderKind.MEETING_AHEAD: KindPolicy(
        is_delegated=True, hint=_("7 days and 1 day before your meetings, unless the task force uses other times.")
    ),
    ReminderKind.MEETING_SOON: KindPolicy(
        Frequency.IMMEDIATE,
        is_unbatched=True,
        is_delegated=True,
        hint=_("A few hours before your meetings, if the task force uses this. Always a separate email."),
    ),
    ReminderKind.RSVP_MISSING: KindPolicy(
        is_delegated=True, hint=_("Once, 3 days before a meeting, if you have not responded.")
    ),
    ReminderKind.MEETING_SCHEDULED: KindPolicy(Frequency.IMMEDIATE, is_notice=True, is_mandatory=True),
    ReminderKind.MEETING_CHANGED: KindPolicy(Frequency.IMMEDIATE, is_notice=True, is_mandatory=True, is_unbatched=True),
    ReminderKind.MEETING_CANCELED: KindPolicy(
        Frequency.IMMEDIATE, is_notice=True, is_mandatory=True, is_unbatched=True
    ),
    ReminderKind.ITEM_DUE: KindPolicy(
        is_delegated=True, hint=_("7 days and 1 day before your action item is due, and on the due date.")
    ),
    ReminderKind.ITEM_OVERDUE: KindPolicy(
        is_delegated=True, hint=_("Once a week for 4 weeks while your action item is overdue.")
    ),
    ReminderKind.ITEM_ESCALATED: KindPolicy(
        is_delegated=True, hint=_("Once, when an action item of a task force you chair is 5 weeks overdue.")
    ),
    ReminderKind.PROGRESS_DUE: KindPolicy(
        is_delegated=True, hint=_("7 days before your progress update is due, and on the due date.")
    ),
    ReminderKind.PROGRESS_LATE: KindPolicy(
        is_delegated=True, hint=_("When a progress update of a task force you chair is 7 days overdue.")
    ),
    ReminderKind.MINUTES_WAITING: KindPolicy(
        is_delegated=True,
        hint=_("3 and 14 days after a meeting if you take the minutes and they are still a draft."),
    ),
    ReminderKind.TERM_ENDING: KindPolicy(
        hint=_("60 and 14 days before your term ends, or the term of a member of a task force you chair.")
    ),
    ReminderKind.TERM_PAST: KindPolicy(
        hint=_("Once, when a term on a task force you chair has expired and no one has been appointed.")
    ),
    ReminderKind.ORGANIZATION_CONFIRM: KindPolicy(Frequency.IMMEDIATE, is_mandatory=True),
    ReminderKind.DELIVERY_PROBLEMS: KindPolicy(
        is_for_staff=True, hint=_("At most once a day, when an email from the portal could not be delivered.")
    ),
    ReminderKind.FOLLOW_UP_LIST: KindPolicy(
        is_for_staff=True, hint=_("Mondays at 8:00 a.m., if anything needs a follow-up.")
    ),
    ReminderKind.ANNOUNCEMENT: KindPolicy(
        Frequency.IMMEDIATE,
        is_unbatched=True,
        hint=_("News from Workgroup staff. Required notices are always sent."),
    ),
}


def policy_of(kind: str) -> KindPolicy:
    """Return the policy of a kind by its stored value."""
    return POLICIES[ReminderKind(kind)]


# For queries over stored kinds.
NOTICE_KINDS = tuple(kind for kind, policy in POLICIES.items() if policy.is_notice)
OPTIONAL_KINDS = tuple(kind for kind, policy in POLICIES.items() if not policy.is_mandatory)


def frequencies_for(kind: str) -> list[Frequency]:
    """Return the frequencies that a person can choose for a kind.

    An announcement is sent immediately or not at all, because it is not a reminder that can be sent later with others.
    """
    return [Frequency.OFF, Frequency.IMMEDIATE] if kind == ReminderKind.ANNOUNCEMENT else list(Frequency)


class ReminderState(TextChoices):
    PLANNED = "planned", _("Planned")
    SENT = "sent", _("Sent")
    MERGED = "merged", _("Sent in a summary")
    SKIPPED = "skipped", _("Skipped")
    EXPIRED = "expired", _("Expired")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


# States in which a reminder's text did not reach its recipient.
UNSENT_STATES = (ReminderState.SKIPPED, ReminderState.EXPIRED, ReminderState.FAILED)


class LinkPurpose(TextChoices):
    """What a link in an email does; the value is part of its address."""

    ITEM_DONE = "done", _("Mark it done")
    ITEM_LATER = "new-date", _("Set a new due date")
    ITEM_BLOCKED = "blocked", _("Report a problem")
    ITEM_TO_ALTERNATE = "reassign", _("Reassign to my alternate")
    PROGRESS_SAME = "unchanged", _("No change: confirm status")
    MEETING_YES = "yes", _("Yes, I'll attend")
    MEETING_NO = "no", _("No, I can't attend")
    MEETING_ALTERNATE = "alternate", _("My alternate will attend")


# A plan covers what is due from a day ago, for a clock that stood still, to two days ahead, so that staff see it.
WINDOW_BACK = dt.timedelta(hours=24)
WINDOW_AHEAD = dt.timedelta(hours=48)
# How long a reminder of a day is worth sending; also how long a notice makes the next reminder needless.
ONE_DAY = dt.timedelta(hours=24)
# How long a reminder without a date of its own may wait for a weekly email.
ONE_WEEK = dt.timedelta(days=7)
# For a meeting whose body has no times of its own.
MEETING_OFFSETS = (ReminderOffset(days=7), ReminderOffset(days=1))
ITEM_DAYS = (7, 1, 0)
OVERDUE_REMINDER_WEEKS = (1, 2, 3, 4)
ESCALATION_WEEKS = 5
PROGRESS_DAYS = (7, 0)
RSVP_DAYS = 3
MINUTES_DAYS = (3, 14)
TERM_DAYS = (60, 14)
MORNING = dt.time(8)
# Nothing is sent between these, in the recipient's own zone, but notices of a meeting that begins before they end or
# within an hour after: in the morning those would be of no use.
QUIET_FROM, QUIET_UNTIL = dt.time(20), dt.time(7)
NOTICE_USEFUL_PERIOD = dt.timedelta(hours=1)
# What would be too late after the night is sent in the evening before, with an hour to spare.
EVENING = dt.time(19)
MONDAY = 0
WEEKLY_CAP = 7

# The clock is not trusted after a longer gap between ticks, nor after a step back by more than this.
MAX_GAP = dt.timedelta(hours=36)
# For a day after a gap of this length nothing is recorded as expired.
MIN_GAP = dt.timedelta(hours=1)
MAX_CLOCK_SKEW = dt.timedelta(seconds=120)
# Without a tick for this long the web side reports that the scheduler has stopped.
HEARTBEAT_TIMEOUT = dt.timedelta(minutes=5)

# Email to many is sent this long after staff select "Send", so that it can be stopped.
SEND_DELAY = dt.timedelta(minutes=5)
MAX_TEXT_LENGTH = 20_000


def site_zone() -> ZoneInfo:
    """Return the time zone of the site's own calendar."""
    return ZoneInfo(settings.TIME_ZONE)


def morning_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """08:00 of a day in a zone, in UTC; the first one where a clock change gives two."""
    return dt.datetime.combine(day, MORNING, tzinfo=zone).astimezone(dt.UTC)


def reminder_key(kind: str, subject: int, occasion: str, offset: str, person: int) -> str:
    """Return the unique key of a reminder; planning the same reminder again returns the same key."""
    return f"{kind}:{subject}:{occasion}:{offset}:p{person}:mail"


def reminder_key_for(key: str, person: int) -> str:
    """Return the key of the same reminder for another person."""
    *what, _person, channel = key.split(":")
    return ":".join([*what, f"p{person}", channel])


def key_digest(key: str) -> str:
    """Return the kind and offset of a reminder's key as one word that identifies one email of an occasion."""
    kind, _subject, _occasion, offset, *_rest = key.split(":")
    return f"{kind}/{offset}"


def clock_error(now: dt.datetime, last: dt.datetime | None) -> str:
    """Why the clock is not to be trusted, given the time of the tick before; empty when it is."""
    if last is None:
        return ""
    gap = now - last
    if gap > MAX_GAP:
        hours = round(gap.total_seconds() / 3600)
        return ngettext(
            "The last run was %(count)d hour ago. No email is sent until you confirm the time.",
            "The last run was %(count)d hours ago. No email is sent until you confirm the time.",
            hours,
        ) % {"count": hours}
    if gap < -MAX_CLOCK_SKEW:
        return gettext("The clock went back by %(count)d seconds. No email is sent until you confirm the time.") % {
            "count": round(-gap.total_seconds())
        }
    return ""
