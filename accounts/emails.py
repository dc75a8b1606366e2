"""Emails about an account. They are rendered from the stored event when they are sent."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person, SecurityEvent
from accounts.rules import SecurityEventKind
from core.dates import format_date, format_time, timezone_abbreviation
from mail.messages import Message, Skip, render
from mail.models import Delivery


def compose_account_notice(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """Return the email that tells a person what changed about their sign-in, and what to do if it wasn't them."""
    event = SecurityEvent.objects.select_related("actor", "person").get(pk=int(delivery.subject_ref))
    kind = SecurityEventKind(event.kind)
    if event.person is None or kind.notice is None:
        return Skip(_("This event does not change how an account is opened."))
    # The receiver at the old address can no longer reset the account's password.
    can_reset = kind != SecurityEventKind.ADDRESS_CHANGED
    text, html = render(
        "accounts/mail/account_notice",
        {
            "news": str(kind.notice),
            "own": event.actor == event.person,
            "facts": _facts(event, event.person, now),
            "can_reset": can_reset,
            "url": settings.SITE_URL + reverse("account_reset_password") if can_reset else "",
            "act": _("Choose a new password"),
            "why": _("You're receiving this because how you sign in to your account changed."),
            "how": _("We send this to everyone for their security. You can't turn it off."),
        },
    )
    return Message(str(kind.notice), text, html)


def _facts(event: SecurityEvent, person: Person, now: dt.datetime) -> list[tuple[str, str]]:
    local = event.at.astimezone(person.zone)
    at = _("%(date)s, %(time)s %(zone)s") % {
        "date": format_date(local.date(), timezone.localdate(now)),
        "time": format_time(local),
        "zone": timezone_abbreviation(local),
    }
    facts = [(_("When"), at), (_("Account"), person.email)]
    if event.detail:
        facts.append((_("Detail"), event.detail[:1].upper() + event.detail[1:]))
    if event.actor != person:
        facts.append((_("Changed by"), _("Workgroup staff")))
    return facts
