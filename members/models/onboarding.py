"""How organizations and people join: invitations and requests to join."""

import datetime as dt
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from core.models import Versioned, WebAddressField, choices_constraint
from core.validators import validate_single_line
from mail.models import Delivery
from members import rules
from members.models.organizations import Organization, Sector
from members.rules import InvitationState, JoinRequestState, Participation, RepresentationKind


def new_nonce() -> str:
    """Return a random string from which, with the secret key, an invitation's token is derived."""
    return secrets.token_hex(16)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def pending(self, now: dt.datetime) -> "InvitationQuerySet":
        """Return the invitations that can still be accepted at `now`, unless something else prevents it."""
        return self.filter(accepted_at=None, revoked_at=None, expires_at__gt=now)


class Invitation(Versioned):
    """An invitation to one address to represent one organization. Its token is stored only as a hash."""

    # The email with the current link, set by `queries.invitations.with_deliveries`.
    delivery: Delivery | None

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitations")
    kind = models.CharField(
        _("role"),
        max_length=20,
        choices=[choice for choice in RepresentationKind.choices if choice[0] in rules.KINDS_WITH_RIGHTS],
    )
    email = models.EmailField(_("email"))
    name = models.CharField(_("name"), max_length=120, validators=[validate_single_line])
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
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at"]
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="invitation_email_lower_case"),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(revoked_at=None), name="invitation_not_both_accepted_and_revoked"
            ),
        ]

    def __str__(self) -> str:
        return gettext("%(email)s for %(organization)s") % {
            "email": self.email,
            "organization": self.organization.short_name,
        }

    @property
    def delivery_key(self) -> str:
        """The key of the email with the current link in the email log."""
        return f"invitation:{self.pk}:{self.token_hash[:16]}"

    def state(self, now: dt.datetime) -> InvitationState:
        """Return the invitation's state at `now`."""
        if self.accepted_at:
            return InvitationState.ACCEPTED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= now else InvitationState.PENDING


class JoinRequest(Versioned):
    """A request for an organization to join, and the answer of staff."""

    organization_name = models.CharField(_("organization"), max_length=200, validators=[validate_single_line])
    acronym = models.CharField(_("acronym"), max_length=30, blank=True, validators=[validate_single_line])
    sector = models.ForeignKey(Sector, verbose_name=_("sector"), on_delete=models.PROTECT, related_name="+")
    jurisdiction = models.CharField(_("jurisdiction"), max_length=120, blank=True, validators=[validate_single_line])
    website = WebAddressField(_("website"), blank=True)
    participation = models.CharField(
        _("participation"), max_length=20, choices=Participation.choices, default=Participation.WORKGROUP
    )
    reason = models.TextField(_("reason for joining"), max_length=2000)
    name = models.CharField(_("your name"), max_length=120, validators=[validate_single_line])
    email = models.EmailField(_("your email"))
    position = models.CharField(_("your position"), max_length=160, blank=True, validators=[validate_single_line])
    phone = models.CharField(_("your phone"), max_length=40, blank=True, validators=[validate_single_line])
    asked_at = models.DateTimeField()
    state = models.CharField(
        _("status"), max_length=20, choices=JoinRequestState.choices, default=JoinRequestState.WAITING
    )
    # The organization that was added for an accepted request, or that was already listed.
    organization = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="join_requests"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(_("response"), max_length=2000, blank=True)
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("request to join")
        verbose_name_plural = _("requests to join")
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
        return gettext("Request of %(name)s") % {"name": self.organization_name}

    @property
    def state_tone(self) -> str:
        """The tone of the state's badge."""
        return JoinRequestState(self.state).tone
