"""Spreadsheets that staff uploaded, each with how far its import is."""

from django.conf import settings
from django.db import models

from core.models import choices_constraint
from exchange.rules import ImportState


class ImportJob(models.Model):
    """A spreadsheet that staff uploaded: its rows until it is applied or cancelled, and how far it is."""

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=ImportState.choices, default=ImportState.PREVIEW)
    # The sheets as they were read; emptied once nothing more is to be done with them.
    tables = models.JSONField(default=list, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # What was shown when somebody pressed "apply", as a fingerprint: anything else is not applied.
    confirmed = models.CharField(max_length=40, blank=True)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=500, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [choices_constraint("state", ImportState, "import_job_state_valid")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_under_way(self) -> bool:
        return self.state in (ImportState.QUEUED, ImportState.CHECKING)
