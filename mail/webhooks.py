"""Where a mail service tells what came back (django-anymail). These addresses exist only with a secret set.

The service signs in by the secret, as anymail asks of it; whatever it says ends in one operation.
"""

from typing import Any

import anymail.urls
from anymail.signals import AnymailTrackingEvent, EventType, tracking
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.urls import URLPattern
from django.utils import timezone

from mail.bouncing import Bounce, record_bounce

app_name = "anymail"
# Only what tracks mail: nothing takes mail in by this way.
urlpatterns: list[URLPattern] = [pattern for pattern in anymail.urls.urlpatterns if "tracking" in str(pattern.pattern)]
for _pattern in urlpatterns:
    _pattern.callback = login_not_required(_pattern.callback)

_FINAL = (EventType.BOUNCED, EventType.REJECTED, EventType.COMPLAINED)


@receiver(tracking, dispatch_uid="mail.bounce")
def handle_tracking_event(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Write down what came back, and nothing of who opened or read what."""
    if event.event_type not in (*_FINAL, EventType.FAILED) or not event.recipient:
        return
    code = " ".join(filter(None, (event.event_type, event.reject_reason, event.mta_response or event.description)))
    bounce = Bounce(event.recipient.strip().lower(), " ".join(code.split())[:300], is_final=event.event_type in _FINAL)
    record_bounce(bounce, timezone.now())
