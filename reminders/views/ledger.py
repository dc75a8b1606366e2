"""What went to whom, what failed, and sending it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from core.operations import OperationNotAllowedError
from core.pages import paginate
from mail.models import Delivery
from mail.rules import RESENDABLE_STATES
from reminders import operations, queries
from reminders.forms import LedgerFilter, RowFilter
from reminders.models import Reminder

# How many mails one press sends again.
_AT_ONCE = 200


@require_safe
@staff_only
def ledger(request: HttpRequest) -> HttpResponse:
    """The state of the machinery, what goes next, and every mail by filter."""
    now = timezone.now()
    form = LedgerFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, queries.ledger(**chosen))
    upcoming = queries.upcoming(now)
    return render(
        request,
        "reminders/ledger.html",
        {
            "form": form,
            "page": page,
            "rows": [(row, queries.kind_label(row.kind)) for row in page],
            "is_filtered": any(chosen.values()),
            "clock": queries.clock_state(now),
            "upcoming": upcoming[:50],
            "upcoming_count": len(upcoming),
            "limited_recipients": queries.limited_recipients(now),
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
            "may_resend": row.state in RESENDABLE_STATES,
            "is_suppressed": queries.is_suppressed(row.address),
        },
    )


@require_POST
@staff_only
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or unknown mail again."""
    row = get_object_or_404(Delivery, pk=pk)
    try:
        operations.resend(actor=get_person(request), delivery=row, now=timezone.now())
    except OperationNotAllowedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"The mail to {row.address} goes out within a minute.")
    return redirect("reminders:delivery", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def resend_all(request: HttpRequest) -> HttpResponse:
    """Show what failed or may not have arrived, and send all that was shown again."""
    stuck = queries.stuck()
    if request.method == "POST":
        chosen = [int(pk) for pk in request.POST.getlist("delivery") if pk.isdecimal()]
        done = operations.resend_all(
            actor=get_person(request), deliveries=list(stuck.filter(pk__in=chosen)), now=timezone.now()
        )
        messages.success(request, f"{done} mail{'' if done == 1 else 's'} put in line again, to go within minutes.")
        return redirect("reminders:ledger")
    rows = [(row, queries.kind_label(row.kind)) for row in stuck[:_AT_ONCE]]
    return render(request, "reminders/resend_all.html", {"rows": rows, "count": stuck.count()})


@require_safe
@staff_only
def reminder_rows(request: HttpRequest) -> HttpResponse:
    """Each thing that somebody was to be told, and what became of it; also what never became a mail."""
    form = RowFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, queries.rows(**chosen))
    context = {"form": form, "page": page, "is_filtered": any(chosen.values())}
    return render(request, "reminders/rows.html", context)


@require_POST
@staff_only
def confirm_clock(request: HttpRequest) -> HttpResponse:
    """Trust the clock again after a long gap."""
    operations.confirm_clock(actor=get_person(request), now=timezone.now())
    messages.success(request, "Reminders go out again with the next tick.")
    return redirect("reminders:ledger")
