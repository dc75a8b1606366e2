"""The public pages, which need no account."""

from email.utils import parseaddr

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import is_staff
from core.dates import local_today
from core.pages import paginate
from meetings.queries import next_public
from members.queries import sector_counts
from objectives.queries.objectives import objective_rows
from objectives.queries.updates import latest_published
from overview.forms.public import DirectoryFilter
from overview.queries import public as queries
from overview.queries.search import search as find_results
from overview.style_guide import component_gallery
from taskforces.models import Body, Workgroup
from taskforces.rules import BodyKind

FRONT_PAGE_UPDATES = 3
FRONT_PAGE_EVENTS = 3
MAX_QUERY_LENGTH = 100


def contact_address() -> str:
    """Return the site's email address without the display name."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Show what the workgroup is for, the status of its objectives and its next public meeting."""
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        return render(request, "overview/front_empty.html")
    now, today = timezone.now(), local_today()
    sectors = sector_counts()
    return render(
        request,
        "overview/front.html",
        {
            "purpose": queries.purpose_of(workgroup),
            "organization_count": sum(count for _sector, count in sectors),
            "meeting": next_public(now),
            "objectives": objective_rows(today, request.user),
            "task_forces": queries.task_force_cards(now, request.user),
            "updates": latest_published(FRONT_PAGE_UPDATES),
            "sectors": sectors,
            "events": queries.timeline(workgroup)[:FRONT_PAGE_EVENTS],
        },
    )


@login_not_required
@require_safe
def workgroup(request: HttpRequest) -> HttpResponse:
    """Show the full Workgroup: its description, officers, meetings and history."""
    group = Workgroup.objects.first()
    body = Body.objects.filter(kind=BodyKind.FULL).first()
    if group is None or body is None:
        raise Http404
    context = {"body": body, "timeline": queries.timeline(group), "can_edit": is_staff(request.user)}
    return render(request, "overview/workgroup.html", context)


@login_not_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """List the public organizations, with search and filters."""
    organizations = DirectoryFilter(request.GET, queryset=queries.directory_organizations())
    page = paginate(request, organizations.qs)
    context = {
        "filter": organizations,
        "page": page,
        "bodies": queries.bodies_by_organization(page.object_list),
        "is_filtered": any(request.GET.get(name) for name in organizations.filters),
    }
    return render(request, "overview/directory.html", context)


@login_not_required
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """Show the scorecard: each objective with its strategies and their published status."""
    rows = objective_rows(local_today(), request.user)
    bodies, matrix = queries.strategy_matrix([row.objective for row in rows])
    context = {
        "rows": rows,
        "totals": queries.status_totals(rows),
        "matrix_bodies": bodies,
        "matrix": matrix,
    }
    return render(request, "overview/progress.html", context)


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what the reader can see and what contains every word of the query."""
    query = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:MAX_QUERY_LENGTH]
    context = {"query": query, "groups": find_results(query, request.user, local_today())}
    return render(request, "overview/search.html", context)


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Show the accessibility statement."""
    return render(request, "overview/accessibility.html", {"contact": contact_address()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Show the privacy notice and the terms of use."""
    return render(request, "overview/privacy.html", {"contact": contact_address()})


@login_not_required
@require_safe
def style_guide(request: HttpRequest) -> HttpResponse:
    """Show every component of the pages in every state, for developers; not found on a production site."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "overview/style_guide.html", component_gallery(local_today()))
