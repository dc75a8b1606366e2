"""Legal holds: what must stay as it is while a claim, a request or an audit is open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from core.models import Versioned, date_order_constraint
from core.validators import validate_single_line
from members.models import Organization
from taskforces.models import Body


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        return self.filter(lifted_at=None)


class LegalHold(Versioned):
    """A hold on the records of an organization, a body, a person or a period; what it names it keeps."""

    matter = models.CharField(
        max_length=160, validators=[validate_single_line], help_text="What it is for, such as a case number."
    )
    reason = models.TextField(blank=True)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField("records from", null=True, blank=True)
    ends_on = models.DateField("records to", null=True, blank=True)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            date_order_constraint("starts_on", "ends_on", "legal_hold_end_after_start"),
            models.CheckConstraint(
                condition=Q(organization__isnull=False)
                | Q(body__isnull=False)
                | Q(person__isnull=False)
                | Q(starts_on__isnull=False)
                | Q(ends_on__isnull=False),
                name="legal_hold_names_something",
                violation_error_message="Say what the hold covers: an organization, a body, a person or a period.",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.matter
