"""Staff write to many: the text, then the recipients and the email as it will be read, then the button."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.decorators import get_person, staff_only
from accounts.drafts import autosave_draft
from core.pages import paginate, report_errors
from mail.display import sanitize_message
from reminders import operations, queries
from reminders.forms import AnnouncementForm
from reminders.models import Announcement
from reminders.rules import SEND_DELAY
from reminders.subjects.announcements import (
    announcement_email,
    describe_audience,
    describe_audiences,
    find_recipients,
)


@staff_only
@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """All announcements, the latest first, each with the outcomes of its emails."""
    page = paginate(request, Announcement.objects.select_related("created_by", "sent_by"))
    outcomes = queries.announcement_outcomes(page)
    audiences = describe_audiences(row.audience for row in page)
    rows = [
        (row, audience, outcomes.get(row.pk, queries.AnnouncementOutcomes()))
        for row, audience in zip(page, audiences, strict=True)
    ]
    return render(request, "reminders/announcements.html", {"page": page, "rows": rows})


@staff_only
@require_http_methods(["GET", "POST"])
@autosave_draft()
def announcement_add(request: HttpRequest) -> HttpResponse:
    """Write one; nothing is sent yet."""
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = operations.create_announcement(actor=get_person(request), **form.announcement)
        return redirect("reminders:announcement", row.pk)
    return render(request, "reminders/announcement_form.html", {"form": form, "row": None})


@staff_only
@require_http_methods(["GET", "POST"])
@autosave_draft()
def announcement_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit one that is not sent yet."""
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
    """Before it is sent: who gets it, who does not and why, and the email. After: the outcome of each."""
    row = get_object_or_404(Announcement.objects.select_related("created_by", "sent_by", "stopped_by"), pk=pk)
    audience = describe_audience(row.audience)
    context = {
        "row": row,
        "audience": audience,
        "email": sanitize_message(announcement_email(row, get_person(request), audience)),
        "recipients": None if row.sent_at else find_recipients(row),
        "outcomes": queries.announcement_outcomes([row]).get(row.pk, queries.AnnouncementOutcomes()),
        "page": paginate(request, queries.deliveries_of(row), 100) if row.sent_at else None,
        "minutes": SEND_DELAY.seconds // 60,
        "sending_at": row.sent_at + SEND_DELAY if row.sent_at else None,
    }
    return render(request, "reminders/announcement.html", context)


@staff_only
@require_POST
def announcement_test(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a test to oneself alone."""
    row, actor = get_object_or_404(Announcement, pk=pk), get_person(request)
    operations.send_test_announcement(actor=actor, announcement=row, now=timezone.now())
    messages.success(
        request, _("Test email queued. It will arrive at %(address)s in about a minute.") % {"address": actor.email}
    )
    return redirect("reminders:announcement", pk)


@staff_only
@require_POST
def announcement_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Send it to the recipients that the page showed; selecting the button twice sends once."""
    row = get_object_or_404(Announcement, pk=pk)
    version = request.POST.get("version", "")
    with report_errors(request) as report:
        count = operations.send_announcement(
            actor=get_person(request),
            announcement=row,
            version=int(version) if version.isascii() and version.isdecimal() and len(version) < 10 else 0,
            checksum=request.POST.get("checksum", ""),
            now=timezone.now(),
        )
    if report.ok:
        text = ngettext(
            "The announcement will be sent to %(count)d person in %(minutes)d minutes. You can stop it until then.",
            "The announcement will be sent to %(count)d people in %(minutes)d minutes. You can stop it until then.",
            count,
        )
        messages.success(request, text % {"count": count, "minutes": SEND_DELAY.seconds // 60})
    return redirect("reminders:announcement", pk)


@staff_only
@require_POST
def announcement_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the emails that are still waiting."""
    row = get_object_or_404(Announcement, pk=pk)
    with report_errors(request) as report:
        count = operations.stop_announcement(actor=get_person(request), announcement=row, now=timezone.now())
    if report.ok:
        text = ngettext(
            "Announcement stopped. %(count)d waiting email will not be sent.",
            "Announcement stopped. %(count)d waiting emails will not be sent.",
            count,
        )
        messages.success(request, text % {"count": count})
    return redirect("reminders:announcement", pk)
