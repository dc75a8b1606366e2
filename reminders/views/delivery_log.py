"""What was sent to whom, what failed, and sending it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from core.pages import paginate, report_errors
from mail.models import Delivery
from mail.rules import RESENDABLE_STATES
from reminders import operations, queries
from reminders.forms import DeliveryLogFilter, ReminderFilter
from reminders.models import Reminder

# How many deliveries are sent again at once.
_MAX_RESENT = 200


@require_safe
@staff_only
def delivery_log(request: HttpRequest) -> HttpResponse:
    """Show the system status, what is sent next, and every email, with a filter."""
    now = timezone.now()
    form = DeliveryLogFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, queries.delivery_log(**chosen))
    upcoming = queries.upcoming_reminders(now)
    return render(
        request,
        "reminders/delivery_log.html",
        {
            "form": form,
            "page": page,
            "rows": [(row, queries.kind_label(row.kind)) for row in page],
            "is_filtered": any(chosen.values()),
            "clock": queries.clock_state(now),
            "upcoming": upcoming[:50],
            "upcoming_count": len(upcoming),
            "limited": queries.limited_recipients(now),
        },
    )


@require_safe
@staff_only
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One email: its outcome, why, and each attempt."""
    row = get_object_or_404(Delivery.objects.select_related("person"), pk=pk)
    return render(
        request,
        "reminders/delivery.html",
        {
            "row": row,
            "kind": queries.kind_label(row.kind),
            "attempts": row.tries.all(),
            "reminder": Reminder.objects.filter(delivery=row).first(),
            "may_resend": row.state in RESENDABLE_STATES,
            "is_suppressed": queries.is_suppressed(row.address),
        },
    )


@require_POST
@staff_only
def delivery_resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed or unknown delivery again."""
    row = get_object_or_404(Delivery, pk=pk)
    with report_errors(request) as report:
        operations.resend(actor=get_person(request), delivery=row, now=timezone.now())
    if report.ok:
        messages.success(
            request, _("The email to %(address)s will be sent within a minute.") % {"address": row.address}
        )
    return redirect("reminders:delivery", row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def deliveries_resend(request: HttpRequest) -> HttpResponse:
    """Show what failed or may not have arrived, and send all that was shown again."""
    resendable = queries.resendable_deliveries()
    if request.method == "POST":
        chosen = [int(pk) for pk in request.POST.getlist("delivery") if pk.isdecimal()]
        done = operations.resend_all(
            actor=get_person(request), deliveries=list(resendable.filter(pk__in=chosen)), now=timezone.now()
        )
        text = ngettext("%(count)d email queued.", "%(count)d emails queued.", done)
        messages.success(request, text % {"count": done})
        return redirect("reminders:delivery_log")
    rows = [(row, queries.kind_label(row.kind)) for row in resendable[:_MAX_RESENT]]
    return render(request, "reminders/deliveries_resend.html", {"rows": rows, "count": resendable.count()})


@require_safe
@staff_only
def reminder_list(request: HttpRequest) -> HttpResponse:
    """Each reminder with its outcome; also those for which no email was composed."""
    form = ReminderFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    page = paginate(request, queries.reminder_list(**chosen))
    context = {"form": form, "page": page, "is_filtered": any(chosen.values())}
    return render(request, "reminders/reminder_list.html", context)


@require_POST
@staff_only
def clock_confirm(request: HttpRequest) -> HttpResponse:
    """Trust the clock again after a long gap."""
    operations.confirm_clock(actor=get_person(request), now=timezone.now())
    messages.success(request, _("Time confirmed. Sending resumes within a minute."))
    return redirect("reminders:delivery_log")
