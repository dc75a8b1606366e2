"""The history of any record, for staff."""

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from core.dates import local_today
from core.history import changes_of
from core.pages import paginate
from overview.queries.tracked_models import TRACKED


@staff_only
@require_safe
def history(request: HttpRequest, model: str, pk: int) -> HttpResponse:
    """Show who changed what in one record, and when."""
    tracked = TRACKED.get(model)
    if tracked is None:
        raise Http404
    row: models.Model = get_object_or_404(tracked, pk=pk)
    context = {
        "row": row,
        "kind": tracked._meta.verbose_name,
        "page": paginate(request, changes_of(row, local_today())),
    }
    return render(request, "overview/history.html", context)
