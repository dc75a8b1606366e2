"""Staff write to many: the words, then the recipients and the mail as it will be read, then the press."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.operations import Refused, StaleEdit
from core.pages import page_of
from mail.showing import shown
from members.drafts import keeps_typing
from members.guards import person_of, staff_only
from reminders import announcing, operations, queries
from reminders.emails.announcements import message_for
from reminders.forms import AnnouncementForm
from reminders.models import Announcement
from reminders.rules import HOLD_BACK


@staff_only
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements, the latest first, each with what became of its mails."""
    page = page_of(request, Announcement.objects.select_related("created_by", "sent_by"))
    counts = queries.sent_counts(page)
    audiences = announcing.all_in_words(row.audience for row in page)
    rows = [(row, words, counts.get(row.pk, queries.Sent())) for row, words in zip(page, audiences, strict=True)]
    return render(request, "reminders/announcements.html", {"page": page, "rows": rows})


@staff_only
@require_http_methods(["GET", "POST"])
@keeps_typing()
def announcement_add(request: HttpRequest) -> HttpResponse:
    """Write one; nothing goes yet."""
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = operations.write_announcement(actor=person_of(request), **form.announcement)
        return redirect("reminders:announcement", row.pk)
    return render(request, "reminders/announcement_form.html", {"form": form, "row": None})


@staff_only
@require_http_methods(["GET", "POST"])
@keeps_typing()
def announcement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change one that is not sent yet."""
    row = get_object_or_404(Announcement, pk=pk)
    form = AnnouncementForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        with form.collect_errors():
            operations.edit_announcement(
                actor=person_of(request), announcement=row, version=form.seen_version, **form.announcement
            )
        if not form.errors:
            return redirect("reminders:announcement", pk)
    return render(request, "reminders/announcement_form.html", {"form": form, "row": row}, status=form.http_status)


@staff_only
@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """Before it is sent: who gets it, who does not and why, and the mail. After: what became of each."""
    row = get_object_or_404(Announcement.objects.select_related("created_by", "sent_by", "stopped_by"), pk=pk)
    audience = announcing.in_words(row.audience)
    context = {
        "row": row,
        "audience": audience,
        "shown": shown(message_for(row, person_of(request), audience)),
        "recipients": None if row.sent_at else announcing.recipients(row),
        "sent": queries.sent_counts([row]).get(row.pk, queries.Sent()),
        "page": page_of(request, queries.deliveries_of(row), 100) if row.sent_at else None,
        "minutes": HOLD_BACK.seconds // 60,
        "goes_at": row.sent_at + HOLD_BACK if row.sent_at else None,
    }
    return render(request, "reminders/announcement.html", context)


@staff_only
@require_POST
def announcement_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to oneself alone."""
    row, actor = get_object_or_404(Announcement, pk=pk), person_of(request)
    operations.try_announcement(actor=actor, announcement=row, now=timezone.now())
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
            actor=person_of(request),
            announcement=row,
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
            mark=request.POST.get("mark", ""),
            now=timezone.now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    except StaleEdit:
        messages.error(request, "Somebody changed this meanwhile. Read it again, then send.")
    else:
        people = "1 person" if count == 1 else f"{count} people"
        messages.success(
            request, f"It goes to {people} in {HOLD_BACK.seconds // 60} minutes. Until then you can stop it."
        )
    return redirect("reminders:announcement", pk)


@staff_only
@require_POST
def announcement_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let nothing more of it go."""
    row = get_object_or_404(Announcement, pk=pk)
    try:
        count = operations.stop_announcement(actor=person_of(request), announcement=row, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        mails = "1 mail that was" if count == 1 else f"{count} mails that were"
        messages.success(request, f"Stopped. {mails} still waiting will not go.")
    return redirect("reminders:announcement", pk)
