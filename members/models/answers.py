"""What an organization says of its own record: proposed changes, and the yearly confirmation."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from core.models import Versioned, choices_constraint
from core.validators import validate_single_line
from members import rules
from members.models.organizations import Organization
from members.rules import ConfirmationStage, ConfirmedVia, ProposalState


class Proposal(Versioned):
    """Changes to an organization's public record that its primary or alternate asks staff to accept."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="proposals")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    values = models.JSONField(default=dict, blank=True, help_text="Field name to proposed value.")
    seen = models.JSONField(default=dict, blank=True, help_text="Field name to the value that the proposer saw.")
    people_note = models.TextField(
        "changes among its people", blank=True, help_text="Who came, who left, whose address is another one."
    )
    note = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=ProposalState.choices, default=ProposalState.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    history = HistoricalRecords()

    class Meta:
        ordering = ["proposed_at"]
        constraints = [
            choices_constraint("state", ProposalState, "proposal_state_valid"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state=ProposalState.OPEN),
                name="unique_open_proposal_per_organization",
                violation_error_message="A proposal for this organization is waiting for staff.",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal for {self.organization.short_name}"


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def open(self) -> "ConfirmationQuerySet":
        """Asked and neither answered nor lapsed."""
        return self.filter(confirmed_at=None, lapsed_on=None)

    def answered(self) -> "ConfirmationQuerySet":
        return self.exclude(confirmed_at=None)


class Confirmation(Versioned):
    """The yearly question to an organization whether its record is still right, and what it answered.

    An answer that nobody had asked for stands here too, with no `asked_at`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="confirmations")
    period = models.PositiveSmallIntegerField("year")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    via = models.CharField(max_length=20, choices=ConfirmedVia.choices, blank=True)
    # What was to be changed, where the answer was "not quite".
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lapsed_on = models.DateField(null=True, blank=True)
    lapse_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        ordering = ["-period", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(via="") | Q(via__in=ConfirmedVia.values), name="confirmation_via_valid"),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(lapsed_on=None), name="confirmation_not_both_answered_and_lapsed"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=False) | Q(asked_at__isnull=False),
                name="confirmation_asked_or_answered",
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(confirmed_at=None, lapsed_on=None),
                name="unique_open_confirmation_per_organization",
                violation_error_message="This organization is asked already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}, {self.period}"

    @property
    def is_open(self) -> bool:
        return self.confirmed_at is None and self.lapsed_on is None

    @property
    def asked_on(self) -> dt.date | None:
        """The site's day on which it was asked."""
        return timezone.localtime(self.asked_at, ZoneInfo(settings.TIME_ZONE)).date() if self.asked_at else None

    def stage(self, today: dt.date) -> ConfirmationStage | None:
        """How far the question has gone by `today`; None where nobody asked."""
        return rules.confirmation_stage(self.asked_on, today) if self.asked_on else None
