"""The mail of an announcement: staff's own words, why one gets it, and how to stop what can be stopped."""

from accounts.models import Person
from mail.messages import Message, render
from reminders.links import preferences_url
from reminders.models import Announcement
from reminders.rules import ReminderKind
from taskforces.models import Workgroup


def message_for(announcement: Announcement, person: Person, audience: str, *, is_test: bool = False) -> Message:
    """The mail to one person. A test says so in its subject, and is else the same."""
    subject = f"Test: {announcement.subject}" if is_test else announcement.subject
    headers = {}
    context = {
        "subject": subject,
        "said": announcement.text,
        "why": f"You get this because Workgroup staff wrote to: {audience}.",
        "how": f"It comes to everybody it concerns: {announcement.mandatory_reason}",
    }
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    if not announcement.is_mandatory:
        link = preferences_url(person, ReminderKind.ANNOUNCEMENT)
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop announcements or choose others", "how_url": link}
    text, html = render("reminders/mail/announcement", context)
    return Message(subject, text, html, headers=headers)
