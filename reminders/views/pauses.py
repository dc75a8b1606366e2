"""Staff pause email and resume it, and unblock addresses."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from core.pages import paginate, report_errors
from mail.models import Pause, Suppression
from reminders import queries
from reminders.forms import PauseForm
from reminders.pausing import pause_email, resume_email, unblock_address


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def pauses(request: HttpRequest) -> HttpResponse:
    """Show what is paused, by whom and why; on POST, pause all email, a kind, or email to a person."""
    initial = {"address": request.GET.get("address", ""), "kind": request.GET.get("kind", "")}
    form = PauseForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with form.collect_errors():
            pause_email(actor=get_person(request), now=timezone.now(), **form.values)
        if not form.errors:
            messages.success(request, _("Email paused. It will be sent when you resume it."))
            return redirect("reminders:pauses")
    context = {
        "form": form,
        "in_force": queries.pauses_in_force(),
        "lifted": queries.pause_rows(
            Pause.objects.exclude(lifted_at=None).select_related("person", "paused_by", "lifted_by")[:20]
        ),
    }
    return render(request, "reminders/pauses.html", context, status=400 if form.errors else 200)


@require_POST
@staff_only
def pause_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Resume what was paused."""
    row = get_object_or_404(Pause, pk=pk)
    with report_errors(request) as report:
        resume_email(actor=get_person(request), pause=row, now=timezone.now())
    if report.ok:
        messages.success(request, _("Sending resumes within a minute."))
    return redirect("reminders:pauses")


@require_safe
@staff_only
def addresses(request: HttpRequest) -> HttpResponse:
    """Show the addresses that bounced: first the blocked ones, then those that bounced once."""
    page = paginate(request, queries.bounced_addresses())
    people = queries.people_by_address(row.address for row in page)
    rows = [(row, people.get(row.address)) for row in page]
    return render(request, "reminders/addresses.html", {"page": page, "rows": rows})


@require_POST
@staff_only
def address_unblock(request: HttpRequest, pk: int) -> HttpResponse:
    """Unblock an address."""
    row = get_object_or_404(Suppression, pk=pk)
    with report_errors(request) as report:
        unblock_address(actor=get_person(request), suppression=row)
    if report.ok:
        messages.success(
            request,
            _("%(address)s is unblocked. It will be blocked again after two more bounces.") % {"address": row.address},
        )
    return redirect("reminders:addresses")
