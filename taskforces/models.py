"""The Workgroup, its bodies, their seats and who sits in them."""

import calendar
import datetime as dt

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from core.models import Versioned, choices_constraint, date_order_constraint
from core.validators import validate_single_line
from members.models import Organization, Sector
from members.rules import Region
from taskforces import rules
from taskforces.rules import BodyKind, OpenMeetingLaw, SeatRole


class Workgroup(Versioned):
    """The group that the portal serves, in its sponsor's words. One row."""

    slug = models.SlugField(unique=True, default="workgroup")
    name = models.CharField(max_length=160, validators=[validate_single_line])
    short_name = models.CharField(max_length=60, validators=[validate_single_line])
    convened_by = models.CharField(max_length=160, validators=[validate_single_line])
    program = models.CharField(max_length=160, blank=True, validators=[validate_single_line])
    convened_in = models.PositiveSmallIntegerField("convened in the year", null=True, blank=True)
    overview = models.TextField()
    confirmation_month = models.PositiveSmallIntegerField(
        "month of the yearly confirmation",
        null=True,
        blank=True,
        choices=list(enumerate(calendar.month_name))[1:],
        help_text="In this month each active organization is asked by mail whether its record is still right, unless "
        "it answered in the half year before. Leave it empty, and nobody is asked until staff press.",
    )
    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


def validate_offsets(text: str) -> None:
    """Raises ValidationError when `text` does not say how long before a meeting its people are reminded."""
    try:
        rules.parse_offsets(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class BodyQuerySet(models.QuerySet["Body"]):
    def task_forces(self) -> "BodyQuerySet":
        return self.filter(kind=BodyKind.TASK_FORCE)

    def standing(self) -> "BodyQuerySet":
        """Not dissolved."""
        return self.filter(dissolved_on=None)


class Body(Versioned):
    """The full Workgroup or a task force."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="bodies")
    kind = models.CharField(max_length=20, choices=BodyKind.choices, default=BodyKind.TASK_FORCE)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120, validators=[validate_single_line])
    focus = models.TextField(blank=True)
    charter = models.TextField("charter text", blank=True)
    charter_review_on = models.DateField("charter to be reviewed by", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    dissolved_on = models.DateField(null=True, blank=True)
    open_meeting_law = models.CharField(max_length=20, choices=OpenMeetingLaw.choices, default=OpenMeetingLaw.VOLUNTARY)
    term_months = models.PositiveSmallIntegerField(
        "usual term, in months",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
        help_text="Fills in the planned end of a new term. Leave empty where terms have no usual length.",
    )
    attendance_expected_percent = models.PositiveSmallIntegerField(
        "attendance that the charter expects, in percent",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Of its meetings, by somebody of each organization. Leave empty where the charter says nothing.",
    )
    chair_may_publish = models.BooleanField("the chair may publish updates without staff", default=False)
    meeting_reminders = models.CharField(
        "reminders before a meeting", max_length=80, default=rules.DEFAULT_OFFSETS, validators=[validate_offsets]
    )
    history = HistoricalRecords()

    objects = BodyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "bodies"
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
        """The name as it stands in a sentence: "Data task force", or the Workgroup's short name."""
        return f"{self.name} task force" if self.kind == BodyKind.TASK_FORCE else self.name


class SeatQuerySet(models.QuerySet["Seat"]):
    def open(self) -> "SeatQuerySet":
        """Not closed; a person may or may not sit in them."""
        return self.filter(closed_on=None)


class Seat(Versioned):
    """A place on a body with a role, for an organization or for none. It stays when the person leaves."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="seats")
    role = models.CharField(max_length=20, choices=SeatRole.choices, default=SeatRole.MEMBER)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["body", "role", "id"]
        constraints = [
            choices_constraint("role", SeatRole, "seat_role_valid"),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(role=SeatRole.CHAIR, closed_on=None),
                name="unique_chair_seat_per_body",
                violation_error_message="This body has a chair's seat. Add a co-chair's, or close that seat first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}, {self.body.title}"


class TermQuerySet(models.QuerySet["Term"]):
    def current(self) -> "TermQuerySet":
        """Not ended, in a seat that is open on a body that stands; past its planned end a person carries over."""
        return self.filter(ended_on=None, seat__closed_on=None, seat__body__dissolved_on=None)


class Term(Versioned):
    """A person in a seat."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="terms")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    planned_end_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["seat", "-starts_on"]
        constraints = [
            date_order_constraint("starts_on", "planned_end_on", "term_planned_end_after_start"),
            date_order_constraint("starts_on", "ended_on", "term_end_after_start"),
            models.UniqueConstraint(
                fields=["seat"],
                condition=Q(ended_on=None),
                name="unique_current_term_per_seat",
                violation_error_message="Somebody sits in this seat. End that term first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.seat}"

    def is_holdover(self, today: dt.date) -> bool:
        """Whether the planned end has passed while the person still sits."""
        return self.ended_on is None and rules.is_holdover(self.planned_end_on, today)


class Requirement(Versioned):
    """How many organizations of a sector, or of a region, are to sit on a body."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="requirements")
    sector = models.ForeignKey(Sector, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=20, choices=Region.choices, blank=True)
    minimum = models.PositiveSmallIntegerField(
        "at least", default=1, validators=[MinValueValidator(1), MaxValueValidator(50)]
    )
    since_on = models.DateField("required since")
    ended_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["body", "sector__name", "region", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(sector__isnull=False, region="") | Q(sector=None, region__in=Region.values),
                name="requirement_of_a_sector_or_a_region",
                violation_error_message="Choose a sector or a region, one of the two.",
            ),
            models.CheckConstraint(condition=Q(minimum__range=(1, 50)), name="requirement_minimum_in_range"),
            date_order_constraint("since_on", "ended_on", "requirement_end_after_start"),
            models.UniqueConstraint(
                fields=["body", "sector"],
                condition=Q(ended_on=None, sector__isnull=False),
                name="unique_requirement_per_body_and_sector",
                violation_error_message="This sector is required already. Change that requirement.",
            ),
            models.UniqueConstraint(
                fields=["body", "region"],
                condition=Q(ended_on=None) & ~Q(region=""),
                name="unique_requirement_per_body_and_region",
                violation_error_message="This region is required already. Change that requirement.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what}, at least {self.minimum}, on {self.body.title}"

    @property
    def what(self) -> str:
        """The sector or the region in words."""
        return str(self.sector).capitalize() if self.sector else self.get_region_display()

    def fits(self, organization: Organization) -> bool:
        """Whether an organization is of the required sector or region."""
        return organization.sector_id == self.sector_id if self.sector_id else organization.region == self.region


class HistoryEvent(Versioned):
    """A dated event of the Workgroup for the public timeline, with its source."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="history_events")
    key = models.SlugField(unique=True)
    when = models.CharField("date as shown", max_length=60, validators=[validate_single_line])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    is_circa = models.BooleanField("date is inferred", default=False)
    event = models.TextField()
    source = models.TextField()
    history = HistoricalRecords()

    class Meta:
        ordering = ["starts_on", "key"]
        constraints = [date_order_constraint("starts_on", "ends_on", "history_event_end_after_start")]

    def __str__(self) -> str:
        return f"{self.when}: {self.event[:60]}"
