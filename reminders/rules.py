"""The words of reminders, and when each is due. No ORM, no clock."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import TextChoices

from taskforces.rules import ReminderOffset


class ReminderKind(TextChoices):
    MEETING_AHEAD = "meeting_ahead", "Meeting ahead"
    MEETING_SOON = "meeting_soon", "Meeting in some hours"
    RSVP_MISSING = "rsvp_missing", "Answer to a meeting missing"
    MEETING_SCHEDULED = "meeting_scheduled", "Meeting scheduled"
    MEETING_CHANGED = "meeting_changed", "Meeting changed"
    MEETING_CANCELLED = "meeting_cancelled", "Meeting cancelled"
    ITEM_DUE = "item_due", "Action item due"
    ITEM_OVERDUE = "item_overdue", "Action item overdue"
    ITEM_ESCALATED = "item_escalated", "Action item overdue for five weeks"
    PROGRESS_DUE = "progress_due", "Progress update due"
    PROGRESS_LATE = "progress_late", "Progress update late"
    MINUTES_WAITING = "minutes_waiting", "Minutes to approve"
    TERM_ENDING = "term_ending", "Term ending"
    TERM_PAST = "term_past", "Term past its end"
    ORGANIZATION_CONFIRM = "organization_confirm", "Organization to confirm"
    MAIL_FAILED = "mail_failed", "Mail that failed"
    CHASE = "chase", "Monday's list for staff"
    ANNOUNCEMENT = "announcement", "Announcement"


class Frequency(TextChoices):
    """How a person wants a kind of reminder."""

    OFF = "off", "Off"
    IMMEDIATE = "at_once", "At once"
    DAILY = "daily", "In one mail a day"
    WEEKLY = "weekly", "In one mail a week"


# The news of meetings, each with a calendar entry.
NOTICE_KINDS = (ReminderKind.MEETING_SCHEDULED, ReminderKind.MEETING_CHANGED, ReminderKind.MEETING_CANCELLED)
# Duty mail cannot be switched off.
MANDATORY_KINDS = (*NOTICE_KINDS, ReminderKind.ORGANIZATION_CONFIRM)
# What never waits for other mail.
UNBATCHED_KINDS = (
    ReminderKind.MEETING_CHANGED,
    ReminderKind.MEETING_CANCELLED,
    ReminderKind.MEETING_SOON,
    ReminderKind.ANNOUNCEMENT,
)
STAFF_KINDS = (ReminderKind.MAIL_FAILED, ReminderKind.CHASE)
# What goes to a stand-in while a person is away.
DELEGATED_KINDS = (
    ReminderKind.MEETING_AHEAD,
    ReminderKind.MEETING_SOON,
    ReminderKind.RSVP_MISSING,
    ReminderKind.ITEM_DUE,
    ReminderKind.ITEM_OVERDUE,
    ReminderKind.ITEM_ESCALATED,
    ReminderKind.PROGRESS_DUE,
    ReminderKind.PROGRESS_LATE,
    ReminderKind.MINUTES_WAITING,
)
# What a person may switch off, in the order of the page, each with what it is in a sentence.
OPTIONAL_KINDS: dict[str, str] = {
    ReminderKind.MEETING_AHEAD: "Days before a meeting of yours: 7 and 1 unless its body chose others.",
    ReminderKind.MEETING_SOON: "Hours before a meeting of yours, where its body chose so. Goes by itself.",
    ReminderKind.RSVP_MISSING: "Once, 3 days before a meeting to which you have not answered.",
    ReminderKind.ITEM_DUE: "7 days and 1 day before an action item of yours is due, and on the day.",
    ReminderKind.ITEM_OVERDUE: "Once a week, four times, while an action item of yours is overdue.",
    ReminderKind.ITEM_ESCALATED: "Once, when an action item of a body you chair is five weeks overdue.",
    ReminderKind.PROGRESS_DUE: "7 days before a progress update of yours is due, and on the day.",
    ReminderKind.PROGRESS_LATE: "When a progress update of a body you chair is 7 days late.",
    ReminderKind.MINUTES_WAITING: "3 and 14 days after a meeting whose minutes you keep, while they are a draft.",
    ReminderKind.TERM_ENDING: "60 and 14 days before your term ends, or one of a body you chair.",
    ReminderKind.TERM_PAST: "Once, when a term of a body you chair is past its end and nobody has followed.",
    ReminderKind.MAIL_FAILED: "Once a day at most, when mail of the portal did not go through.",
    ReminderKind.CHASE: "Monday at 8:00, when something is missing, unanswered, late or past its end.",
    ReminderKind.ANNOUNCEMENT: "What Workgroup staff write to many at once. What everybody must know comes anyway.",
}


def default_frequency(kind: str) -> Frequency:
    """How a kind comes to a person who chose nothing."""
    return Frequency.IMMEDIATE if kind in (*MANDATORY_KINDS, *UNBATCHED_KINDS) else Frequency.DAILY


def frequencies_for(kind: str) -> list[Frequency]:
    """The paces that a person may choose for a kind: an announcement is no reminder, so it goes at once or not."""
    return [Frequency.OFF, Frequency.IMMEDIATE] if kind == ReminderKind.ANNOUNCEMENT else list(Frequency)


class ReminderState(TextChoices):
    PLANNED = "planned", "Planned"
    SENT = "sent", "Sent"
    MERGED = "merged", "Sent in one mail with others"
    SKIPPED = "skipped", "Skipped"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"


class LinkPurpose(TextChoices):
    """What a link in a mail is for; the word stands in its address."""

    ITEM_DONE = "done", "Mark it done"
    ITEM_LATER = "new-date", "Still on it, new date"
    ITEM_BLOCKED = "blocked", "It is blocked"
    ITEM_TO_ALTERNATE = "hand-over", "Hand to my alternate"
    PROGRESS_SAME = "unchanged", "Status unchanged"
    MEETING_YES = "yes", "I will come"
    MEETING_NO = "no", "I will not come"
    MEETING_ALTERNATE = "alternate", "My alternate comes"


# A plan covers what is due from a day ago, for a clock that stood still, to two days ahead, so that staff see it.
WINDOW_BACK = dt.timedelta(hours=24)
WINDOW_AHEAD = dt.timedelta(hours=48)
# How long a reminder of a day is worth sending; also how long a notice makes the next reminder needless.
A_DAY = dt.timedelta(hours=24)
# How long a reminder without a date of its own may wait for a weekly mail.
A_WEEK = dt.timedelta(days=7)
# For a meeting whose body chose no times of its own.
MEETING_OFFSETS = (ReminderOffset(days=7), ReminderOffset(days=1))
ITEM_DAYS = (7, 1, 0)
OVERDUE_REMINDER_WEEKS = (1, 2, 3, 4)
ESCALATION_WEEKS = 5
PROGRESS_DAYS = (7, 0)
RSVP_DAYS = 3
MINUTES_DAYS = (3, 14)
TERM_DAYS = (60, 14)
MORNING = dt.time(8)
# Nothing goes out between these, in the recipient's own zone, but news of a meeting that begins before they end or
# within an hour after: in the morning that would be of no use.
QUIET_FROM, QUIET_UNTIL = dt.time(20), dt.time(7)
NOTICE_USEFUL_PERIOD = dt.timedelta(hours=1)
# What would be too late after the night goes in the evening before, with an hour to spare.
EVENING = dt.time(19)
MONDAY = 0
WEEKLY_CAP = 7

# The clock is not trusted after a longer gap between ticks, nor after a step back by more than this.
MAX_GAP = dt.timedelta(hours=36)
# A gap worth care: for a day after it nothing is written off as expired.
GAP = dt.timedelta(hours=1)
MAX_SKEW = dt.timedelta(seconds=120)
# Without a tick for this long the web side says that the clock stands still.
BEAT_IS_DEAD_AFTER = dt.timedelta(minutes=5)


def site_zone() -> ZoneInfo:
    """The zone of the site's own calendar."""
    return ZoneInfo(settings.TIME_ZONE)


def morning_of(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    """08:00 of a day in a zone, in UTC; the first one where a clock change gives two."""
    return dt.datetime.combine(day, MORNING, tzinfo=zone).astimezone(dt.UTC)


def key_of(kind: str, subject: int, occasion: str, offset: str, person: int) -> str:
    """What makes a reminder the same reminder."""
    return f"{kind}:{subject}:{occasion}:{offset}:p{person}:mail"


def key_for(key: str, person: int) -> str:
    """The key of the same reminder for another person."""
    *what, _, channel = key.split(":")
    return ":".join([*what, f"p{person}", channel])


def key_digest(key: str) -> str:
    """What tells one mail of an occasion from another, as one word: from a reminder's key its kind and offset."""
    kind, _, _, offset, *_ = key.split(":")
    return f"{kind}/{offset}"


def clock_error(now: dt.datetime, last: dt.datetime | None) -> str:
    """Why the clock is not to be trusted, given the tick before; empty when it is."""
    if last is None:
        return ""
    gap = now - last
    if gap > MAX_GAP:
        return f"The last tick was {gap.total_seconds() / 3600:.0f} hours ago. Nothing goes out until you confirm."
    if gap < -MAX_SKEW:
        return f"The clock went back by {-gap.total_seconds():.0f} seconds. Nothing goes out until you confirm."
    return ""


# A mail to many is held back for so long after the press, so that it can be stopped.
SEND_DELAY = dt.timedelta(minutes=5)
MAX_TEXT_LENGTH = 20_000
