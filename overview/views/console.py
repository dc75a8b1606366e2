"""The staff console."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from overview.queries.console import console as console_page
from overview.queries.quick_search import quick_search


@staff_only
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Show six counts, today's tasks, and a search of people and organizations that updates while typing."""
    query = request.GET.get("q", "")
    context: dict[str, object] = {"results": quick_search(query), "query": query}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "overview/console_results.html", context)
    now = timezone.now()
    context["console"] = console_page(get_person(request), now, local_today(now))
    return render(request, "overview/console.html", context)
