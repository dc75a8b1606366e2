"""Invitations that were not answered."""

import datetime as dt

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.dates import format_date, format_relative_date, local_today
from members.models import Invitation
from members.tokens import token_of
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.subjects.follow_ups.base import FollowUp, FollowUpData, FollowUpType, Recipient

# How many days an invitation has before it is followed up.
_GRACE_PERIOD = dt.timedelta(days=3)
# How long staff see an invitation that expired without an answer.
_SHOWN_AFTER_EXPIRY = dt.timedelta(days=60)


class UnansweredInvitations(FollowUpType):
    slug = "invitation"
    label = _("Unanswered invitations")

    def find(self, data: FollowUpData) -> list[FollowUp]:
        newer = Invitation.objects.filter(
            organization=OuterRef("organization"), email=OuterRef("email"), sent_at__gt=OuterRef("sent_at")
        )
        rows = Invitation.objects.filter(
            ~Exists(newer),
            accepted_at=None,
            revoked_at=None,
            sent_at__lte=data.now - _GRACE_PERIOD,
            expires_at__gt=data.now - _SHOWN_AFTER_EXPIRY,
        )
        rows = rows.select_related("organization", "invited_by").order_by("sent_at")
        return [self._follow_up(row, data) for row in rows]

    def _follow_up(self, row: Invitation, data: FollowUpData) -> FollowUp:
        sent, until = (local_today(moment) for moment in (row.sent_at, row.expires_at))
        is_open = row.expires_at > data.now
        text = gettext("%(organization)s · sent %(sent)s · expires %(day)s")
        if not is_open:
            text = gettext("%(organization)s · sent %(sent)s · expired: send it again")
        facts = text % {
            "organization": row.organization.short_name,
            "sent": format_relative_date(sent, data.today),
            "day": format_date(until, data.today),
        }
        invited = [Recipient(row.name, row.email, None, row.email in data.blocked)] if is_open else []
        url = reverse("members:invitations") + ("?state=pending" if is_open else "?state=expired")
        return FollowUp(self, row.pk, f"{row.name}, {row.email}", facts, url, invited, row)

    def section(self, follow_up: FollowUp, recipient: Recipient, today: dt.date) -> EmailSection:
        invitation: Invitation = follow_up.subject
        organization = invitation.organization
        until = format_date(local_today(invitation.expires_at), today)
        token = token_of(invitation)
        values = {
            "organization": organization.name,
            "short_name": organization.short_name,
            "until": until,
            "inviter": invitation.invited_by.name,
        }
        return EmailSection(
            subject=gettext("Reminder: your invitation to represent %(short_name)s expires %(until)s") % values,
            title=organization.name,
            call_to_action=gettext("You're invited to represent %(organization)s. Please accept by %(until)s.")
            % values,
            facts=[
                (gettext("Organization"), organization.name),
                (gettext("Your role"), invitation.get_kind_display()),
                (gettext("Your email address"), invitation.email),
                (gettext("Accept by"), until),
            ],
            why=gettext("You're receiving this because %(inviter)s invited this address for %(organization)s.")
            % values,
            button=ActionButton(
                gettext("Accept the invitation"), page_url("members:accept_invitation", token or "expired")
            ),
        )
