"""What staff entered on behalf of others."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.models import choices_constraint
from members.rules import ContactChannel


class ActOnBehalf(models.Model):
    """An entry that staff made for a person who told them outside the portal. Rows are added, never changed."""

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    how = models.CharField(max_length=20, choices=ContactChannel.choices)
    at = models.DateTimeField()
    what = models.CharField(max_length=300)
    # The row that was changed and its new version, so that a later change by the person themselves is told apart.
    model = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("entry on behalf of a member")
        verbose_name_plural = _("entries on behalf of members")
        ordering = ["-at", "-id"]
        constraints = [choices_constraint("how", ContactChannel, "act_on_behalf_how_valid")]
        indexes = [models.Index(fields=["model", "row_id"], name="act_on_behalf_row")]

    def __str__(self) -> str:
        return gettext("%(what)s, for %(name)s") % {"what": self.what, "name": self.person.name}

    @property
    def channel_label(self) -> str:
        """How the person told staff, to be used in a sentence: "by phone"."""
        return str(ContactChannel(self.how).in_sentence)
