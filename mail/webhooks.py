"""Webhooks for bounces from an email service (django-anymail). They exist only if a secret is set.

The service authenticates with the secret, as anymail requires. Every event leads to one operation.
"""

from typing import Any

import anymail.urls
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.urls import URLPattern
from django.utils import timezone

from mail.bounces import Bounce, record_bounce

app_name = "anymail"
# Only tracking events. Inbound email is not accepted here.
urlpatterns: list[URLPattern] = [pattern for pattern in anymail.urls.urlpatterns if "tracking" in str(pattern.pattern)]
for _pattern in urlpatterns:
    _pattern.callback = login_not_required(_pattern.callback)

_PERMANENT = (EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED)


@receiver(tracking, dispatch_uid="mail.bounce")
def handle_tracking_event(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Record a bounce. Events of opened or clicked emails are ignored."""
    if event.event_type not in (*_PERMANENT, EventType.FAILED) or not event.recipient:
        return
    code = " ".join(filter(None, (event.event_type, event.reject_reason, event.mta_response or event.description)))
    bounce = Bounce(
        event.recipient.strip().lower(), " ".join(code.split())[:300], is_final=event.event_type in _PERMANENT
    )
    record_bounce(bounce, timezone.now())
