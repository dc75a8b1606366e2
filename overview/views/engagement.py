"""Participation of organizations, for staff."""

from collections.abc import Iterable, Iterator

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.decorators import staff_only
from accounts.exports import send_sheet
from core.dates import local_today
from overview.forms.staff import PeriodForm
from overview.queries.engagement import Engagement, totals
from overview.queries.engagement import engagement as engagement_rows


@staff_only
@require_safe
def engagement(request: HttpRequest) -> HttpResponse:
    """Show the meetings, action items and updates of each organization in a period."""
    today = local_today()
    form = PeriodForm(request.GET, today=today)
    first, last = form.period if form.is_valid() else PeriodForm.default_period(today)
    rows = engagement_rows(first, last, today)
    context = {
        "form": form,
        "rows": rows,
        "totals": totals(rows),
        "first": first,
        "last": last,
        "kept": {"first": first.isoformat(), "last": last.isoformat()},
    }
    return render(request, "overview/engagement.html", context)


@staff_only
@require_POST
def engagement_export(request: HttpRequest) -> HttpResponse:
    """Return the same table as a spreadsheet."""
    today = local_today()
    form = PeriodForm(request.POST, today=today)
    if not form.is_valid():
        messages.error(request, _("The period is not valid. Choose it again, then export."))
        return redirect("overview:engagement")
    first, last = form.period
    rows = list(_cells(engagement_rows(first, last, today)))
    name = _("Participation %(first)s to %(last)s") % {"first": first.isoformat(), "last": last.isoformat()}
    return send_sheet(request, name, _header(), rows)


def _header() -> list[str]:
    return [
        _("Organization"),
        _("Acronym"),
        _("Status"),
        _("Meetings held"),
        _("Meetings attended"),
        _("Meetings excused"),
        _("Below charter expectation"),
        _("Open action items"),
        _("Overdue action items"),
        _("Updates"),
    ]


def _cells(rows: Iterable[Engagement]) -> Iterator[list[object]]:
    for row in rows:
        yield [
            row.organization.name,
            row.organization.acronym,
            row.organization.get_status_display(),
            row.held,
            row.attended,
            row.excused,
            "; ".join(item.body.title for item in row.below),
            row.open_items,
            row.overdue_items,
            row.updates,
        ]
