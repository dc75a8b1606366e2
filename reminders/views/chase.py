"""What staff chase, with a nudge by one press whose words are shown first."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.decorators import get_person, staff_only
from core.operations import OperationNotAllowedError
from mail.display import sanitize_message
from reminders.chasing import FollowUpType, case_of, cases
from reminders.chasing.nudging import last_nudges, message_of, nudge


@require_safe
@staff_only
def chase(request: HttpRequest) -> HttpResponse:
    """Everything that somebody owes the Workgroup, by what it is."""
    now = timezone.now()
    found, asked = cases(now), last_nudges(now)
    groups = [
        (matter, [(case, asked.get(case.ref)) for case in found if case.matter == matter]) for matter in FollowUpType
    ]
    return render(request, "reminders/chase.html", {"groups": groups, "count": len(found)})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only
def chase_nudge(request: HttpRequest, matter: str, pk: int) -> HttpResponse:
    """Whom a nudge reaches and what it says; the button sends it."""
    now, staff = timezone.now(), get_person(request)
    case = case_of(f"{matter}:{pk}", now)
    if case is None:
        raise Http404
    refusal = ""
    if request.method == "POST":
        try:
            reached = nudge(actor=staff, case=case, now=now)
        except OperationNotAllowedError as error:
            refusal = str(error)
        else:
            messages.success(request, f"Asked {', '.join(recipient.name for recipient in reached)}.")
            return redirect("reminders:chase")
    first = next(iter(case.reachable), None)
    context = {
        "case": case,
        "asked": last_nudges(now).get(case.ref),
        "shown": sanitize_message(message_of(case, first, staff, now)) if first else None,
        "refusal": refusal,
    }
    return render(request, "reminders/chase_nudge.html", context, status=409 if refusal else 200)
