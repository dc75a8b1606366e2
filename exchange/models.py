"""The spreadsheets that staff uploaded, with the state of each import."""

from django.conf import settings
from django.db import models

from core.models import choices_constraint
from exchange.rules import ImportState


class ImportJob(models.Model):
    """An uploaded spreadsheet: its rows until they are applied or the import is canceled, and its progress."""

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    state = models.CharField(max_length=20, choices=ImportState.choices, default=ImportState.PREVIEW)
    # The sheets as they were read. Emptied when the import has ended.
    tables = models.JSONField(default=list, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The fingerprint of the preview that was confirmed, and the language of its texts. Nothing else is applied.
    confirmed = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=20, blank=True)
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
        """Whether the import is waiting for the worker or being processed."""
        return self.state in (ImportState.QUEUED, ImportState.CHECKING)

    @property
    def state_tone(self) -> str:
        """The tone of the badge of its state."""
        return ImportState(self.state).tone
