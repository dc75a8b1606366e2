"""What staff entered for others, to look over."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from core.pages import paginate
from members.queries import on_behalf_entries as acts_of
from overview.forms.staff import ActFilter
from overview.queries.acts import act_rows


@staff_only
@require_safe
def on_behalf_entries(request: HttpRequest) -> HttpResponse:
    """Everything that staff entered for somebody else, filtered by how it was told and by name."""
    form = ActFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, acts_of(how=wanted.get("how", ""), q=wanted.get("q", "")))
    context = {"form": form, "page": page, "rows": act_rows(list(page))}
    return render(request, "overview/acts.html", context)
