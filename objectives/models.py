"""Plans, objectives, strategies, milestones, progress updates and measures."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, choices_constraint, date_order_constraint
from core.validators import validate_single_line
from members.models import Organization
from objectives.rules import (
    OPEN_STATES,
    DesiredDirection,
    MeasureKind,
    ProgressStatus,
    QualifiedValue,
    Qualifier,
    ReportingFrequency,
    UpdateState,
    format_qualified_value,
)
from taskforces.models import Body, Workgroup


class Plan(Versioned):
    """A set of objectives for a period."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=160, validators=[validate_single_line])
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    is_current = models.BooleanField(default=False)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["-is_current", "-starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["workgroup"], condition=Q(is_current=True), name="unique_current_plan_per_workgroup"
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=models.F("starts_on")),
                name="plan_end_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def current(self) -> "ObjectiveQuerySet":
        """Return the objectives of the current plan."""
        return self.filter(plan__is_current=True)


class Objective(Versioned):
    """A goal of the Workgroup, with its official title."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="objectives")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300, validators=[validate_single_line])
    description = models.TextField(blank=True)
    history = HistoricalRecords()

    objects = ObjectiveQuerySet.as_manager()

    class Meta:
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="unique_objective_number_per_plan")]

    def __str__(self) -> str:
        return gettext("Objective %(number)d: %(title)s") % {"number": self.number, "title": self.title}


class StrategyQuerySet(models.QuerySet["Strategy"]):
    def open(self) -> "StrategyQuerySet":
        """Return the strategies of the current plan that are not closed, of bodies that are not dissolved."""
        return self.filter(closed_on=None, body__dissolved_on=None, objective__plan__is_current=True)


class Strategy(Versioned):
    """The work of a task force for an objective."""

    # Set by `queries.updates.with_latest_update`.
    last_reported_on: dt.date | None
    last_status: str | None
    # Set by `queries.updates.with_reportable_update`.
    is_answered: bool
    # Set by `queries.strategies.rows_of`.
    is_lead_visible: bool

    objective = models.ForeignKey(Objective, on_delete=models.PROTECT, related_name="strategies")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, validators=[validate_single_line])
    description = models.TextField(blank=True)
    lead_organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    responsible_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    reporting_frequency = models.CharField(
        max_length=20, choices=ReportingFrequency.choices, default=ReportingFrequency.QUARTERLY
    )
    closed_on = models.DateField(null=True, blank=True)
    close_reason = models.CharField(
        _("reason for closing"), max_length=300, blank=True, validators=[validate_single_line]
    )
    history = HistoricalRecords()

    objects = StrategyQuerySet.as_manager()

    class Meta:
        verbose_name = _("strategy")
        verbose_name_plural = _("strategies")
        ordering = ["objective__number", "body__position", "id"]
        constraints = [
            choices_constraint("reporting_frequency", ReportingFrequency, "strategy_reporting_frequency_valid"),
            date_order_constraint("starts_on", "due_on", "strategy_due_after_start"),
            date_order_constraint("starts_on", "closed_on", "strategy_close_after_start"),
        ]

    def __str__(self) -> str:
        return self.title


class StrategySupport(Versioned):
    """An organization that supports a strategy, in addition to the lead organization."""

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="supports")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("supporting organization")
        verbose_name_plural = _("supporting organizations")
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "organization"],
                condition=Q(ended_on=None),
                name="unique_current_support_per_strategy_and_organization",
            )
        ]

    def __str__(self) -> str:
        return gettext("%(organization)s supports %(strategy)s") % {
            "organization": self.organization.short_name,
            "strategy": self.strategy,
        }


class Milestone(Versioned):
    """A dated step of a strategy."""

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="milestones")
    title = models.CharField(max_length=200, validators=[validate_single_line])
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on"]

    def __str__(self) -> str:
        return self.title


class ProgressUpdateQuerySet(models.QuerySet["ProgressUpdate"]):
    def published(self) -> "ProgressUpdateQuerySet":
        return self.filter(state=UpdateState.PUBLISHED)

    def submitted(self) -> "ProgressUpdateQuerySet":
        return self.filter(state=UpdateState.SUBMITTED)


class ProgressUpdate(Versioned):
    """A report on a strategy: its status and a narrative, by an author on a date."""

    strategy = models.ForeignKey(Strategy, on_delete=models.PROTECT, related_name="updates")
    state = models.CharField(max_length=20, choices=UpdateState.choices, default=UpdateState.DRAFT)
    # Blank only in a draft whose author has not selected a status yet.
    status = models.CharField(max_length=20, choices=ProgressStatus.choices, blank=True)
    narrative = models.TextField(blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reported_on = models.DateField(_("as of"))
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # "No change" updates the date of a published update without a new narrative.
    confirmed_on = models.DateField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    return_reason = models.TextField(_("changes requested"), blank=True)
    history = HistoricalRecords()

    objects = ProgressUpdateQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress update")
        verbose_name_plural = _("progress updates")
        ordering = ["-reported_on", "-id"]
        constraints = [
            choices_constraint("state", UpdateState, "progress_update_state_valid"),
            models.CheckConstraint(
                condition=Q(status__in=ProgressStatus.values) | Q(status="", state__in=OPEN_STATES),
                name="progress_update_status_valid",
            ),
            date_order_constraint("reported_on", "confirmed_on", "progress_update_confirmed_after_report"),
            models.UniqueConstraint(
                fields=["strategy", "author"],
                condition=Q(state__in=OPEN_STATES),
                name="unique_open_update_per_author_and_strategy",
            ),
            models.CheckConstraint(
                condition=~Q(state=UpdateState.PUBLISHED) | Q(published_at__isnull=False),
                name="progress_update_published_has_date",
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(status)s, %(strategy)s") % {
            "status": self.get_status_display() or self.get_state_display(),
            "strategy": self.strategy,
        }

    @property
    def last_reported_on(self) -> dt.date:
        """The date on which this update was reported or last confirmed."""
        return self.confirmed_on or self.reported_on

    @property
    def tone(self) -> str:
        """The tone of the status's badge, regardless of its age."""
        return ProgressStatus(self.status).tone if self.status else "neutral"


class Measure(Versioned):
    """A number over time. A measure without an objective or strategy is an outcome of the whole Workgroup."""

    workgroup = models.ForeignKey(Workgroup, on_delete=models.PROTECT, related_name="+")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    strategy = models.ForeignKey(Strategy, null=True, blank=True, on_delete=models.PROTECT, related_name="measures")
    key = models.SlugField(max_length=120, unique=True)
    name = models.CharField(max_length=200, validators=[validate_single_line])
    unit = models.CharField(max_length=80, validators=[validate_single_line])
    kind = models.CharField(max_length=20, choices=MeasureKind.choices)
    good_direction = models.CharField(max_length=10, choices=DesiredDirection.choices, blank=True)
    target = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    target_on = models.DateField(null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["objective__number", "name"]
        constraints = [
            choices_constraint("kind", MeasureKind, "measure_kind_valid"),
            choices_constraint("good_direction", DesiredDirection, "measure_good_direction_valid"),
        ]

    def __str__(self) -> str:
        return self.name


class DataPoint(Versioned):
    """A published value of a measure, with its source."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="points")
    period = models.CharField(_("period as shown"), max_length=60, validators=[validate_single_line])
    starts_on = models.DateField()
    ends_on = models.DateField()
    is_circa = models.BooleanField(_("period is inferred"), default=False)
    qualifier = models.CharField(max_length=20, choices=Qualifier.choices, default=Qualifier.EXACT)
    value = models.DecimalField(max_digits=16, decimal_places=4)
    # The definition of the measure changed, so no line is drawn to this point.
    break_before = models.BooleanField(default=False)
    certainty = models.CharField(max_length=20, blank=True, validators=[validate_single_line])
    note = models.TextField(blank=True)
    source = models.TextField()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("data point")
        verbose_name_plural = _("data points")
        ordering = ["measure", "starts_on", "ends_on"]
        constraints = [
            choices_constraint("qualifier", Qualifier, "data_point_qualifier_valid"),
            date_order_constraint("starts_on", "ends_on", "data_point_end_after_start"),
            models.UniqueConstraint(fields=["measure", "starts_on", "ends_on"], name="unique_data_point_per_period"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}, {self.period}"

    @property
    def qualified_value(self) -> QualifiedValue:
        return QualifiedValue(self.period, self.value, self.qualifier)

    @property
    def display_value(self) -> str:
        """The value as its source states it, such as "more than 7,000"."""
        return format_qualified_value(self.qualified_value)
