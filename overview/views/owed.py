"""Which organization owes a name, for what and since when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.pages import page_of
from members.guards import staff_only
from overview.queries.owed import owed_names as names_owed


@staff_only
@require_safe
def owed_names(request: HttpRequest) -> HttpResponse:
    """Every name owed, the longest owed first, each with the act that fills it."""
    return render(request, "overview/owed_names.html", {"page": page_of(request, names_owed(), 50)})
