"""Mails about an account. The ledger asks for them at sending time."""

import datetime as dt

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import SecurityEvent
from accounts.rules import SecurityEventKind
from core.dates import format_date, format_time, timezone_abbreviation
from mail.messages import Message, Skip, render
from mail.models import Delivery

_NEWS = {
    SecurityEventKind.PASSWORD_CHANGED: "Your password was changed",
    SecurityEventKind.FACTOR_ADDED: "A second step was added to your sign-in",
    SecurityEventKind.FACTOR_REMOVED: "A second step was removed from your sign-in",
    SecurityEventKind.RECOVERY_CODES_MADE: "New recovery codes were made for your account",
    SecurityEventKind.SIGN_ON_LINKED: "Single sign-on now opens your account",
    SecurityEventKind.SIGN_ON_UNLINKED: "Single sign-on no longer opens your account",
    SecurityEventKind.ADDRESS_CHANGED: "The e-mail address of your account was changed",
}


def compose_account_notice(delivery: Delivery, now: dt.datetime) -> Message | Skip:
    """What changed about the ways into somebody's account, and what to do if they did not do it."""
    event = SecurityEvent.objects.select_related("actor", "person").get(pk=int(delivery.subject_ref))
    if event.person is None:
        return Skip("This event is about nobody's account.")
    local = event.at.astimezone(event.person.zone)
    news = _NEWS[SecurityEventKind(event.kind)]
    own = event.actor == event.person
    # Whoever reads this under the old address has no account to reset there.
    can_reset = event.kind != SecurityEventKind.ADDRESS_CHANGED
    facts = [
        (
            "When",
            f"{format_date(local.date(), timezone.localdate(now))}, {format_time(local)} {timezone_abbreviation(local)}",
        ),
        ("Account", event.person.email),
    ]
    if event.detail:
        facts.append(("What", event.detail.capitalize()))
    if not own:
        facts.append(("By", "Workgroup staff"))
    text, html = render(
        "accounts/mail/account_notice",
        {
            "news": news,
            "own": own,
            "facts": facts,
            "can_reset": can_reset,
            "url": settings.SITE_URL + reverse("account_reset_password") if can_reset else "",
            "act": "Choose a new password",
            "why": "You get this because the ways into your account changed.",
            "how": "Everybody gets such mail, and it cannot be switched off.",
        },
    )
    return Message(news, text, html)
