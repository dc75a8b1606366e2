"""What staff entered for others; rows are only ever added."""

from django.conf import settings
from django.db import models

from core.models import choices_constraint
from members.rules import ContactChannel


class ActOnBehalf(models.Model):
    """Something that staff entered for a person who said it outside the portal; rows are only ever added."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=20, choices=ContactChannel.choices)
    at = models.DateTimeField()
    what = models.CharField(max_length=300)
    # The row that it changed, and the version that came of it: a later change by somebody's own hand is told apart.
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "acts on behalf"
        ordering = ["-at", "-id"]
        constraints = [choices_constraint("how", ContactChannel, "act_on_behalf_how_valid")]
        indexes = [models.Index(fields=["model", "row_id"], name="act_on_behalf_row")]

    def __str__(self) -> str:
        return f"{self.what}, for {self.person}"

    @property
    def said(self) -> str:
        """How it was told, as the end of a sentence: "by phone"."""
        return ContactChannel(self.how).label.lower()
