"""Proposed changes to an organization's information."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, choices_constraint
from members.models.organizations import Organization
from members.rules import ProposalState


class Proposal(Versioned):
    """Changes to an organization's public information that its primary or alternate asks staff to accept."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="proposals")
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    values = models.JSONField(default=dict, blank=True, help_text="Field name to proposed value.")
    seen = models.JSONField(default=dict, blank=True, help_text="Field name to the value that the proposer saw.")
    people_note = models.TextField(
        _("changes among its people"),
        blank=True,
        help_text=_("New people, people who left, and changed contact information."),
    )
    note = models.TextField(_("note"), blank=True)
    state = models.CharField(_("status"), max_length=20, choices=ProposalState.choices, default=ProposalState.OPEN)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("response"), blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["proposed_at"]
        constraints = [
            choices_constraint("state", ProposalState, "proposal_state_valid"),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(state=ProposalState.OPEN),
                name="unique_open_proposal_per_organization",
                violation_error_message=_("This organization already has a proposal that is waiting for staff."),
            ),
        ]

    def __str__(self) -> str:
        return gettext("Proposal for %(name)s") % {"name": self.organization.short_name}

    @property
    def state_tone(self) -> str:
        """The tone of the state's badge."""
        return ProposalState(self.state).tone
