"""Staff ask all organizations that are due, after reading whom it reaches and what it says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.decorators import get_person, staff_only
from core.dates import local_today
from members import operations
from overview.queries.confirmations import confirmation_recipients, sample_mail


@staff_only
@require_http_methods(["GET", "POST"])
def ask_organizations(request: HttpRequest) -> HttpResponse:
    """Whom "ask all" reaches and the text of the mail; the press asks those who are still due."""
    now = timezone.now()
    today = local_today(now)
    if request.method == "POST":
        asked = operations.request_all_confirmations(actor=get_person(request), now=now, today=today)
        plural = "" if len(asked) == 1 else "s"
        messages.success(request, f"{len(asked)} organization{plural} asked. The mails go out within minutes.")
        return redirect("members:confirmations")
    due = confirmation_recipients(now)
    rows = [row for row in due if row.people]
    context = {
        "rows": rows,
        "nobody": [row for row in due if not row.people],
        "mail": sample_mail(rows, now),
        "mails": sum(len(row.people) for row in rows),
    }
    return render(request, "overview/ask_organizations.html", context)
