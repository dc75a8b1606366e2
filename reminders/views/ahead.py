"""What will go, to whom and in which words, before it goes."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.decorators import staff_only
from accounts.models import Person
from core.pages import paginate
from mail.display import sanitize_message
from mail.models import Delivery
from reminders import previews, queries, rehearsal

_MAX_LINES, _A_PAGE = 200, 100


@require_safe
@staff_only
def upcoming(request: HttpRequest) -> HttpResponse:
    """The mails of the next seven days as things stand now, by day and by person."""
    number = request.GET.get("person", "")
    who = get_object_or_404(Person, pk=number) if number.isdecimal() else None
    page = paginate(request, previews.upcoming_emails(timezone.now(), person=who), _A_PAGE)
    return render(request, "reminders/upcoming.html", {"page": page, "who": who, "days": previews.by_day(page)})


@require_safe
@staff_only
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """One mail that is still ahead, as its receiver will see it if nothing changes until then."""
    now = timezone.now()
    mail = next((row for row in previews.upcoming_emails(now) if row.key == key), None)
    if mail is None:
        raise Http404
    return render(request, "reminders/preview.html", {"letter": previews.read(mail, now)})


@require_safe
@staff_only
def delivery_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """One mail of the ledger as it would be built now."""
    row = get_object_or_404(Delivery.objects.select_related("person"), pk=pk)
    line = rehearsal.preview(row, timezone.now())
    context = {
        "row": row,
        "kind": queries.kind_label(row.kind),
        "line": line,
        "shown": sanitize_message(line.message) if line.message else None,
    }
    return render(request, "reminders/delivery_preview.html", context)


@require_safe
@staff_only
def dry_run(request: HttpRequest) -> HttpResponse:
    """What a tick would send if it ran now; nothing is written and nothing goes."""
    lines = rehearsal.rehearse(timezone.now(), limit=_MAX_LINES)
    going = [line for line in lines if line.message]
    context = {
        "going": going,
        "staying": [(line, queries.kind_label(line.delivery.kind)) for line in lines if not line.message],
        "most": _MAX_LINES if len(lines) == _MAX_LINES else None,
        "clock": queries.clock_state(timezone.now()),
    }
    return render(request, "reminders/dry_run.html", context)
