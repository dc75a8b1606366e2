"""Meetings of a body, their agenda, responses and attendance."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, choices_constraint
from core.validators import check_zone, validate_single_line
from meetings.rules import LIVE_STATUSES, AttendanceStatus, MeetingStatus, MinutesStatus, RSVPAnswer, Visibility
from members.models import Organization
from taskforces.models import Body, validate_offsets
from taskforces.rules import ReminderOffset, parse_offsets


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def live(self) -> "MeetingQuerySet":
        """Return the meetings that are scheduled or in session."""
        return self.filter(status__in=LIVE_STATUSES)

    def upcoming(self, now: dt.datetime) -> "MeetingQuerySet":
        """Return the live meetings that are not over yet, the next one first."""
        return self.live().filter(ends_at__gt=now).order_by("starts_at", "id")

    def past(self, now: dt.datetime) -> "MeetingQuerySet":
        """Return the meetings that are over and not canceled, the latest first."""
        return (
            self.exclude(status__in=[MeetingStatus.DRAFT, MeetingStatus.CANCELED])
            .filter(ends_at__lte=now)
            .order_by("-starts_at", "-id")
        )


class Meeting(Versioned):
    """A meeting of a body. `starts_at` and `ends_at` are computed from its local date, time and time zone."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160, validators=[validate_single_line])
    starts_on = models.DateField(_("date"))
    starts_time = models.TimeField(_("start time"))
    duration_minutes = models.PositiveSmallIntegerField(_("length in minutes"), default=90)
    time_zone = models.CharField(_("time zone"), max_length=60, validators=[check_zone])
    starts_at = models.DateTimeField(editable=False, db_index=True)
    ends_at = models.DateTimeField(editable=False, db_index=True)
    original_start_at = models.DateTimeField(editable=False)
    # `sequence` grows with each change that a notice is sent for, `schedule_version` only when the start changes.
    sequence = models.PositiveIntegerField(default=0, editable=False)
    schedule_version = models.PositiveIntegerField(default=0, editable=False)
    location = models.CharField(_("location"), max_length=200, blank=True, validators=[validate_single_line])
    join_link = WebAddressField(_("join link"), blank=True)
    visibility = models.CharField(
        _("visible to"), max_length=20, choices=Visibility.choices, default=Visibility.MEMBERS
    )
    # Blank: the reminder times of the body.
    reminders = models.CharField(_("reminders"), max_length=80, blank=True, validators=[validate_offsets])
    status = models.CharField(_("status"), max_length=20, choices=MeetingStatus.choices, default=MeetingStatus.DRAFT)
    scheduled_at = models.DateTimeField(_("notice sent"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(
        _("reason for canceling"), max_length=300, blank=True, validators=[validate_single_line]
    )
    minutes_status = models.CharField(
        _("status of the minutes"), max_length=20, choices=MinutesStatus.choices, default=MinutesStatus.NONE
    )
    minutes = models.TextField(_("minutes"), blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    objects = MeetingQuerySet.as_manager()

    # Set by `queries.with_rsvp`: the person's own answer, if any, and whether the person is invited.
    my_rsvp: str | None
    is_invited: bool

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
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
        """Return the meeting's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def reminder_offsets(self) -> tuple[ReminderOffset, ...] | None:
        """Return how long before it its people are reminded: its own times, else its body's; None: the default."""
        chosen = self.reminders or self.body.meeting_reminders
        return parse_offsets(chosen) if chosen else None

    @property
    def local_start(self) -> dt.datetime:
        """Return the start in the meeting's time zone."""
        return self.starts_at.astimezone(self.zone)

    @property
    def local_end(self) -> dt.datetime:
        """Return the end in the meeting's time zone."""
        return self.ends_at.astimezone(self.zone)


class AgendaItem(Versioned):
    """An item of a meeting's agenda, with its minutes."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="agenda_items")
    position = models.PositiveSmallIntegerField(_("order"))
    title = models.CharField(_("title"), max_length=200, validators=[validate_single_line])
    detail = models.TextField(_("details"), blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes planned"), null=True, blank=True)
    notes = models.TextField(_("minutes"), blank=True)
    removed_at = models.DateTimeField(null=True, blank=True, editable=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class RSVP(Versioned):
    """A person's answer to the invitation to a meeting."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="rsvps")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=20, choices=RSVPAnswer.choices)
    responded_at = models.DateTimeField(_("answered"))
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("RSVP")
        verbose_name_plural = _("RSVPs")
        constraints = [
            choices_constraint("answer", RSVPAnswer, "rsvp_answer_valid"),
            models.UniqueConstraint(fields=["meeting", "person"], name="unique_rsvp_per_person_and_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_answer_display()}"


class Attendance(Versioned):
    """A person's attendance at a meeting, for themselves or as an organization's alternate."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    presence = models.CharField(_("attendance"), max_length=20, choices=AttendanceStatus.choices)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            choices_constraint("presence", AttendanceStatus, "attendance_presence_valid"),
            models.UniqueConstraint(fields=["meeting", "person"], name="unique_attendance_per_person_and_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_presence_display()}"
