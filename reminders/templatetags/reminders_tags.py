"""How pages show the outcome of an email."""

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.templatetags.ui import badge
from mail.models import Attempt, Delivery
from mail.rules import DeliveryState
from reminders.models import Reminder
from reminders.queries import pauses_in_force

register = template.Library()
_TONES: dict[str, str] = {
    DeliveryState.PENDING: "neutral",
    DeliveryState.CLAIMED: "info",
    DeliveryState.RETRY: "warn",
    DeliveryState.SENT: "good",
    DeliveryState.SKIPPED: "neutral",
    DeliveryState.EXPIRED: "stale",
    DeliveryState.FAILED: "bad",
    DeliveryState.UNKNOWN: "warn",
}
_OUTCOMES = {
    "sent": _("accepted by the mail server"),
    "down": _("mail server unavailable (not counted as an attempt)"),
    "later": _("deferred by the mail server"),
    "refused": _("rejected by the mail server"),
    "unsure": _("no clear response (it may have arrived)"),
    "resend": _("queued again"),
    "bounced": _("bounced"),
}


@register.inclusion_tag("reminders/pause_banner.html")
def pause_banner() -> dict[str, object]:
    """Show what staff have paused, which explains why no email is sent. One query."""
    return {"pauses": pauses_in_force()}


@register.simple_tag
def reminder_badge(reminder: Reminder) -> SafeString:
    """Return the outcome of a reminder as a badge."""
    return badge(reminder.get_state_display(), _TONES.get(reminder.state, "neutral"))


@register.simple_tag
def delivery_badge(delivery: Delivery) -> SafeString:
    """Return the state of a delivery as a badge."""
    return badge(delivery.get_state_display(), _TONES[delivery.state])


@register.simple_tag
def outcome_label(attempt: Attempt) -> str:
    """Return the label of the outcome of one attempt."""
    return str(_OUTCOMES.get(attempt.outcome, attempt.outcome))
