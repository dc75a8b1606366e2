"""Organizations, which are the members of the Workgroup, their sectors, and their former names."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, choices_constraint, date_order_constraint, not_ended
from core.validators import validate_single_line
from members.rules import Basis, OrganizationStatus, Participation, Region


class Sector(models.Model):
    """A kind of organization, such as "state agency"."""

    slug = models.SlugField(unique=True, max_length=60)
    name = models.CharField(_("name"), max_length=80, unique=True, validators=[validate_single_line])

    class Meta:
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def public(self) -> "OrganizationQuerySet":
        """Return the organizations that visitors may see: marked public by staff, and not merged into another."""
        return self.filter(is_public=True, merged_into=None)

    def active(self) -> "OrganizationQuerySet":
        """Return the active members."""
        return self.filter(status=OrganizationStatus.ACTIVE, merged_into=None)

    def standing(self) -> "OrganizationQuerySet":
        """Return the organizations that were not merged into another."""
        return self.filter(merged_into=None)

    def merged(self, key: str) -> "OrganizationQuerySet":
        """Return the duplicate with this key that was merged into another organization, if there is one."""
        return self.filter(key=key).exclude(merged_into=None)


class Organization(Versioned):
    """An organization, which is the member; people represent it."""

    key = models.SlugField(
        max_length=80, unique=True, help_text=_("Used in its web address: lowercase words joined by hyphens.")
    )
    name = models.CharField(_("name"), max_length=200, validators=[validate_single_line])
    acronym = models.CharField(_("acronym"), max_length=30, blank=True, validators=[validate_single_line])
    sector = models.ForeignKey(Sector, verbose_name=_("sector"), on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120, blank=True, validators=[validate_single_line])
    region = models.CharField(_("region"), max_length=20, choices=Region.choices, blank=True)
    website = WebAddressField(_("website"), blank=True)
    work = models.TextField(_("what it does"), blank=True)
    status = models.CharField(
        _("status"), max_length=20, choices=OrganizationStatus.choices, default=OrganizationStatus.PROSPECTIVE
    )
    status_since_on = models.DateField(_("since"), null=True, blank=True)
    status_reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_single_line])
    participation = models.CharField(
        _("participation"), max_length=20, choices=Participation.choices, default=Participation.WORKGROUP
    )
    is_public = models.BooleanField(_("visible to the public"), default=False)
    basis = models.CharField(_("evidence of membership"), max_length=20, choices=Basis.choices, default=Basis.STAFF)
    source = models.TextField(_("source of this information"), blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    history = HistoricalRecords()

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["name"]
        constraints = [
            choices_constraint("status", OrganizationStatus, "organization_status_valid"),
            choices_constraint("participation", Participation, "organization_participation_valid"),
            models.CheckConstraint(condition=Q(region__in=["", *Region.values]), name="organization_region_valid"),
            choices_constraint("basis", Basis, "organization_basis_valid"),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="organization_not_merged_into_itself"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_name(self) -> str:
        """The acronym, or the name if there is none."""
        return self.acronym or self.name

    @property
    def is_sample(self) -> bool:
        """Whether the organization is listed as an example, and is not known to be a member."""
        return self.basis == Basis.SAMPLE

    @property
    def status_tone(self) -> str:
        """The tone of the status badge."""
        return OrganizationStatus(self.status).tone


class FormerName(Versioned):
    """A name that an organization had before, or the name of a duplicate that was merged into it."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField(_("name"), max_length=200, validators=[validate_single_line])
    until_on = models.DateField(_("until"), null=True, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        ordering = ["-until_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                name="unique_former_name_per_organization",
                violation_error_message=_("This former name is already listed."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class OrganizationStatusPeriodQuerySet(models.QuerySet["OrganizationStatusPeriod"]):
    def covering_day(self, on: dt.date) -> "OrganizationStatusPeriodQuerySet":
        """Return the periods that hold on a day, at most one for each organization.

        The last day of a period is the day before `ended_on`; a period without a start holds since always.
        """
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=on), not_ended(on, "ended_on"))


class OrganizationStatusPeriod(Versioned):
    """A status of an organization from a day on, until the day on which the next one began.

    The organization's own `status` fields repeat the open period, so that a list needs no join. A status that was
    replaced from its first day on, or from an earlier one, ends on the day it began: it holds on no day.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="status_periods")
    status = models.CharField(max_length=20, choices=OrganizationStatus.choices)
    starts_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    status_reason = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OrganizationStatusPeriodQuerySet.as_manager()

    class Meta:
        ordering = ["organization", "id"]
        constraints = [
            choices_constraint("status", OrganizationStatus, "status_period_status_valid"),
            date_order_constraint("starts_on", "ended_on", "status_period_end_after_start"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(ended_on=None),
                name="unique_open_status_period_per_organization",
                violation_error_message=_("This organization already has a current status. Change that one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}, {self.get_status_display()}"
