"""Action items: who does what by when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from actionitems.rules import OPEN_STATUSES, ActionItemStatus
from core.models import Versioned, choices_constraint
from core.validators import validate_single_line
from meetings.models import Meeting
from members.models import Organization
from objectives.models import Objective
from taskforces.models import Body


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def open(self) -> "ActionItemQuerySet":
        """Return the items that are neither done nor canceled."""
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, today: dt.date) -> "ActionItemQuerySet":
        """Return the open items whose due date has passed."""
        return self.open().filter(due_on__lt=today)


class ActionItem(Versioned):
    """A task with a due date, owned by an organization, a person of it, or both."""

    body = models.ForeignKey(Body, verbose_name=_("body"), on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what"), max_length=300, validators=[validate_single_line])
    detail = models.TextField(_("details"), blank=True)
    owner_organization = models.ForeignKey(
        Organization,
        verbose_name=_("owner organization"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    owner_person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    due_on = models.DateField(_("due"))
    origin_meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objective = models.ForeignKey(
        Objective, verbose_name=_("objective"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(
        _("status"), max_length=20, choices=ActionItemStatus.choices, default=ActionItemStatus.OPEN
    )
    status_note = models.CharField(_("note"), max_length=300, blank=True, validators=[validate_single_line])
    done_on = models.DateField(_("done on"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on", "id"], name="action_item_due")]
        constraints = [
            choices_constraint("status", ActionItemStatus, "action_item_status_valid"),
            models.CheckConstraint(
                condition=Q(owner_organization__isnull=False) | Q(owner_person__isnull=False),
                name="action_item_has_owner",
                violation_error_message=_("Select an owner: a person, an organization, or both."),
            ),
            models.CheckConstraint(
                condition=Q(status=ActionItemStatus.DONE, done_on__isnull=False)
                | ~Q(status=ActionItemStatus.DONE) & Q(done_on=None),
                name="action_item_done_has_date",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_open(self) -> bool:
        """Return True until the item is done or canceled."""
        return self.status in OPEN_STATUSES
