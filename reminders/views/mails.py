"""What goes to one person next, as the person will read it, and what went."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import impersonating_staff
from accounts.models import Person
from mail.models import Delivery
from reminders.previews import letters
from reminders.queries import kind_label

WENT_SHOWN = 10
AHEAD_SHOWN = 20


@require_safe
def mails_of(request: HttpRequest, pk: int) -> HttpResponse:
    """For staff, also while they look at the portal as this person."""
    impersonating_staff(request)
    person = get_object_or_404(Person, pk=pk)
    if getattr(request, "viewer", None) is not None and request.user != person:
        raise Http404
    went = Delivery.objects.filter(person=person).order_by("-created_at", "-id")[:WENT_SHOWN]
    context = {
        "person": person,
        "ahead": letters(person, timezone.now(), AHEAD_SHOWN),
        "went": [(row, kind_label(row.kind)) for row in went],
        "links": getattr(request, "viewer", None) is None,
    }
    return render(request, "reminders/mails_of.html", context)
