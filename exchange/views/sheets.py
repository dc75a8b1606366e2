"""Download organizations, people, and rosters as spreadsheets, filtered like the page they are downloaded from."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.decorators import staff_only
from accounts.exports import send_sheet
from core.dates import local_today
from exchange.organizations import ORGANIZATIONS
from exchange.people import PEOPLE
from exchange.roster_downloads import PEOPLE_HEADER, ROSTER_HEADER, people_rows, roster_rows
from exchange.rosters import ROSTERS
from members.forms import OrganizationFilter
from members.queries import people_search
from taskforces.queries.dated_rosters import organization_people
from taskforces.queries.roster_views import roster_for
from taskforces.views.loaders import contacts_of, load_body, load_organization, requested_day


@staff_only
@require_POST
def organizations_export(request: HttpRequest) -> HttpResponse:
    """Download the organizations that the staff list shows with the same filter."""
    rows = ORGANIZATIONS.rows(OrganizationFilter(request.POST).rows())
    return send_sheet(request, ORGANIZATIONS.sheet, ORGANIZATIONS.header, rows)


@staff_only
@require_POST
def people_export(request: HttpRequest) -> HttpResponse:
    """Download the people that the staff list shows for the same search, once for each organization they represent."""
    rows = PEOPLE.rows(people_search(request.POST.get("q", "").strip()))
    return send_sheet(request, PEOPLE.sheet, PEOPLE.header, rows)


@staff_only
@require_POST
def rosters_export(request: HttpRequest) -> HttpResponse:
    """Download every open seat of every body, with the person in it."""
    return send_sheet(request, ROSTERS.sheet, ROSTERS.header, ROSTERS.rows(local_today()))


@require_POST
def roster_export(request: HttpRequest, slug: str) -> HttpResponse:
    """Download a roster, with the contact information that the person may see."""
    body, today = load_body(request, slug), local_today()
    form, on = requested_day(request.POST, today)
    if not form.is_valid():
        return redirect(f"{reverse('taskforces:roster', args=[slug])}?{urlencode({'on': request.POST.get('on', '')})}")
    view = roster_for(body, request.user, today, on=on, with_representatives=True)
    return send_sheet(request, f"Roster of {body.title}", ROSTER_HEADER, roster_rows(view), on=on)


@require_POST
def organization_people_export(request: HttpRequest, key: str) -> HttpResponse:
    """Download the people of an organization, with the contact information that the person may see."""
    organization, today = load_organization(request, key), local_today()
    form, on = requested_day(request.POST, today)
    if not form.is_valid():
        return redirect(
            f"{reverse('taskforces:organization_people', args=[key])}?{urlencode({'on': request.POST.get('on', '')})}"
        )
    people = organization_people(organization, on, today)
    rows = people_rows(people, contacts_of(request, people))
    return send_sheet(request, f"People of {organization.short_name}", PEOPLE_HEADER, rows, on=on)
