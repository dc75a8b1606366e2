"""The people of an organization and its seats, today or on a past day, for members."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from core.dates import site_today
from taskforces.queries.dated_rosters import organization_people as people_of
from taskforces.views.loaders import contacts_of, load_organization, requested_day


@require_safe
def organization_people(request: HttpRequest, key: str) -> HttpResponse:
    """Show who represents an organization and the seats it holds, with the contact data that the reader may see."""
    organization, today = load_organization(request, key), site_today()
    form, on = requested_day(request.GET, today)
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
