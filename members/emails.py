"""Emails of this app: invitations, and answers to requests to join. They are rendered when they are sent."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from core.dates import format_date
from mail.messages import Message, Skip, render
from mail.models import Delivery
from members.models import Invitation, JoinRequest, Representation
from members.queries.invitations import invitation_link_status
from members.rules import INVITATION_DAYS, InvitationLinkStatus, JoinRequestState
from members.tokens import token_of


def compose_invitation(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """Return the email with the invitation's link, or the reason not to send it."""
    invitation = Invitation.objects.select_related("organization", "invited_by").get(pk=int(delivery.subject_ref))
    if delivery.key != invitation.delivery_key:
        return Skip(_("A newer link was sent for this invitation."))
    status = invitation_link_status(invitation, None, now)
    if not status.is_open:
        return Skip(str(status.label))
    token = token_of(invitation)
    if token is None:
        return Skip(_("The secret key has changed since then. Send the invitation again."))
    url = settings.SITE_URL + reverse("members:accept_invitation", args=[token])
    return _invitation_email(invitation, url, status == InvitationLinkStatus.KNOWN, now)


def preview_invitation(representation: Representation, actor: Person, now: dt.datetime) -> Message:
    """Return the email that the person would get if `actor` invited them now. Its link does not work."""
    invitation = Invitation(
        organization=representation.organization,
        kind=representation.kind,
        email=representation.person.email,
        name=representation.person.name,
        invited_by=actor,
        expires_at=now + dt.timedelta(days=INVITATION_DAYS),
    )
    url = settings.SITE_URL + reverse("members:accept_invitation", args=["a-link-for-each-person"])
    return _invitation_email(invitation, url, False, now)


def _invitation_email(invitation: Invitation, url: str, is_known: bool, now: dt.datetime) -> Message:
    until = format_date(timezone.localdate(invitation.expires_at), timezone.localdate(now))
    organization = invitation.organization
    why = _("You're receiving this because %(person)s invited you to represent %(organization)s.")
    text, html = render(
        "members/mail/invitation",
        {
            "invitation": invitation,
            "organization": organization,
            "kind": invitation.get_kind_display().lower(),
            "is_known": is_known,
            "until": until,
            "url": url,
            "act": _("Accept the invitation"),
            "facts": [
                (_("Organization"), organization.name),
                (_("Your role"), invitation.get_kind_display()),
                (_("Your email"), invitation.email),
                (_("Respond by"), until),
            ],
            "why": why % {"person": invitation.invited_by.name, "organization": organization.name},
            "how": _("Not expecting this? Ignore it. No account is created unless you accept."),
        },
    )
    subject = _("Invitation: represent %(organization)s on the Workgroup")
    return Message(subject % {"organization": organization.name}, text, html)


def compose_join_answer(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """Return the email with the answer to a request to join, or the reason not to send it."""
    request = JoinRequest.objects.select_related("organization", "answered_by").get(pk=int(delivery.subject_ref))
    organization = request.organization
    is_accepted = request.state == JoinRequestState.ACCEPTED
    if not is_accepted and request.state != JoinRequestState.DECLINED:
        return Skip(_("The request is waiting for an answer again."))
    name = organization.name if organization else request.organization_name
    is_invited = organization is not None and organization.invitations.pending(now).filter(email=request.email).exists()
    text, html = render(
        "members/mail/join_answer",
        {
            "request": request,
            "name": name,
            "is_accepted": is_accepted,
            "is_invited": is_invited,
            "url": settings.SITE_URL + reverse("overview:workgroup"),
            "act": _("Learn about the Workgroup"),
            "facts": [
                (_("Organization"), name),
                (_("Requested on"), format_date(timezone.localdate(request.asked_at), timezone.localdate(now))),
                (_("Answer"), request.get_state_display()),
            ],
            "why": _("You're receiving this because you asked for %(name)s to join.") % {"name": name},
            "how": _("This answers your request. It does not sign you up for anything else."),
        },
    )
    subject = _("Request to join accepted: %(name)s") if is_accepted else _("Request to join not accepted: %(name)s")
    return Message(subject % {"name": name}, text, html)
