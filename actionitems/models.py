"""Promises: what, by whom, by when."""

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from actionitems.rules import UNFINISHED, ItemStatus
from core.models import Versioned, in_choices
from meetings.models import Meeting
from members.models import Organization, one_line
from objectives.models import Objective
from taskforces.models import Body


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    def open(self) -> "ActionItemQuerySet":
        """Neither done nor dropped."""
        return self.filter(status__in=UNFINISHED)

    def overdue(self, today: dt.date) -> "ActionItemQuerySet":
        return self.open().filter(due_on__lt=today)


class ActionItem(Versioned):
    """A promise of an organization and a person of it."""

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="+")
    text = models.CharField("what", max_length=300, validators=[one_line])
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
    status = models.CharField(max_length=20, choices=ItemStatus.choices, default=ItemStatus.OPEN)
    status_note = models.CharField(max_length=300, blank=True, validators=[one_line])
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
            in_choices("status", ItemStatus, "action_item_status_known"),
            models.CheckConstraint(
                condition=Q(owner_organization__isnull=False) | Q(owner_person__isnull=False),
                name="action_item_has_an_owner",
                violation_error_message="Name an owner: a person, an organization, or both.",
            ),
            models.CheckConstraint(
                condition=Q(status=ItemStatus.DONE, done_on__isnull=False)
                | ~Q(status=ItemStatus.DONE) & Q(done_on=None),
                name="action_item_done_has_a_date",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED
