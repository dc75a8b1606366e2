"""Staff bring organizations, people and rosters in from a spreadsheet: upload, preview, apply."""

import contextlib

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from core.pages import paginate, report_errors
from core.sheets import download_workbook
from exchange import operations
from exchange.forms import ImportForm
from exchange.models import ImportJob
from exchange.plans import RowStatus, fingerprint
from exchange.rules import ImportState
from exchange.tasks import process_imports
from exchange.workbook import example_sheets, plan_import, refused_sheet

RECENT = 10


@staff_only
@require_http_methods(["GET", "POST"])
def import_start(request: HttpRequest) -> HttpResponse:
    """Upload a spreadsheet; its preview comes next."""
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
    recent = ImportJob.objects.select_related("started_by").defer("tables")[:RECENT]
    return render(request, "exchange/import_start.html", {"form": form, "recent": recent})


@staff_only
@require_safe
def import_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What an import would do, how far it is, or what came of it."""
    job = get_object_or_404(ImportJob.objects.select_related("started_by", "confirmed_by"), pk=pk)
    if job.state != ImportState.PREVIEW:
        return render(request, "exchange/import_detail.html", {"job": job})
    plan = plan_import(job.tables, get_person(request), local_today())
    counts = plan.counts()
    shown = request.GET.get("show", "")
    if shown not in counts:
        shown = next((verdict for verdict in ("refused", "changed", "new") if counts[verdict]), "unchanged")
    context = {
        "job": job,
        "counts": [(verdict, counts[verdict]) for verdict in RowStatus],
        "good": counts[RowStatus.NEW] + counts[RowStatus.CHANGED],
        "refused": counts[RowStatus.REFUSED],
        "unknown": plan.unknown,
        "shown": RowStatus(shown),
        "page": paginate(request, plan.of(shown), 50),
        "fingerprint": fingerprint(plan.rows),
    }
    return render(request, "exchange/import_preview.html", context)


@staff_only
@require_POST
def import_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Apply an import as it was shown, all of it or nothing."""
    job = get_object_or_404(ImportJob, pk=pk)
    with report_errors(request) as report:
        goes_on = operations.confirm_import(
            actor=get_person(request),
            job=job,
            shown=request.POST.get("shown", ""),
            leave_out=request.POST.get("leave_out") == "on",
            now=timezone.now(),
        )
    if report.ok and goes_on:
        # Without a broker the next tick of the clock finds it.
        with contextlib.suppress(OperationalError):
            process_imports.delay()
    return redirect("exchange:import_detail", pk)


@staff_only
@require_POST
def import_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an import that was not applied."""
    job = get_object_or_404(ImportJob, pk=pk)
    with report_errors(request) as report:
        operations.cancel_import(actor=get_person(request), job=job, now=timezone.now())
    if not report.ok:
        return redirect("exchange:import_detail", pk)
    messages.success(request, f"{job.file_name} is forgotten. Nothing of it was written.")
    return redirect("exchange:import_start")


@staff_only
@require_safe
def example_download(request: HttpRequest) -> HttpResponse:
    """The sheets to fill in, with headings and one example row each."""
    return download_workbook("sheets to fill in", example_sheets())


@staff_only
@require_safe
def refused_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The refused rows of an import with what to mend in each."""
    job = get_object_or_404(ImportJob, pk=pk, state=ImportState.PREVIEW)
    plan = plan_import(job.tables, get_person(request), local_today())
    return download_workbook(f"rows to mend {job.pk}", [refused_sheet(plan)])
