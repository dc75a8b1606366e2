"""Reminders, each a row from planning to its stored outcome; preferences, used links, announcements, the heartbeat."""

import datetime as dt

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from accounts.models import Person
from core.models import Versioned, choices_constraint
from core.validators import validate_single_line
from mail.models import Delivery
from reminders.rules import MAX_TEXT_LENGTH, WEEKLY_CAP, Frequency, ReminderKind, ReminderState, policy_of


class Reminder(models.Model):
    """One thing that one person is reminded of at one time."""

    key = models.CharField(max_length=250, unique=True)
    kind = models.CharField(max_length=40, choices=ReminderKind.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # The person who is away while the recipient is the delegate.
    delegated_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    subject_id = models.BigIntegerField()
    # The version of the subject that this was planned for: a meeting's sequence, the due date of an item or an update.
    subject_version = models.CharField(max_length=60)
    due_at = models.DateTimeField(db_index=True)
    # When it is sent by the recipient's preferences and quiet hours.
    send_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # How long it may wait for a weekly email; past that it is sent in the daily one. For a meeting notice: from when
    # on it would be of no use, so that it does not wait for the morning.
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
        """From when on a notice is of no use, so that it is sent even in quiet hours; None for what can wait."""
        return self.obsolete_at if policy_of(self.kind).is_notice else None

    @property
    def principal(self) -> Person:
        """The person whose task it is: the recipient, or whom the recipient is the delegate of."""
        return self.delegated_from or self.recipient

    @property
    def principal_id(self) -> int:
        return self.delegated_from_id or self.recipient_id


class Preference(models.Model):
    """How often a person wants one kind of reminder, where that is not the default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40, choices=ReminderKind.choices)
    frequency = models.CharField(max_length=20, choices=Frequency.choices, default=Frequency.OFF)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            choices_constraint("kind", ReminderKind, "preference_kind_valid"),
            choices_constraint("frequency", Frequency, "preference_frequency_valid"),
            models.UniqueConstraint(fields=["person", "kind"], name="unique_preference_per_person_and_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()} {self.get_frequency_display().lower()}"


class NotificationSettings(models.Model):
    """How many emails a person wants in a week, and who is the delegate while they are away. One row a person."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    weekly_cap = models.PositiveSmallIntegerField(_("maximum emails per week"), default=WEEKLY_CAP)
    away_until = models.DateField(null=True, blank=True)
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}: {self.weekly_cap} a week"


class UsedLink(models.Model):
    """A link of an email that was used: it works once. Only the hash of its token is stored."""

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    result_message = models.CharField(max_length=300)
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person}: {self.result_message}"


class Announcement(Versioned):
    """What staff write to many at once; each recipient gets an email of their own through the delivery log."""

    subject = models.CharField(max_length=160, validators=[validate_single_line])
    text = models.TextField(_("text"), validators=[MaxLengthValidator(MAX_TEXT_LENGTH)])
    # Bodies and sectors by slug, roles and statuses by value: see `reminders.subjects.announcements.AudienceFilter`.
    audience = models.JSONField(default=dict)
    is_mandatory = models.BooleanField(_("required notice"), default=False)
    mandatory_reason = models.CharField(
        _("why it is required"), max_length=300, blank=True, validators=[validate_single_line]
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
                name="announcement_mandatory_has_a_reason",
                violation_error_message=_("Explain why this notice is required."),
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(sent_at__isnull=False), name="announcement_stopped_after_sent"
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Heartbeat(models.Model):
    """When the scheduler last ran, so that a stopped one is seen, and whether sending is on hold. One row."""

    beat_at = models.DateTimeField()
    # Set while the clock is not trusted: nothing is sent and nothing expires until someone confirms it.
    held_at = models.DateTimeField(null=True, blank=True)
    hold_reason = models.CharField(max_length=300, blank=True)
    # Expiry is not written into rows for a day after a gap.
    gap_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.beat_at:%Y-%m-%d %H:%M:%S}"
