"""The layout of reminder emails: a section for each subject, alone or among others, and the footer."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts.models import Person
from mail.messages import Calendar, Message, render
from reminders.delegation import explain_delegation
from reminders.link_actions import ActionButton
from reminders.links import is_answer, preferences_url
from reminders.models import Reminder
from reminders.rules import policy_of
from taskforces.models import Workgroup

_NOTICE_HOW = (
    "Everybody who belongs gets the news of new, moved and cancelled meetings. If you have left, tell the chair."
)


@dataclass(frozen=True)
class EmailSection:
    """What an email says about one subject.

    `subject` is the email's subject where the section is sent alone, `title` its heading among others. `button` is the
    one button of a single email, `action_buttons` are the answers that take one click, `points` a short list such as an
    agenda. `subject_version` is stored in the reminder where the version is known only when the email is composed.
    """

    subject: str
    title: str
    call_to_action: str
    facts: list[tuple[str, str]]
    why: str
    button: ActionButton
    action_buttons: list[ActionButton] = field(default_factory=list)
    points_title: str = ""
    points: list[str] = field(default_factory=list)
    calendar: Calendar | None = None
    subject_version: str | None = None


def page_url(name: str, *args: object) -> str:
    """The full address of a page of the portal."""
    return settings.SITE_URL + reverse(name, args=args)


def single_email(reminder: Reminder, section: EmailSection, *, is_copy: bool = False) -> Message:
    """The email of one reminder; the assistant's copy has no buttons that answer."""
    if is_copy:
        section = _assistant_section(reminder.recipient, section)
    context = {"section": section, "subject": section.subject, "why": section.why}
    if is_copy:
        context["how"] = _copy_how(reminder.recipient)
    kinds = [] if is_copy else [reminder.kind]
    return _message(kinds, "single", context, person=reminder.recipient, calendar=section.calendar)


def digest_email(
    person: Person, sections: Sequence[tuple[Reminder, EmailSection]], subject: str, *, is_copy: bool = False
) -> Message:
    """One email with several sections in the order given; calendar entries are attached as files."""
    opening, act = f"{len(sections)} things wait for you.", "See all that is yours"
    if is_copy:
        sections = [(reminder, _assistant_section(person, section)) for reminder, section in sections]
        subject = f"Copy for {person}: {subject}"
        opening, act = f"{len(sections)} things wait for {person}.", "Open the portal"
    reasons = list(dict.fromkeys(section.why for _, section in sections))
    context = {
        # The heading of a section says already what it is about.
        "sections": [
            replace(section, facts=[fact for fact in section.facts if fact[1] != section.title])
            for _, section in sections
        ],
        "subject": subject,
        "opening": opening,
        "why": " ".join(reasons),
        "url": page_url("overview:home"),
        "act": act,
    }
    if is_copy:
        context["how"] = _copy_how(person)
    kinds = [] if is_copy else [reminder.kind for reminder, _ in sections]
    entries = [section.calendar for _, section in sections if section.calendar]
    files = tuple(
        (f"meeting-{number}.ics", entry.content, "application/ics") for number, entry in enumerate(entries, start=1)
    )
    return replace(_message(kinds, "digest", context, person=person), attachments=files)


def staff_email(section: EmailSection, sender: Person) -> Message:
    """An email that a member of staff sends by hand; a reply goes to them."""
    context = {
        "section": section,
        "subject": section.subject,
        "why": section.why,
        "how": f"{sender.name} asked us to send you this. Answer this mail to reach them.",
    }
    message = _message([], "single", context, person=sender, calendar=section.calendar)
    return replace(message, headers={**message.headers, "Reply-To": sender.email})


def delegate_section(reminder: Reminder, section: EmailSection, now: dt.datetime) -> EmailSection:
    """The section for a delegate: in whose place they get it and why, without buttons that answer for that person."""
    person = reminder.principal
    in_whose_place, why = explain_delegation(reminder, now)
    return replace(
        _without_answers(section),
        subject=f"For {person}: {section.subject}",
        title=f"For {person}: {section.title}",
        call_to_action=f"{in_whose_place} {section.call_to_action}",
        why=why,
    )


def _assistant_section(person: Person, section: EmailSection) -> EmailSection:
    """The section for the person's assistant, without buttons that answer for the person."""
    return replace(
        _without_answers(section),
        subject=f"Copy for {person}: {section.subject}",
        call_to_action=f"To {person}: {section.call_to_action}",
        why=f"You get this copy because {person} named you as assistant.",
    )


def _copy_how(person: Person) -> str:
    return f"{person} can name somebody else, or nobody, on the page “Your profile”. Ask them to end these copies."


def _without_answers(section: EmailSection) -> EmailSection:
    """The section with one button that opens a page."""
    home = ActionButton("Open the portal", page_url("overview:home"))
    buttons = (section.button, *section.action_buttons)
    return replace(section, button=next((row for row in buttons if not is_answer(row.url)), home), action_buttons=[])


def _message(
    kinds: Sequence[str],
    template: str,
    context: dict[str, Any],
    *,
    person: Person,
    calendar: Calendar | None = None,
) -> Message:
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    headers = {}
    optional = [kind for kind in kinds if not policy_of(kind).is_mandatory]
    if optional:
        link = preferences_url(person, *dict.fromkeys(optional))
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": "Stop these reminders or choose others", "how_url": link}
    elif kinds:
        if any(policy_of(kind).is_notice for kind in kinds):
            context["why"] = f"{context['why']} {_NOTICE_HOW}"
        context |= {"how": "Choose what else we write to you about", "how_url": preferences_url(person)}
    text, html = render(f"reminders/mail/{template}", context)
    return Message(context["subject"], text, html, headers=headers, calendar=calendar)
