"""Staff import organizations, people, and rosters from a spreadsheet: upload, preview, apply."""

import contextlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.pages import paginate, report_errors
from core.sheets import download_workbook
from exchange import operations
from exchange.forms import ImportForm
from exchange.models import ImportJob
from exchange.plans import RowStatus, plan_fingerprint
from exchange.rules import ImportState
from exchange.tasks import process_imports
from exchange.workbook import example_sheets, plan_import, rejected_sheet

RECENT_IMPORTS = 10
ROWS_PER_PAGE = 50


@staff_only
@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """Upload a spreadsheet and go to its preview."""
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = operations.start_import(
            actor=get_person(request),
            file_name=form.cleaned_data["file"].name,
            tables=form.cleaned_data["tables"],
            total=form.cleaned_data["total"],
            now=timezone.now(),
        )
        return redirect("exchange:import_detail", job.pk)
    recent = ImportJob.objects.select_related("started_by").defer("tables")[:RECENT_IMPORTS]
    return render(request, "exchange/import_start.html", {"form": form, "recent": recent})


@staff_only
@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview of an import, its progress, or its result."""
    job = get_object_or_404(ImportJob.objects.select_related("started_by", "confirmed_by"), pk=pk)
    if job.state != ImportState.PREVIEW:
        return render(request, "exchange/import_detail.html", {"job": job})
    plan = plan_import(job.tables, get_person(request), local_today())
    counts = plan.counts()
    selected = request.GET.get("status", "")
    if selected not in counts:
        first = (RowStatus.REJECTED, RowStatus.CHANGED, RowStatus.NEW)
        selected = next((status for status in first if counts[status]), RowStatus.UNCHANGED)
    context = {
        "job": job,
        **counts,
        "statuses": [(status, counts[status]) for status in RowStatus if counts[status]],
        "valid": counts[RowStatus.NEW] + counts[RowStatus.CHANGED],
        "unknown": plan.unknown,
        "selected": RowStatus(selected),
        "page": paginate(request, plan.rows_with(selected), ROWS_PER_PAGE),
        "fingerprint": plan_fingerprint(plan.rows),
    }
    return render(request, "exchange/import_preview.html", context)


@staff_only
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply an import as its preview showed it, completely or not at all."""
    job = get_object_or_404(ImportJob, pk=pk)
    with report_errors(request) as report:
        is_in_background = operations.confirm_import(
            actor=get_person(request),
            job=job,
            fingerprint=request.POST.get("fingerprint", ""),
            leave_out=request.POST.get("leave_out") == "on",
            now=timezone.now(),
        )
    if report.ok and is_in_background:
        # If the broker is not available, the periodic task starts the import.
        with contextlib.suppress(OperationalError):
            process_imports.delay()
    return redirect("exchange:import_detail", pk)


@staff_only
@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel an import that was not applied."""
    job = get_object_or_404(ImportJob, pk=pk)
    with report_errors(request) as report:
        operations.cancel_import(actor=get_person(request), job=job, now=timezone.now())
    if not report.ok:
        return redirect("exchange:import_detail", pk)
    messages.success(request, _("Import canceled. Nothing from %(file)s was saved.") % {"file": job.file_name})
    return redirect("exchange:import_start")


@staff_only
@require_safe
def example_download(request: HttpRequest) -> HttpResponse:
    """Download the example spreadsheet, with the headings and one example row on each sheet."""
    return download_workbook("example spreadsheet", example_sheets())


@staff_only
@require_safe
def rejected_download(request: HttpRequest, pk: int) -> HttpResponse:
    """Download the rejected rows of an import with their errors."""
    job = get_object_or_404(ImportJob, pk=pk, state=ImportState.PREVIEW)
    plan = plan_import(job.tables, get_person(request), local_today())
    return download_workbook(f"rejected rows {job.pk}", [rejected_sheet(plan)])
