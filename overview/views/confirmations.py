"""Staff request the yearly confirmation from all organizations that are due."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from members import operations
from overview.queries.confirmations import confirmation_recipients, sample_email


@staff_only
@require_http_methods(["GET", "POST"])
def ask_organizations(request: HttpRequest) -> HttpResponse:
    """Show the recipients and the email; the button requests the confirmation from those who are still due."""
    now = timezone.now()
    today = local_today(now)
    if request.method == "POST":
        asked = len(operations.request_all_confirmations(actor=get_person(request), now=now, today=today))
        text = ngettext(
            "Confirmation requested from %(count)d organization. The emails will be sent within a few minutes.",
            "Confirmation requested from %(count)d organizations. The emails will be sent within a few minutes.",
            asked,
        )
        messages.success(request, text % {"count": asked})
        return redirect("members:confirmations")
    due = confirmation_recipients(now)
    rows = [row for row in due if row.people]
    context = {
        "rows": rows,
        "without_contact": [row for row in due if not row.people],
        "email": sample_email(rows, now),
        "email_count": sum(len(row.people) for row in rows),
    }
    return render(request, "overview/ask_organizations.html", context)
