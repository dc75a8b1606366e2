"""Meetings of a body: when, where, what about, who comes and who came."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, choices_constraint
from meetings.rules import LIVE_STATUSES, Answer, AttendanceStatus, MeetingStatus, MinutesStatus, Visibility
from members.models import Organization, check_zone, validate_single_line
from taskforces.models import Body, validate_offsets
from taskforces.rules import ReminderOffset, parse_offsets


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def live(self) -> "MeetingQuerySet":
        """Scheduled or in session."""
        return self.filter(status__in=LIVE_STATUSES)

    def upcoming(self, now: dt.datetime) -> "MeetingQuerySet":
        """Live and not yet over, the next one first."""
        return self.live().filter(ends_at__gt=now).order_by("starts_at", "id")

    def past(self, now: dt.datetime) -> "MeetingQuerySet":
        """Over and not cancelled, the latest first."""
        return (
            self.exclude(status__in=[MeetingStatus.DRAFT, MeetingStatus.CANCELLED])
            .filter(ends_at__lte=now)
            .order_by("-starts_at", "-id")
        )


class Meeting(Versioned):
    """A meeting of a body. It keeps its local wall time and zone; `starts_at` and `ends_at` follow from them."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(max_length=160, validators=[validate_single_line])
    starts_on = models.DateField("date")
    starts_time = models.TimeField("starts at")
    duration_minutes = models.PositiveSmallIntegerField("length in minutes", default=90)
    time_zone = models.CharField(max_length=60, validators=[check_zone])
    starts_at = models.DateTimeField(editable=False, db_index=True)
    ends_at = models.DateTimeField(editable=False, db_index=True)
    original_start_at = models.DateTimeField(editable=False)
    # Grows with every change that people are told of; `schedule_version` only when the time changes.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    schedule_version = models.PositiveIntegerField(default=0, editable=False)
    place = models.CharField(max_length=200, blank=True, validators=[validate_single_line])
    join_link = WebAddressField(blank=True)
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.MEMBERS)
    # Blank: as its body.
    reminders = models.CharField(max_length=80, blank=True, validators=[validate_offsets])
    status = models.CharField(max_length=20, choices=MeetingStatus.choices, default=MeetingStatus.DRAFT)
    scheduled_at = models.DateTimeField("notice given", null=True, blank=True, editable=False)
    cancel_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    minutes_status = models.CharField(max_length=20, choices=MinutesStatus.choices, default=MinutesStatus.NONE)
    minutes = models.TextField(blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            choices_constraint("status", MeetingStatus, "meeting_status_valid"),
            choices_constraint("visibility", Visibility, "meeting_visibility_valid"),
            choices_constraint("minutes_status", MinutesStatus, "meeting_minutes_status_valid"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_end_after_start"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def ahead(self) -> tuple[ReminderOffset, ...] | None:
        """Return how long before it its people are reminded: its own times, else its body's; None: the default."""
        chosen = self.reminders or self.body.meeting_reminders
        return parse_offsets(chosen) if chosen else None

    @property
    def local_start(self) -> dt.datetime:
        """The start in the meeting's own zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> dt.datetime:
        return self.ends_at.astimezone(self.zone)


class AgendaItem(Versioned):
    """One point of a meeting's agenda, with its minutes."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200, validators=[validate_single_line])
    detail = models.TextField(blank=True)
    duration_minutes = models.PositiveSmallIntegerField("minutes planned", null=True, blank=True)
    notes = models.TextField("minutes", blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class RSVP(Versioned):
    """What a person said beforehand about coming."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="rsvps")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=20, choices=Answer.choices)
    responded_at = models.DateTimeField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "RSVP"
        constraints = [
            choices_constraint("answer", Answer, "rsvp_answer_valid"),
            models.UniqueConstraint(fields=["meeting", "person"], name="unique_rsvp_per_person_and_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_answer_display()}"


class Attendance(Versioned):
    """Who was there, as oneself or for an organization as its alternate."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(max_length=20, choices=AttendanceStatus.choices)
    history = HistoricalRecords()

    class Meta:
        constraints = [
            choices_constraint("presence", AttendanceStatus, "attendance_presence_valid"),
            models.UniqueConstraint(fields=["meeting", "person"], name="unique_attendance_per_person_and_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_presence_display()}"
