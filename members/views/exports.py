"""Organizations and people as files to save, cut by the filter of the list that they come from."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.decorators import staff_only
from accounts.exports import send_sheet
from members.forms import OrganizationFilter
from members.queries import people_search
from members.sheets import ORGANIZATION_HEADER, PEOPLE_HEADER, organization_rows_of, people_rows_of


@staff_only
@require_POST
def export_organizations(request: HttpRequest) -> HttpResponse:
    """The organizations that the staff list shows under the same filter."""
    rows = organization_rows_of(OrganizationFilter(request.POST).rows())
    return send_sheet(request, "Organizations", ORGANIZATION_HEADER, rows)


@staff_only
@require_POST
def export_people(request: HttpRequest) -> HttpResponse:
    """The people whom the staff list shows for the same words, once for each organization that they represent."""
    rows = people_rows_of(people_search(request.POST.get("q", "").strip()))
    return send_sheet(request, "People", PEOPLE_HEADER, rows)
