"""What all reminders' mails share: the sender's name, why it came, and how to stop it."""

from typing import Any

from mail.messages import Calendar, Message, render
from reminders.links import preferences_url
from reminders.models import Reminder
from reminders.rules import DUTY_KINDS
from taskforces.models import Workgroup

_DUTY_HOW = (
    "Everybody who belongs gets the news of new, moved and cancelled meetings. If you have left, tell the chair."
)


def make(reminder: Reminder, template: str, subject: str, calendar: Calendar | None, **context: Any) -> Message:
    """The mail of a reminder from the templates of that name; `context` fills them."""
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    headers = {}
    context["how"] = _DUTY_HOW
    if reminder.kind not in DUTY_KINDS:
        link = preferences_url(reminder.recipient, reminder.kind)
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop these reminders or choose others", "how_url": link}
    text, html = render(f"reminders/mail/{template}", {"kind": reminder.kind, "subject": subject, **context})
    return Message(subject, text, html, headers=headers, calendar=calendar)
