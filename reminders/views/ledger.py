"""What went to whom, what failed, and sending it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from core.operations import Refused
from core.pages import page_of
from mail.models import Delivery
from mail.rules import MAY_RESEND
from members.guards import person_of, staff_only
from reminders import operations, queries
from reminders.forms import LedgerFilter
from reminders.models import Reminder


@require_safe
@staff_only
def ledger(request: HttpRequest) -> HttpResponse:
    """The state of the machinery, what goes next, and every mail by filter."""
    now = timezone.now()
    form = LedgerFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = page_of(request, queries.ledger(**chosen))
    upcoming = queries.upcoming(now)
    query = request.GET.copy()
    query.pop("page", None)
    return render(
        request,
        "reminders/ledger.html",
        {
            "form": form,
            "page": page,
            "rows": [(row, queries.kind_label(row.kind)) for row in page],
            "query": query.urlencode(),
            "is_filtered": any(chosen.values()),
            "clock": queries.clock_state(now),
            "upcoming": upcoming[:50],
            "upcoming_count": len(upcoming),
        },
    )


@require_safe
@staff_only
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail: its outcome, why, and each try."""
    row = get_object_or_404(Delivery.objects.select_related("person"), pk=pk)
    return render(
        request,
        "reminders/delivery.html",
        {
            "row": row,
            "kind": queries.kind_label(row.kind),
            "tries": row.tries.all(),
            "reminder": Reminder.objects.filter(delivery=row).first(),
            "may_resend": row.state in MAY_RESEND,
            "is_suppressed": queries.is_suppressed(row.address),
        },
    )


@require_POST
@staff_only
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or unknown mail again."""
    row = get_object_or_404(Delivery, pk=pk)
    try:
        operations.resend(actor=person_of(request), delivery=row, now=timezone.now())
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The mail to {row.address} goes out within a minute.")
    return redirect("reminders:delivery", row.pk)


@require_POST
@staff_only
def confirm_clock(request: HttpRequest) -> HttpResponse:
    """Trust the clock again after a long gap."""
    operations.confirm_clock(actor=person_of(request), now=timezone.now())
    messages.success(request, "Reminders go out again with the next tick.")
    return redirect("reminders:ledger")
