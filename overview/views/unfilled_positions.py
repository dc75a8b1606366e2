"""The positions that organizations have not filled."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from core.pages import paginate
from overview.queries.unfilled_positions import unfilled_positions as find_unfilled

PAGE_SIZE = 50


@staff_only
@require_safe
def unfilled_positions(request: HttpRequest) -> HttpResponse:
    """List every unfilled position, the longest unfilled first, each with the action that fills it."""
    return render(request, "overview/unfilled_positions.html", {"page": paginate(request, find_unfilled(), PAGE_SIZE)})
