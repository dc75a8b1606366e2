"""Promises: what, by whom, by when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
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
        """Neither done nor dropped."""
        return self.filter(status__in=OPEN_STATUSES)

    def overdue(self, today: dt.date) -> "ActionItemQuerySet":
        return self.open().filter(due_on__lt=today)


class ActionItem(Versioned):
    """A promise of an organization and a person of it."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("what", max_length=300, validators=[validate_single_line])
    detail = models.TextField(blank=True)
    owner_organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField("due")
    origin_meeting = models.ForeignKey(Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    objective = models.ForeignKey(Objective, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20, choices=ActionItemStatus.choices, default=ActionItemStatus.OPEN)
    status_note = models.CharField(max_length=300, blank=True, validators=[validate_single_line])
    done_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    history = HistoricalRecords()

    objects = ActionItemQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        indexes = [models.Index(fields=["due_on", "id"], name="action_item_due")]
        constraints = [
            choices_constraint("status", ActionItemStatus, "action_item_status_valid"),
            models.CheckConstraint(
                condition=Q(owner_organization__isnull=False) | Q(owner_person__isnull=False),
                name="action_item_has_an_owner",
                violation_error_message="Name an owner: a person, an organization, or both.",
            ),
            models.CheckConstraint(
                condition=Q(status=ActionItemStatus.DONE, done_on__isnull=False)
                | ~Q(status=ActionItemStatus.DONE) & Q(done_on=None),
                name="action_item_done_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_unfinished(self) -> bool:
        return self.status in OPEN_STATUSES
