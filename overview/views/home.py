"""The member's home: what one owes, what comes next, what changed."""

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
from overview.queries.home import home as home_of
from overview.queries.home import membership_status_of
from taskforces.permissions import is_member

CHANGES_BACK = dt.timedelta(days=14)
_LAST_VISIT = "last_visit_at"


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Home of a member; somebody without rights reads what they can see and whom to ask."""
    person, now = get_person(request), timezone.now()
    if not is_member(person):
        return render(request, "overview/home_without_rights.html", {"standing": membership_status_of(person)})
    since = _last_here(request, person) or now - CHANGES_BACK
    context = {
        "home": home_of(person, now, local_today(now), since),
        "since": since,
        "is_staff": is_staff(person),
        "answers": allowed_answers(person),
    }
    return render(request, "overview/home.html", context)


def _last_here(request: HttpRequest, person: Person) -> dt.datetime | None:
    """When the person's visit before this one ended; kept in the session, since being here moves `last_seen_at`."""
    if getattr(request, "viewer", None) is not None:
        return person.last_seen_at  # the session is another's
    if _LAST_VISIT not in request.session:
        seen, signed_in = person.last_seen_at, person.last_login
        earlier = seen if seen and signed_in and seen < signed_in else None
        request.session[_LAST_VISIT] = earlier.isoformat() if earlier else ""
    word = request.session[_LAST_VISIT]
    return dt.datetime.fromisoformat(word) if word else None
