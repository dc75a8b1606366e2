"""The words of reminders. No ORM, no clock."""

from django.db.models import TextChoices


class ReminderKind(TextChoices):
    MEETING_AHEAD = "meeting_ahead", "Meeting ahead"
    MEETING_SCHEDULED = "meeting_scheduled", "Meeting scheduled"
    MEETING_CHANGED = "meeting_changed", "Meeting changed"
    MEETING_CANCELLED = "meeting_cancelled", "Meeting cancelled"
    ITEM_DUE = "item_due", "Action item due"
    ITEM_OVERDUE = "item_overdue", "Action item overdue"
    ITEM_ESCALATED = "item_escalated", "Action item four weeks overdue"
    PROGRESS_DUE = "progress_due", "Progress update due"
    PROGRESS_LATE = "progress_late", "Progress update late"


# Duty mail: what changes a person's calendar cannot be switched off.
DUTY_KINDS = (ReminderKind.MEETING_SCHEDULED, ReminderKind.MEETING_CHANGED, ReminderKind.MEETING_CANCELLED)


class ReminderState(TextChoices):
    PLANNED = "planned", "Planned"
    SENT = "sent", "Sent"
    SKIPPED = "skipped", "Skipped"
    EXPIRED = "expired", "Expired"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"
