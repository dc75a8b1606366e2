"""The pages that anybody may read without signing in."""

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
from overview.sheet import component_gallery
from taskforces.models import Body, Workgroup
from taskforces.rules import BodyKind


def contact_address() -> str:
    """The address that the site's mail comes from, without its name."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


@login_not_required
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """What the group is for, whether it moves, and when it meets next."""
    workgroup = Workgroup.objects.first()
    if workgroup is None:
        return render(request, "overview/front_empty.html")
    now, today = timezone.now(), local_today()
    rows = objective_rows(today, request.user)
    bodies, grid = queries.grid_rows([row.objective for row in rows])
    sectors = sector_counts()
    return render(
        request,
        "overview/front.html",
        {
            "purpose": queries.purpose_of(workgroup),
            "organization_count": sum(count for _, count in sectors),
            "meeting": next_public(now),
            "objectives": rows,
            "task_forces": queries.task_force_cards(now, request.user),
            "grid_bodies": bodies,
            "grid": grid,
            "updates": latest_published(5),
            "sectors": sectors,
            "timeline": queries.timeline(workgroup),
        },
    )


@login_not_required
@require_safe
def workgroup(request: HttpRequest) -> HttpResponse:
    """The full Workgroup: its words, its officers, its meetings and its history."""
    group = Workgroup.objects.first()
    body = Body.objects.filter(kind=BodyKind.FULL).first()
    if group is None or body is None:
        raise Http404
    context = {"body": body, "timeline": queries.timeline(group), "may_edit": is_staff(request.user)}
    return render(request, "overview/workgroup.html", context)


@login_not_required
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """The public organizations, searched and filtered."""
    found = DirectoryFilter(request.GET, queryset=queries.directory_organizations())
    page = paginate(request, found.qs)
    context = {
        "filter": found,
        "page": page,
        "bodies": queries.bodies_by_organization(page.object_list),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
    }
    return render(request, "overview/directory.html", context)


@login_not_required
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The scorecard: each objective with its strategies and what was published of them."""
    rows = objective_rows(local_today(), request.user)
    return render(request, "overview/progress.html", {"rows": rows, "totals": queries.status_totals(rows)})


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Whatever the reader may see that holds the words."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:100]
    return render(
        request,
        "overview/search.html",
        {"words": words, "groups": queries.search(words, request.user, local_today())},
    )


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """How the portal is meant to be usable by everybody, and whom to tell where it is not."""
    return render(request, "overview/accessibility.html", {"contact": contact_address()})


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What the portal keeps about people and why."""
    return render(request, "overview/privacy.html", {"contact": contact_address()})


@login_not_required
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    """Every part of the look in every state, for those who build pages; not on a real site."""
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    return render(request, "overview/parts.html", component_gallery(local_today()))
