"""The member's home page: to-do list, next meetings, recent activity."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import get_person
from accounts.models import Person
from accounts.permissions import is_staff
from core.dates import local_today
from meetings.permissions import allowed_answers
from overview.queries.home import home as home_page
from overview.queries.home import representations_of
from taskforces.permissions import is_member

# How far back activity is shown on a first visit.
DEFAULT_ACTIVITY_PERIOD = dt.timedelta(days=14)
_LAST_VISIT = "last_visit_at"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show a member's home page; a person without rights sees why and whom to contact."""
    person, now = get_person(request), timezone.now()
    if not is_member(person):
        representations = representations_of(person)
        return render(request, "overview/home_without_rights.html", {"representations": representations})
    since = _last_visit(request, person) or now - DEFAULT_ACTIVITY_PERIOD
    context = {
        "home": home_page(person, now, local_today(now), since),
        "since": since,
        "is_staff": is_staff(person),
        "answers": allowed_answers(person),
    }
    return render(request, "overview/home.html", context)


def _last_visit(request: HttpRequest, person: Person) -> dt.datetime | None:
    """Return when the person's previous visit ended, or None on a first visit.

    The value is stored in the session, because each request of this visit updates `last_seen_at`.
    """
    if getattr(request, "viewer", None) is not None:
        return person.last_seen_at  # Staff view the page as this person; the session belongs to staff.
    if _LAST_VISIT not in request.session:
        seen, signed_in = person.last_seen_at, person.last_login
        previous = seen if seen and signed_in and seen < signed_in else None
        request.session[_LAST_VISIT] = previous.isoformat() if previous else ""
    stored = request.session[_LAST_VISIT]
    return dt.datetime.fromisoformat(stored) if stored else None
