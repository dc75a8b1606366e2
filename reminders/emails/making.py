"""What all reminders' mails share: one thing as it is said in a mail, alone or among others, and the mail's foot."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from mail.messages import Calendar, Message, render
from members.models import Person
from reminders.answers.parts import Offer
from reminders.links import preferences_url
from reminders.models import Reminder
from reminders.rules import DUTY_KINDS
from taskforces.models import Workgroup

_DUTY_HOW = (
    "Everybody who belongs gets the news of new, moved and cancelled meetings. If you have left, tell the chair."
)


@dataclass(frozen=True)
class Piece:
    """What a mail says of one thing.

    `subject` is the mail's where the piece goes alone, `title` its heading among others; `ask` says what the person is
    asked. `button` is the one button of a mail of its own, `offers` are the answers that take one press, `points` a
    short list such as an agenda.
    """

    subject: str
    title: str
    ask: str
    facts: list[tuple[str, str]]
    why: str
    button: Offer
    offers: list[Offer] = field(default_factory=list)
    points_title: str = ""
    points: list[str] = field(default_factory=list)
    calendar: Calendar | None = None


def ask(template: str, **context: Any) -> str:
    """The sentence that says what the person is asked, from `reminders/mail/<template>_ask.txt`."""
    return render_to_string(f"reminders/mail/{template}_ask.txt", context).strip()


def alone(reminder: Reminder, piece: Piece) -> Message:
    """The mail of one reminder."""
    context = {"piece": piece, "subject": piece.subject, "why": piece.why}
    return _message(reminder.recipient, [reminder.kind], "one", piece.subject, context, piece.calendar)


def merged(person: Person, pieces: Sequence[tuple[Reminder, Piece]], subject: str) -> Message:
    """One mail of several things, each with its own presses, in the order given."""
    reasons = list(dict.fromkeys(piece.why for _, piece in pieces))
    context = {
        # Its heading says already what a thing is.
        "pieces": [
            replace(piece, facts=[fact for fact in piece.facts if fact[1] != piece.title]) for _, piece in pieces
        ],
        "subject": subject,
        "why": " ".join(reasons),
        "url": settings.SITE_URL + reverse("overview:home"),
        "act": "See all that is yours",
    }
    return _message(person, [reminder.kind for reminder, _ in pieces], "merged", subject, context, None)


def _message(
    person: Person,
    kinds: Sequence[str],
    template: str,
    subject: str,
    context: dict[str, Any],
    calendar: Calendar | None,
) -> Message:
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    headers = {}
    context["how"] = _DUTY_HOW
    optional = [kind for kind in kinds if kind not in DUTY_KINDS]
    if optional:
        link = preferences_url(person, optional[0])
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop these reminders or choose others", "how_url": link}
    text, html = render(f"reminders/mail/{template}", context)
    return Message(subject, text, html, headers=headers, calendar=calendar)
