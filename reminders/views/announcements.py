"""Staff write to many: the words, then the recipients and the mail as it will be read, then the press."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.drafts import autosave_draft
from core.operations import EditConflictError, OperationNotAllowedError
from core.pages import paginate
from mail.display import sanitize_message
from reminders import announcing, operations, queries
from reminders.emails.announcements import message_for
from reminders.forms import AnnouncementForm
from reminders.models import Announcement
from reminders.rules import SEND_DELAY


@staff_only
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements, the latest first, each with what became of its mails."""
    page = paginate(request, Announcement.objects.select_related("created_by", "sent_by"))
    counts = queries.sent_counts(page)
    audiences = announcing.describe_audiences(row.audience for row in page)
    rows = [(row, words, counts.get(row.pk, queries.Sent())) for row, words in zip(page, audiences, strict=True)]
    return render(request, "reminders/announcements.html", {"page": page, "rows": rows})


@staff_only
@require_http_methods(["GET", "POST"])
@autosave_draft()
def announcement_add(request: HttpRequest) -> HttpResponse:
    """Write one; nothing goes yet."""
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = operations.write_announcement(actor=get_person(request), **form.announcement)
        return redirect("reminders:announcement", row.pk)
    return render(request, "reminders/announcement_form.html", {"form": form, "row": None})


@staff_only
@require_http_methods(["GET", "POST"])
@autosave_draft()
def announcement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one that is not sent yet."""
    row = get_object_or_404(Announcement, pk=pk)
    form = AnnouncementForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_announcement(
                actor=get_person(request), announcement=row, version=form.seen_version, **form.announcement
            )
        if not form.errors:
            return redirect("reminders:announcement", pk)
    return render(request, "reminders/announcement_form.html", {"form": form, "row": row}, status=form.http_status)


@staff_only
@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Before it is sent: who gets it, who does not and why, and the mail. After: what became of each."""
    row = get_object_or_404(Announcement.objects.select_related("created_by", "sent_by", "stopped_by"), pk=pk)
    audience = announcing.describe_audience(row.audience)
    context = {
        "row": row,
        "audience": audience,
        "shown": sanitize_message(message_for(row, get_person(request), audience)),
        "recipients": None if row.sent_at else announcing.recipients(row),
        "sent": queries.sent_counts([row]).get(row.pk, queries.Sent()),
        "page": paginate(request, queries.deliveries_of(row), 100) if row.sent_at else None,
        "minutes": SEND_DELAY.seconds // 60,
        "goes_at": row.sent_at + SEND_DELAY if row.sent_at else None,
    }
    return render(request, "reminders/announcement.html", context)


@staff_only
@require_POST
def announcement_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to oneself alone."""
    row, actor = get_object_or_404(Announcement, pk=pk), get_person(request)
    operations.send_test_announcement(actor=actor, announcement=row, now=timezone.now())
    messages.success(request, f"A test goes to {actor.email} within a minute, and to nobody else.")
    return redirect("reminders:announcement", pk)


@staff_only
@require_POST
def announcement_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to whom the page showed; pressing twice sends once."""
    row = get_object_or_404(Announcement, pk=pk)
    version = request.POST.get("version", "")
    try:
        count = operations.send_announcement(
            actor=get_person(request),
            announcement=row,
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
            mark=request.POST.get("mark", ""),
            now=timezone.now(),
        )
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    except EditConflictError:
        messages.error(request, "Somebody changed this meanwhile. Read it again, then send.")
    else:
        people = "1 person" if count == 1 else f"{count} people"
        messages.success(
            request, f"It goes to {people} in {SEND_DELAY.seconds // 60} minutes. Until then you can stop it."
        )
    return redirect("reminders:announcement", pk)


@staff_only
@require_POST
def announcement_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nothing more of it go."""
    row = get_object_or_404(Announcement, pk=pk)
    try:
        count = operations.stop_announcement(actor=get_person(request), announcement=row, now=timezone.now())
    except OperationNotAllowedError as refused:
        messages.error(request, str(refused))
    else:
        mails = "1 mail that was" if count == 1 else f"{count} mails that were"
        messages.success(request, f"Stopped. {mails} still waiting will not go.")
    return redirect("reminders:announcement", pk)
