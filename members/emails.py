"""Mails of this app. The ledger asks for them at sending time, so each looks again at what it speaks of."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from core.dates import say_day
from mail.messages import Message, Skip, render
from mail.models import Delivery
from members.models import Invitation
from members.operations.invitations import delivery_key
from members.queries import invitation_case
from members.rules import InvitationCase
from members.tokens import token_of


def compose_invitation(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """The mail with the invitation's link, or why it should no longer go."""
    invitation = Invitation.objects.select_related("organization", "invited_by").get(pk=int(delivery.subject_ref))
    if delivery.key != delivery_key(invitation):
        return Skip("A newer invitation took the place of this one.")
    case = invitation_case(invitation, None, now)
    if case not in (InvitationCase.FRESH, InvitationCase.KNOWN):
        return Skip(f"{case.label}.")
    token = token_of(invitation)
    if token is None:
        return Skip("The secret key has changed since. Send the invitation again.")
    until = say_day(timezone.localdate(invitation.expires_at), timezone.localdate(now))
    organization = invitation.organization
    text, html = render(
        "members/mail/invitation",
        {
            "invitation": invitation,
            "organization": organization,
            "kind": invitation.get_kind_display().lower(),
            "is_known": case == InvitationCase.KNOWN,
            "until": until,
            "url": settings.SITE_URL + reverse("members:accept_invitation", args=[token]),
            "act": "Accept the invitation",
            "facts": [
                ("Organization", organization.name),
                ("Your part", invitation.get_kind_display()),
                ("Your address", invitation.email),
                ("Answer by", until),
            ],
            "why": f"{invitation.invited_by.name} invited this address for {organization.name}.",
            "how": "If you did not expect this, do nothing: no account is made unless you accept.",
        },
    )
    return Message(f"Represent {organization.short_name}: accept by {until}", text, html)
