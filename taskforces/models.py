"""The Workgroup, its bodies, and the seats and terms of their members."""

import calendar
import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.dates import site_today
from core.models import Versioned, choices_constraint, date_order_constraint, in_force, not_ended
from core.validators import validate_single_line
from members.models import Organization, Sector
from members.rules import Region
from taskforces import rules
from taskforces.rules import BodyKind, OpenMeetingLaw, SeatRole


class Workgroup(Versioned):
    """The group that the portal serves, as its sponsor describes it. One row."""

    slug = models.SlugField(unique=True, default="workgroup")
    name = models.CharField(max_length=160, validators=[validate_single_line])
    short_name = models.CharField(max_length=60, validators=[validate_single_line])
    convened_by = models.CharField(max_length=160, validators=[validate_single_line])
    program = models.CharField(max_length=160, blank=True, validators=[validate_single_line])
    convened_in = models.PositiveSmallIntegerField(_("year convened"), null=True, blank=True)
    overview = models.TextField()
    confirmation_month = models.PositiveSmallIntegerField(
        _("month of the yearly confirmation"),
        null=True,
        blank=True,
        choices=list(enumerate(calendar.month_name))[1:],
        help_text=_(
            "In this month, we email each active organization to ask if its information is still correct, unless it "
            "confirmed in the last 6 months. Leave blank to send these requests only when staff start them."
        ),
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("workgroup")
        verbose_name_plural = _("workgroups")

    def __str__(self) -> str:
        return self.name


def validate_offsets(text: str) -> None:
    """Raise ValidationError unless `text` lists valid times before a meeting, such as "7 days, 1 hour"."""
    try:
        rules.parse_offsets(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class BodyQuerySet(models.QuerySet["Body"]):
    def task_forces(self) -> "BodyQuerySet":
        return self.filter(kind=BodyKind.TASK_FORCE)

    def standing(self, on: dt.date | None = None) -> "BodyQuerySet":
        """Return the bodies that are not dissolved on a day, today in the site's time zone unless given."""
        return self.filter(not_ended(on or site_today(), "dissolved_on"))


class Body(Versioned):
    """The full Workgroup or a task force."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=20, choices=BodyKind.choices, default=BodyKind.TASK_FORCE)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120, validators=[validate_single_line])
    focus = models.TextField(blank=True)
    charter = models.TextField(_("charter"), blank=True)
    charter_review_on = models.DateField(_("charter review due"), null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    dissolved_on = models.DateField(_("dissolved on"), null=True, blank=True)
    open_meeting_law = models.CharField(
        _("open meeting law"), max_length=20, choices=OpenMeetingLaw.choices, default=OpenMeetingLaw.VOLUNTARY
    )
    term_months = models.PositiveSmallIntegerField(
        _("usual term, in months"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text=_("Sets the suggested planned end of a new term. Leave blank if terms have no usual length."),
    )
    attendance_expected_percent = models.PositiveSmallIntegerField(
        _("attendance the charter expects, in percent"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_(
            "The share of meetings that someone from each organization should attend. "
            "Leave blank if the charter sets no number."
        ),
    )
    chair_may_publish = models.BooleanField(_("the chair can publish updates without staff review"), default=False)
    # Null: the default, MEETING_OFFSETS among the timings of the reminders.
    meeting_reminders = models.CharField(
        _("reminders before a meeting"), max_length=80, null=True, blank=True, validators=[validate_offsets]
    )
    history = HistoricalRecords()

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        constraints = [
            choices_constraint("kind", BodyKind, "body_kind_valid"),
            models.CheckConstraint(
                condition=Q(term_months=None) | Q(term_months__range=(1, 240)), name="body_term_months_in_range"
            ),
            models.CheckConstraint(
                condition=Q(attendance_expected_percent=None) | Q(attendance_expected_percent__range=(1, 100)),
                name="body_attendance_expected_in_range",
            ),
            choices_constraint("open_meeting_law", OpenMeetingLaw, "body_open_meeting_law_valid"),
            models.UniqueConstraint(
                fields=["workgroup"], condition=Q(kind=BodyKind.FULL), name="unique_full_body_per_workgroup"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """Return the name for use in a sentence: "Data task force", or the short name of the Workgroup."""
        if self.kind == BodyKind.FULL:
            return self.name
        return gettext("%(name)s task force") % {"name": self.name}


class SeatQuerySet(models.QuerySet["Seat"]):
    def open(self, on: dt.date | None = None) -> "SeatQuerySet":
        """Return the seats, filled or vacant, that are not closed on a day, today unless given."""
        return self.filter(not_ended(on or site_today(), "closed_on"))


class Seat(Versioned):
    """A role on a body, held for an organization or for none. The seat stays when the person leaves."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=20, choices=SeatRole.choices, default=SeatRole.MEMBER)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    history = HistoricalRecords()

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["body", "role", "id"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            choices_constraint("role", SeatRole, "seat_role_valid"),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(role=SeatRole.CHAIR, closed_on=None),
                name="unique_chair_seat_per_body",
                violation_error_message=_(
                    "This body already has a chair seat. Add a co-chair seat, or close that seat first."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.body.title}"


class TermQuerySet(models.QuerySet["Term"]):
    def not_ended(self, on: dt.date | None = None) -> "TermQuerySet":
        """Return the terms that have not ended on a day, today unless given, whether or not they give rights."""
        return self.filter(not_ended(on or site_today(), "ended_on"))

    def current(self, on: dt.date | None = None) -> "TermQuerySet":
        """Return the terms that give rights on a day, today in the site's time zone unless given.

        They have started and not ended, in a seat that is open, on a body that is not dissolved. The planned end does
        not count: after it the person serves as a holdover until the term is ended.
        """
        on = on or site_today()
        return self.filter(in_force(on), not_ended(on, "seat__closed_on"), not_ended(on, "seat__body__dissolved_on"))


class Term(Versioned):
    """The service of a person in a seat, from the day it starts to the day it ends."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("starts on"))
    planned_end_on = models.DateField(_("planned end"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["seat", "-starts_on"]
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        constraints = [
            date_order_constraint("starts_on", "planned_end_on", "term_planned_end_after_start"),
            date_order_constraint("starts_on", "ended_on", "term_end_after_start"),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(ended_on=None),
                name="unique_current_term_per_seat",
                violation_error_message=_("This seat is filled. End that term first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.seat}"

    def is_in_force(self, on: dt.date) -> bool:
        """Return True if the term has started and not ended on a day."""
        return self.starts_on <= on and (self.ended_on is None or self.ended_on > on)

    def is_holdover(self, today: dt.date) -> bool:
        """Return True if the person still serves after the planned end."""
        return self.ended_on is None and rules.is_holdover(self.planned_end_on, today)


class Requirement(Versioned):
    """The minimum number of organizations of a sector, or of a region, that a body must include."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="requirements")
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=20, choices=Region.choices, blank=True)
    minimum = models.PositiveSmallIntegerField(
        _("minimum"), default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    since_on = models.DateField(_("required since"))
    ended_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["body", "sector__name", "region", "id"]
        verbose_name = _("requirement")
        verbose_name_plural = _("requirements")
        constraints = [
            models.CheckConstraint(
                condition=Q(sector__isnull=False, region="") | Q(sector=None, region__in=Region.values),
                name="requirement_of_a_sector_or_a_region",
                violation_error_message=_("Choose either a sector or a region."),
            ),
            models.CheckConstraint(condition=Q(minimum__range=(1, 50)), name="requirement_minimum_in_range"),
            date_order_constraint("since_on", "ended_on", "requirement_end_after_start"),
            models.UniqueConstraint(
                fields=["body", "sector"],
                condition=Q(ended_on=None, sector__isnull=False),
                name="unique_requirement_per_body_and_sector",
                violation_error_message=_("This sector is already required. Edit that requirement."),
            ),
            models.UniqueConstraint(
                fields=["body", "region"],
                condition=Q(ended_on=None) & ~Q(region=""),
                name="unique_requirement_per_body_and_region",
                violation_error_message=_("This region is already required. Edit that requirement."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(group)s, at least %(minimum)d, on %(body)s") % {
            "group": self.group,
            "minimum": self.minimum,
            "body": self.body.title,
        }

    @property
    def group(self) -> str:
        """Return the name of the sector or region."""
        return str(self.sector).capitalize() if self.sector else self.get_region_display()

    def is_met_by(self, organization: Organization) -> bool:
        """Return True if an organization is of the required sector or region."""
        return organization.sector_id == self.sector_id if self.sector_id else organization.region == self.region


class HistoryEvent(Versioned):
    """A dated event of the Workgroup for the public timeline, with its source."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="history_events")
    key = models.SlugField(unique=True)
    when = models.CharField(_("date as displayed"), max_length=60, validators=[validate_single_line])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_circa = models.BooleanField(_("date is approximate"), default=False)
    event = models.TextField()
    source = models.TextField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts_on", "key"]
        verbose_name = _("history event")
        verbose_name_plural = _("history events")
        constraints = [date_order_constraint("starts_on", "ends_on", "history_event_end_after_start")]

    def __str__(self) -> str:
        return f"{self.when}: {self.event[:60]}"
