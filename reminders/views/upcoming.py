"""What will be sent, to whom and with which text, before it is sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from accounts.models import Person
from core.pages import paginate
from mail.models import Delivery
from reminders import previews, queries

_MAX_EMAILS, _PAGE_SIZE = 200, 100


@require_safe
@staff_only
def upcoming(request: HttpRequest) -> HttpResponse:
    """Show the emails of the next seven days as known now, by day and by person.

    Raises Http404 if the person does not exist.
    """
    number = request.GET.get("person", "")
    person = get_object_or_404(Person, pk=number) if number.isdecimal() else None
    page = paginate(request, previews.upcoming_emails(timezone.now(), person=person), _PAGE_SIZE)
    context = {"page": page, "person": person, "days": previews.group_by_day(page)}
    return render(request, "reminders/upcoming.html", context)


@require_safe
@staff_only
def upcoming_preview(request: HttpRequest, key: str) -> HttpResponse:
    """One upcoming email, as its recipient will see it if nothing changes until then."""
    now = timezone.now()
    email = next((row for row in previews.upcoming_emails(now) if row.key == key), None)
    if email is None:
        raise Http404
    context = {"email": email, "preview": previews.preview_email(email, now)}
    return render(request, "reminders/upcoming_preview.html", context)


@require_safe
@staff_only
def delivery_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """One email of the delivery log as it would be composed now."""
    row = get_object_or_404(Delivery.objects.select_related("person"), pk=pk)
    preview = previews.preview_delivery(row, timezone.now())
    context = {"row": row, "kind": queries.kind_label(row.kind), "preview": preview, "sanitized": preview.sanitized}
    return render(request, "reminders/delivery_preview.html", context)


@require_safe
@staff_only
def dry_run(request: HttpRequest) -> HttpResponse:
    """Show what a tick would send if it ran now; nothing is stored or sent."""
    rows = previews.simulate_run(timezone.now(), limit=_MAX_EMAILS)
    context = {
        "sent": [(row, preview.message) for row, preview in rows if preview.message],
        "unsent": [
            (row, queries.kind_label(row.kind), preview.skip_reason) for row, preview in rows if not preview.message
        ],
        "limit": _MAX_EMAILS if len(rows) == _MAX_EMAILS else None,
        "clock": queries.clock_state(timezone.now()),
    }
    return render(request, "reminders/dry_run.html", context)
