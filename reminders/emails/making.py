"""What all reminders' mails share: one thing as it is said in a mail, alone or among others, and the mail's foot."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import Person
from core.dates import format_date
from mail.messages import Calendar, Message, render
from mail.models import Suppression
from reminders.answers.parts import Offer
from reminders.links import is_answer, preferences_url
from reminders.models import NotificationSettings, Reminder
from reminders.rules import MANDATORY_KINDS, NOTICE_KINDS
from taskforces.models import Workgroup

_NOTICE_HOW = (
    "Everybody who belongs gets the news of new, moved and cancelled meetings. If you have left, tell the chair."
)


@dataclass(frozen=True)
class EmailSection:
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


def alone(reminder: Reminder, piece: EmailSection, *, is_copy: bool = False) -> Message:
    """The mail of one reminder; the assistant's copy has nothing in it to act by."""
    if is_copy:
        piece = _for_assistant(reminder.recipient, piece)
    context = {"piece": piece, "subject": piece.subject, "why": piece.why}
    if is_copy:
        context["how"] = _copy_how(reminder.recipient)
    kinds = [] if is_copy else [reminder.kind]
    return _message(reminder.recipient, kinds, "one", piece.subject, context, piece.calendar)


def merged(
    person: Person, pieces: Sequence[tuple[Reminder, EmailSection]], subject: str, *, is_copy: bool = False
) -> Message:
    """One mail of several things, each with its own presses, in the order given; news of meetings come as files."""
    opening, act = f"{len(pieces)} things wait for you.", "See all that is yours"
    if is_copy:
        pieces = [(reminder, _for_assistant(person, piece)) for reminder, piece in pieces]
        subject = f"Copy for {person}: {subject}"
        opening, act = f"{len(pieces)} things wait for {person}.", "Open the portal"
    reasons = list(dict.fromkeys(piece.why for _, piece in pieces))
    context = {
        # Its heading says already what a thing is.
        "pieces": [
            replace(piece, facts=[fact for fact in piece.facts if fact[1] != piece.title]) for _, piece in pieces
        ],
        "subject": subject,
        "opening": opening,
        "why": " ".join(reasons),
        "url": settings.SITE_URL + reverse("overview:home"),
        "act": act,
    }
    if is_copy:
        context["how"] = _copy_how(person)
    kinds = [] if is_copy else [reminder.kind for reminder, _ in pieces]
    entries = [piece.calendar for _, piece in pieces if piece.calendar]
    files = tuple(
        (f"meeting-{number}.ics", entry.content, "application/ics") for number, entry in enumerate(entries, start=1)
    )
    return replace(_message(person, kinds, "merged", subject, context, None), attachments=files)


def delegate_email(reminder: Reminder, piece: EmailSection, now: dt.datetime) -> EmailSection:
    """The piece for who stands in: whose matter it is, why it came here, and no press in the other one's name."""
    person, stands = reminder.delegated_from, "stand"
    wish = NotificationSettings.objects.filter(person=person, away_until__gte=now.date()).first()
    refuses = Suppression.objects.filter(address=person.email if person else "", suppressed_at__isnull=False).exists()
    if wish and wish.away_until:
        why = f"{person} is away until {format_date(wish.away_until, now.date())}, and you stand in"
    elif refuses:
        why = f"mail to {person} comes back, and you stand in. Tell staff an address that works"
    elif reminder.kind in NOTICE_KINDS:
        why, stands = f"you were told of the meeting while you stood in for {person}", "stood"
    else:
        why = f"{person} sends you, and you stand in"
    return replace(
        _to_look_at(piece),
        subject=f"For {person}: {piece.subject}",
        title=f"For {person}: {piece.title}",
        ask=f"You {stands} in for {person}. {piece.ask}",
        why=f"You get this because {why}.",
    )


def _for_assistant(person: Person, piece: EmailSection) -> EmailSection:
    """The piece without what only the person may press, and with the reason why the assistant reads it."""
    return replace(
        _to_look_at(piece),
        subject=f"Copy for {person}: {piece.subject}",
        ask=f"To {person}: {piece.ask}",
        why=f"You get this copy because {person} named you as assistant.",
    )


def _copy_how(person: Person) -> str:
    return f"{person} can name somebody else, or nobody, on the page “Your profile”. Ask them to end these copies."


def _to_look_at(piece: EmailSection) -> EmailSection:
    """The piece with a page to open and nothing to press."""
    home = Offer("Open the portal", settings.SITE_URL + reverse("overview:home"))
    page = next((offer for offer in (piece.button, *piece.offers) if not is_answer(offer.url)), home)
    return replace(piece, button=page, offers=[])


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
    optional = [kind for kind in kinds if kind not in MANDATORY_KINDS]
    if optional:
        link = preferences_url(person, *dict.fromkeys(optional))
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop these reminders or choose others", "how_url": link}
    elif kinds:
        if set(kinds) & set(NOTICE_KINDS):
            context["why"] = f"{context['why']} {_NOTICE_HOW}"
        context |= {"how": "Choose what else we write to you about", "how_url": preferences_url(person)}
    text, html = render(f"reminders/mail/{template}", context)
    return Message(subject, text, html, headers=headers, calendar=calendar)


def from_staff(piece: EmailSection, asker: Person) -> Message:
    """A mail that a member of staff asked for by hand; an answer to it goes to them."""
    context = {
        "piece": piece,
        "subject": piece.subject,
        "why": piece.why,
        "how": f"{asker.name} asked us to send you this. Answer this mail to reach them.",
    }
    message = _message(asker, [], "one", piece.subject, context, piece.calendar)
    return replace(message, headers={**message.headers, "Reply-To": asker.email})
