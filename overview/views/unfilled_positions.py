"""Which organization owes a name, for what and since when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from core.pages import paginate
from overview.queries.unfilled_positions import unfilled_positions as names_owed


@staff_only
@require_safe
def unfilled_positions(request: HttpRequest) -> HttpResponse:
    """Every name owed, the longest owed first, each with the act that fills it."""
    return render(request, "overview/unfilled_positions.html", {"page": paginate(request, names_owed(), 50)})
