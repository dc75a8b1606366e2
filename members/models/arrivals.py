"""The ways in: invitations and requests to join."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, choices_constraint
from core.validators import validate_single_line
from members import rules
from members.models.organizations import Organization, Sector
from members.rules import InvitationState, JoinRequestState, Participation, RepresentationKind


def new_nonce() -> str:
    """A fresh random word from which, together with the secret key, an invitation's token is made."""
    return secrets.token_hex(16)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self, now: dt.datetime) -> "InvitationQuerySet":
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(Versioned):
    """An invitation to one address to represent one organization; its token is stored only as a hash."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(
        max_length=20,
        choices=[choice for choice in RepresentationKind.choices if choice[0] in rules.KINDS_WITH_RIGHTS],
    )
    email = models.EmailField("e-mail")
    name = models.CharField(max_length=120, validators=[validate_single_line])
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    nonce = models.CharField(max_length=32, default=new_nonce, editable=False)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    history = HistoricalRecords(excluded_fields=["token_hash", "nonce"])

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_not_both_accepted_and_revoked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.email} for {self.organization.short_name}"

    @property
    def delivery_key(self) -> str:
        """The key under which the mail with its present link stands in the ledger."""
        return f"invitation:{self.pk}:{self.token_hash[:16]}"

    def state(self, now: dt.datetime) -> InvitationState:
        """What became of it at `now`."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.PENDING


class JoinRequest(Versioned):
    """What somebody wrote who asks that their organization may join, and what staff answered."""

    organization_name = models.CharField("organization", max_length=200, validators=[validate_single_line])
    acronym = models.CharField(max_length=30, blank=True, validators=[validate_single_line])
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(max_length=120, blank=True, validators=[validate_single_line])
    website = WebAddressField(blank=True)
    participation = models.CharField(max_length=20, choices=Participation.choices, default=Participation.WORKGROUP)
    reason = models.TextField("why it wants to join", max_length=2000)
    name = models.CharField("your name", max_length=120, validators=[validate_single_line])
    email = models.EmailField("your e-mail")
    position = models.CharField("your position", max_length=160, blank=True, validators=[validate_single_line])
    phone = models.CharField("your phone", max_length=40, blank=True, validators=[validate_single_line])
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=JoinRequestState.choices, default=JoinRequestState.WAITING)
    # The organization that came of it, or the one that was there already.
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="join_requests"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(max_length=2000, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = "request to join"
        verbose_name_plural = "requests to join"
        ordering = ["asked_at", "id"]
        constraints = [
            choices_constraint("state", JoinRequestState, "join_request_state_valid"),
            choices_constraint("participation", Participation, "join_request_participation_valid"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="join_request_email_lower_case"),
            models.CheckConstraint(
                condition=~Q(state=JoinRequestState.ACCEPTED) | Q(organization__isnull=False),
                name="join_request_accepted_has_organization",
            ),
        ]

    def __str__(self) -> str:
        return f"Request of {self.organization_name}"
