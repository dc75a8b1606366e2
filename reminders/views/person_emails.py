"""What is sent to one person next, as the person will read it, and what was sent."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import impersonating_staff
from accounts.models import Person
from mail.models import Delivery
from reminders.previews import email_previews
from reminders.queries import kind_label

_MAX_SENT = 10
_MAX_UPCOMING = 20


@require_safe
def person_emails(request: HttpRequest, pk: int) -> HttpResponse:
    """For staff, also while they look at the portal as this person."""
    impersonating_staff(request)
    person = get_object_or_404(Person, pk=pk)
    if getattr(request, "viewer", None) is not None and request.user != person:
        raise Http404
    sent = Delivery.objects.filter(person=person).order_by("-created_at", "-id")[:_MAX_SENT]
    context = {
        "person": person,
        "upcoming": email_previews(person, timezone.now(), _MAX_UPCOMING),
        "sent": [(row, kind_label(row.kind)) for row in sent],
        "links": getattr(request, "viewer", None) is None,
    }
    return render(request, "reminders/person_emails.html", context)
