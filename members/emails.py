"""Mails of this app. The ledger asks for them at sending time, so each looks again at what it speaks of."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from core.dates import format_date
from mail.messages import Message, Skip, render
from mail.models import Delivery
from members.models import Invitation, JoinRequest, Representation
from members.queries import invitation_case
from members.rules import INVITATION_DAYS, InvitationLinkStatus, JoinRequestState
from members.tokens import token_of


def compose_invitation(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """The mail with the invitation's link, or why it should no longer go."""
    invitation = Invitation.objects.select_related("organization", "invited_by").get(pk=int(delivery.subject_ref))
    if delivery.key != invitation.delivery_key:
        return Skip("A newer invitation took the place of this one.")
    case = invitation_case(invitation, None, now)
    if case not in (InvitationLinkStatus.FRESH, InvitationLinkStatus.KNOWN):
        return Skip(f"{case.label}.")
    token = token_of(invitation)
    if token is None:
        return Skip("The secret key has changed since. Send the invitation again.")
    url = settings.SITE_URL + reverse("members:accept_invitation", args=[token])
    return _invitation(invitation, url, case == InvitationLinkStatus.KNOWN, now)


def invitation_ahead(representation: Representation, actor: Person, now: dt.datetime) -> Message:
    """The mail as the person would get it if `actor` invited them now; the link in it is none yet."""
    invitation = Invitation(
        organization=representation.organization,
        kind=representation.kind,
        email=representation.person.email,
        name=representation.person.name,
        invited_by=actor,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
    )
    url = settings.SITE_URL + reverse("members:accept_invitation", args=["a-link-for-each-person"])
    return _invitation(invitation, url, False, now)


def _invitation(invitation: Invitation, url: str, is_known: bool, now: dt.datetime) -> Message:
    until = format_date(timezone.localdate(invitation.expires_at), timezone.localdate(now))
    organization = invitation.organization
    text, html = render(
        "members/mail/invitation",
        {
            "invitation": invitation,
            "organization": organization,
            "kind": invitation.get_kind_display().lower(),
            "is_known": is_known,
            "until": until,
            "url": url,
            "act": "Accept the invitation",
            "facts": [
                ("Organization", organization.name),
                ("Your part", invitation.get_kind_display()),
                ("Your address", invitation.email),
                ("Answer by", until),
            ],
            "why": f"You get this because {invitation.invited_by.name} invited this address for {organization.name}.",
            "how": "If you did not expect this, do nothing: no account is made unless you accept.",
        },
    )
    return Message(f"Represent {organization.short_name}: accept by {until}", text, html)


def compose_join_answer(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """What staff answered to a request to join, or why it should not go."""
    request = JoinRequest.objects.select_related("organization", "answered_by").get(pk=int(delivery.subject_ref))
    organization = request.organization
    is_accepted = request.state == JoinRequestState.ACCEPTED
    if not is_accepted and request.state != JoinRequestState.DECLINED:
        return Skip("The request waits for an answer.")
    name = organization.name if organization else request.organization_name
    invited = organization is not None and organization.invitations.pending(now).filter(email=request.email).exists()
    workgroup_page = settings.SITE_URL + reverse("overview:workgroup")
    text, html = render(
        "members/mail/join_answer",
        {
            "request": request,
            "name": name,
            "is_accepted": is_accepted,
            "is_invited": invited,
            "url": workgroup_page,
            "act": "Read about the Workgroup",
            "facts": [
                ("Organization", name),
                ("Asked on", format_date(timezone.localdate(request.asked_at), timezone.localdate(now))),
                ("Answer", request.get_state_display()),
            ],
            "why": f"You get this because a request for {name} to join came from this address.",
            "how": "This is the answer to that request. It signs you up for nothing else.",
        },
    )
    said = "accepted" if is_accepted else "not accepted"
    return Message(f"Your request for {name} to join: {said}", text, html)
