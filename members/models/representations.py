"""Who represents an organization."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.dates import site_today
from core.models import Versioned, choices_constraint, date_order_constraint, in_force
from core.validators import validate_single_line
from members import rules
from members.models.organizations import Organization
from members.rules import RepresentationKind


class RepresentationQuerySet(models.QuerySet["Representation"]):
    def current(self, on: dt.date | None = None) -> "RepresentationQuerySet":
        """Return those that have started and not ended on a day, today in the site's time zone unless given.

        The planned end does not count: after it a representation goes on until it is ended.
        """
        return self.filter(in_force(on or site_today()))

    def with_rights(self, on: dt.date | None = None) -> "RepresentationQuerySet":
        """Return the current ones of a kind that has rights, at an organization whose people have them."""
        return self.current(on).filter(
            kind__in=rules.KINDS_WITH_RIGHTS,
            organization__status__in=rules.STATUSES_WITH_RIGHTS,
            organization__merged_into=None,
        )


class Representation(Versioned):
    """A person who represents an organization, named by it in writing."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="representations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="representations")
    kind = models.CharField(_("role"), max_length=20, choices=RepresentationKind.choices)
    starts_on = models.DateField(_("start date"))
    planned_end_on = models.DateField(_("planned end date"), null=True, blank=True)
    ended_on = models.DateField(_("end date"), null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=300, blank=True, validators=[validate_single_line])
    history = HistoricalRecords()

    objects = RepresentationQuerySet.as_manager()

    class Meta:
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        ordering = ["organization", "kind", "starts_on"]
        constraints = [
            choices_constraint("kind", RepresentationKind, "representation_kind_valid"),
            date_order_constraint("starts_on", "planned_end_on", "representation_planned_end_after_start"),
            date_order_constraint("starts_on", "ended_on", "representation_end_after_start"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(kind=RepresentationKind.PRIMARY, ended_on=None),
                name="unique_current_primary_per_organization",
                violation_error_message=_(
                    "This organization already has a primary representative. End that representation first."
                ),
            ),
            models.UniqueConstraint(
                fields=["organization", "person"],
                condition=Q(ended_on=None),
                name="unique_current_representation_per_person_and_organization",
                violation_error_message=_("This person already represents the organization."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(person)s, %(role)s of %(organization)s") % {
            "person": self.person.name,
            "role": self.get_kind_display(),
            "organization": self.organization.short_name,
        }
