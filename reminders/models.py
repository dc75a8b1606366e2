"""Who is reminded of what and when: a row from the start, with a stored outcome at the end."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from core.models import Versioned, choices_constraint
from core.validators import validate_single_line
from mail.models import Delivery
from reminders.rules import MAX_TEXT_LENGTH, NOTICE_KINDS, WEEKLY_CAP, Frequency, ReminderKind, ReminderState


class Reminder(models.Model):
    """One thing that one person is to be told at one time."""

    key = models.CharField(max_length=250, unique=True)
    kind = models.CharField(max_length=40, choices=ReminderKind.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The person who is away while the recipient stands in.
    delegated_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject_id = models.BigIntegerField()
    # The state of the subject that this speaks of: a meeting's sequence, an item's due date, a last word's date.
    subject_version = models.CharField(max_length=60)
    due_at = models.DateTimeField(db_index=True)
    # When it goes by the recipient's wishes and quiet hours; until then it waits.
    send_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # How long it may wait for a weekly mail; what is past that goes in the day's. For news of a meeting: from when on
    # it would be of no use, so that it does not wait for the morning.
    obsolete_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=ReminderState.choices, default=ReminderState.PLANNED)
    reason = models.CharField(max_length=300, blank=True)
    delivery = models.ForeignKey(
        Delivery, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["-due_at", "-id"]
        constraints = [
            choices_constraint("kind", ReminderKind, "reminder_kind_valid"),
            choices_constraint("state", ReminderState, "reminder_state_valid"),
        ]
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="reminder_subject"),
            models.Index(
                fields=["send_at", "recipient"],
                condition=Q(state=ReminderState.PLANNED, delivery=None),
                name="reminder_waiting",
            ),
            models.Index(
                fields=["delivery"],
                condition=Q(state=ReminderState.PLANNED, delivery__isnull=False),
                name="reminder_under_way",
            ),
            # The key's own index would draw SQLite to all that never had a delivery.
            models.Index(fields=["delivery"], condition=Q(delivery__isnull=False), name="reminder_delivery"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} for {self.recipient}"

    @property
    def urgent_at(self) -> dt.datetime | None:
        """From when on it is of no use, where it goes even at night rather than then; None for what can wait."""
        return self.obsolete_at if self.kind in NOTICE_KINDS else None

    @property
    def principal_id(self) -> int:
        """The person whose matter it is: the recipient, or whom the recipient stands in for."""
        return self.delegated_from_id or self.recipient_id


class Preference(models.Model):
    """How a person wants one kind of reminder, where that is not the default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=ReminderKind.choices)
    pace = models.CharField(max_length=20, choices=Frequency.choices, default=Frequency.OFF)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            choices_constraint("kind", ReminderKind, "preference_kind_valid"),
            choices_constraint("pace", Frequency, "preference_pace_valid"),
            models.UniqueConstraint(fields=["person", "kind"], name="unique_preference_per_person_and_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()} {self.get_pace_display().lower()}"


class NotificationSettings(models.Model):
    """How much mail a person wants in a week, and who stands in while they are away. One row a person."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    weekly_cap = models.PositiveSmallIntegerField("mails a week at most", default=WEEKLY_CAP)
    away_until = models.DateField(null=True, blank=True)
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}: {self.weekly_cap} a week"


class UsedLink(models.Model):
    """A link of a mail that was used: it answers once. Of its token only the hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    said = models.CharField(max_length=300)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}: {self.said}"


class Announcement(Versioned):
    """What staff write to many at once; each gets a mail of their own through the ledger."""

    subject = models.CharField(max_length=160, validators=[validate_single_line])
    text = models.TextField("text", validators=[MaxLengthValidator(MAX_TEXT_LENGTH)])
    # Bodies and sectors by slug, roles and statuses by value: see `reminders.announcing.Wanted`.
    audience = models.JSONField(default=dict)
    is_mandatory = models.BooleanField("everybody must know it", default=False)
    mandatory_reason = models.CharField(
        "why everybody must know it", max_length=300, blank=True, validators=[validate_single_line]
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_mandatory=False) | ~Q(mandatory_reason=""),
                name="announcement_mandatory_has_reason",
                violation_error_message="Say why everybody must know it.",
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(sent_at__isnull=False), name="announcement_stopped_after_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Heartbeat(models.Model):
    """When the clock last ticked, so that a dead beat is seen, and whether it is held. One row."""

    beat_at = models.DateTimeField()
    # Set while the clock is not trusted: nothing is sent and nothing expires until somebody confirms it.
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    # Expiry is not written into rows for a day after a gap.
    gap_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
