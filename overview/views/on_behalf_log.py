"""The log of entries that staff made on behalf of members."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from core.pages import paginate
from members.queries import on_behalf_entries as find_entries
from overview.forms.staff import OnBehalfFilter
from overview.queries.on_behalf_log import on_behalf_rows


@staff_only
@require_safe
def on_behalf_entries(request: HttpRequest) -> HttpResponse:
    """List the entries, filtered by the channel of contact and by name."""
    form = OnBehalfFilter(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, find_entries(how=filters.get("how", ""), q=filters.get("q", "")))
    context = {
        "form": form,
        "page": page,
        "rows": on_behalf_rows(list(page)),
        "is_filtered": any(filters.values()),
    }
    return render(request, "overview/on_behalf_log.html", context)
