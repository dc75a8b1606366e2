"""The people of an organization and its seats, today or on a past day, for members."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.dates import site_today
from members.exporting import send_sheet
from members.models import Organization
from members.permissions import is_staff, organizations_visible_to
from taskforces.permissions import is_member
from taskforces.queries.dated_rosters import OrganizationPeople
from taskforces.queries.dated_rosters import organization_people as people_of
from taskforces.queries.roster_views import contacts_visible_to
from taskforces.views.exporting import PEOPLE_HEADER, asked_day, people_rows


@require_safe
def organization_people(request: HttpRequest, key: str) -> HttpResponse:
    """Show who represents an organization and the seats it holds, with the contact data that the reader may see."""
    organization, today = _load_organization(request, key), site_today()
    form, on = asked_day(request.GET, today)
    people = people_of(organization, on, today)
    contacts = _contacts(request, people)
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
        "export": reverse("taskforces:organization_export", args=[key]),
    }
    return render(request, "taskforces/organization_people.html", context)


@require_POST
def organization_people_export(request: HttpRequest, key: str) -> HttpResponse:
    """Send the same as a spreadsheet."""
    organization, today = _load_organization(request, key), site_today()
    form, on = asked_day(request.POST, today)
    if not form.is_valid():
        return redirect(
            f"{reverse('taskforces:organization_people', args=[key])}?{urlencode({'on': request.POST.get('on', '')})}"
        )
    people = people_of(organization, on, today)
    rows = people_rows(people, _contacts(request, people))
    return send_sheet(request, f"People of {organization.short_name}", PEOPLE_HEADER, rows, on=on)


def _load_organization(request: HttpRequest, key: str) -> Organization:
    organization = get_object_or_404(organizations_visible_to(request.user).filter(merged_into=None), key=key)
    if not is_member(request.user):
        raise PermissionDenied(_("Only members can see who represents an organization."))
    return organization


def _contacts(request: HttpRequest, people: OrganizationPeople) -> set[int]:
    seated = [row.term.person_id for row in people.seats if row.term]
    return contacts_visible_to(request.user, [*seated, *(row.person_id for row in people.representations)])
