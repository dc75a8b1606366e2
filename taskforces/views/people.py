"""The people of an organization and its seats, today or on a day that has been, for members."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from core.dates import local_today
from taskforces.queries import organization_people as people_of
from taskforces.views.loading import asked_day, contacts_of, load_organization


@require_safe
def organization_people(request: HttpRequest, key: str) -> HttpResponse:
    """Who represents an organization and the seats it holds, with the addresses that the reader may know."""
    organization, today = load_organization(request, key), local_today()
    form, on = asked_day(request.GET, today)
    people = people_of(organization, on, today)
    contacts = contacts_of(request, people)
    represents = [row.person for row in people.representations if row.person_id in contacts]
    context = {
        "organization": organization,
        "people": people,
        "contacts": contacts,
        "addresses": [person.email for person in represents],
        "form": form,
        "on": on,
        "is_staff": is_staff(request.user),
        "kept": {"on": on.isoformat()} if on else {},
    }
    return render(request, "taskforces/organization_people.html", context)
