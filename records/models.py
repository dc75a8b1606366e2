"""Legal holds: records that must be kept while a claim, a records request or an audit is open."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, date_order_constraint
from core.validators import validate_single_line
from members.models import Organization
from taskforces.models import Body


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    def in_force(self) -> "LegalHoldQuerySet":
        """Return the holds that are not lifted."""
        return self.filter(lifted_at=None)


class LegalHold(Versioned):
    """A hold on the records of an organization, a body, a person or a period."""

    matter = models.CharField(
        _("matter"),
        max_length=160,
        validators=[validate_single_line],
        help_text=_("What the hold is for, like a case number."),
    )
    reason = models.TextField(_("reason"), blank=True)
    organization = models.ForeignKey(Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    starts_on = models.DateField(_("records from"), null=True, blank=True)
    ends_on = models.DateField(_("records until"), null=True, blank=True)
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
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        constraints = [
            date_order_constraint("starts_on", "ends_on", "legal_hold_end_after_start"),
            models.CheckConstraint(
                condition=Q(organization__isnull=False)
                | Q(body__isnull=False)
                | Q(person__isnull=False)
                | Q(starts_on__isnull=False)
                | Q(ends_on__isnull=False),
                name="legal_hold_has_scope",
                violation_error_message=_("Enter an organization, a body, a person, or a period."),
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="legal_hold_lifted_by_person",
            ),
        ]

    def __str__(self) -> str:
        return self.matter
