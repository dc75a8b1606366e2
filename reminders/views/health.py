"""Whether the portal is alive and whether it is ready.

Plain views: django-health-check answers 500 where a balancer wants 503, runs its checks in threads with database
connections of their own, and knows neither of the two checks that matter here.
"""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reminders.queries import clock_state


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: the database answers and the scheduler runs; the age of the oldest due email, in seconds."""
    now = timezone.now()
    try:
        connection.ensure_connection()
        clock = clock_state(now)
    except Error:
        return JsonResponse({"ready": False, "database": "unreachable"}, status=503)
    return JsonResponse(
        {
            "ready": clock.is_beating and not clock.held,
            "database": "ok",
            "heartbeat_age": round((now - clock.beat_at).total_seconds()) if clock.beat_at else None,
            "held": bool(clock.held),
            "oldest_due_email": round((now - clock.oldest_due_at).total_seconds()) if clock.oldest_due_at else None,
            "mail_server": "unavailable" if clock.circuit else "ok",
            "failed_emails": clock.failed,
            "unknown_emails": clock.unknown,
        },
        status=200 if clock.is_beating and not clock.held else 503,
    )
