"""What staff follow up, and the reminders that they send about it after they have read them."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.operations import OperationNotAllowedError
from mail.display import sanitize_message
from reminders.subjects.follow_ups.registry import FOLLOW_UP_TYPES, find_follow_up, find_follow_ups
from reminders.subjects.follow_ups.sending import follow_up_email, last_follow_up_emails, send_follow_up


@require_safe
@staff_only
def follow_ups(request: HttpRequest) -> HttpResponse:
    """Everything that is missing, unanswered, overdue or expired, by type."""
    now = timezone.now()
    found, last_emails = find_follow_ups(now), last_follow_up_emails(now)
    groups = [
        (type_, [(row, last_emails.get(row.ref)) for row in found if row.type is type_]) for type_ in FOLLOW_UP_TYPES
    ]
    return render(request, "reminders/follow_ups.html", {"groups": groups, "count": len(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def follow_up_send(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Show the recipients and the text of a reminder, and send it on POST.

    Raises Http404 if the case no longer needs a follow-up.
    """
    now, staff = timezone.now(), get_person(request)
    follow_up = find_follow_up(f"{slug}:{pk}", now)
    if follow_up is None:
        raise Http404
    error = ""
    if request.method == "POST":
        try:
            reached = send_follow_up(actor=staff, follow_up=follow_up, now=now)
        except OperationNotAllowedError as not_allowed:
            error = str(not_allowed)
        else:
            messages.success(
                request,
                _("Reminder sent to %(names)s.") % {"names": get_text_list([row.name for row in reached], _("and"))},
            )
            return redirect("reminders:follow_ups")
    first = next(iter(follow_up.reachable), None)
    context = {
        "follow_up": follow_up,
        "last_email": last_follow_up_emails(now).get(follow_up.ref),
        "email": sanitize_message(follow_up_email(follow_up, first, staff, now)) if first else None,
        "error": error,
    }
    return render(request, "reminders/follow_up_send.html", context, status=409 if error else 200)
