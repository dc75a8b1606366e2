"""The yearly confirmation of an organization's information: the request and the answer."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned
from core.validators import validate_single_line
from members import rules
from members.models.organizations import Organization
from members.models.proposals import Proposal
from members.rules import ConfirmationStage, ConfirmedVia


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    def open(self) -> "ConfirmationQuerySet":
        """Return the requests that were neither answered nor canceled."""
        return self.filter(confirmed_at=None, lapsed_on=None)

    def answered(self) -> "ConfirmationQuerySet":
        """Return the answers, requested or not."""
        return self.exclude(confirmed_at=None)


class Confirmation(Versioned):
    """The yearly request to an organization to confirm its information, and the answer.

    An answer without a request is stored here too; it has no `asked_at`.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="confirmations")
    period = models.PositiveSmallIntegerField(_("year"))
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    via = models.CharField(max_length=20, choices=ConfirmedVia.choices, blank=True)
    # The proposed changes, if the answer was that something needs to change.
    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    lapsed_on = models.DateField(null=True, blank=True)
    lapse_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
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
                violation_error_message=_("This organization already has an open request."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization.short_name}, {self.period}"

    @property
    def is_open(self) -> bool:
        """Whether the request was neither answered nor canceled."""
        return self.confirmed_at is None and self.lapsed_on is None

    @property
    def asked_on(self) -> dt.date | None:
        """The date of the request in the site's time zone."""
        return timezone.localtime(self.asked_at, ZoneInfo(settings.TIME_ZONE)).date() if self.asked_at else None

    def stage(self, today: dt.date) -> ConfirmationStage | None:
        """Return how far the request has gone by `today`; None for an answer without a request."""
        return rules.confirmation_stage(self.asked_on, today) if self.asked_on else None
