"""The layout of reminder emails: a section for each subject, alone or among others, and the footer."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from core.dates import format_date, format_relative_date
from mail.messages import Calendar, Message, render
from reminders.delegation import explain_delegation
from reminders.link_actions import ActionButton
from reminders.links import is_answer, preferences_url
from reminders.models import Reminder
from reminders.rules import policy_of
from taskforces.models import Workgroup

_MAX_SUMMARIES = 3


@dataclass(frozen=True)
class EmailSection:
    """What an email says about one subject.

    `subject` is the email's subject where the section is sent alone, `title` its heading in a digest, and `summary`
    what the first line of a digest says about it. `button` is the one button of a single email, `action_buttons` are
    the answers that take one click, `points` a short list such as an agenda. `notice` is a second sentence about why
    the email is sent, for emails that cannot be switched off. `subject_version` is stored in the reminder where the
    version is known only when the email is composed.
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
    summary: str = ""
    notice: str = ""


def page_url(name: str, *args: object) -> str:
    """Return the full address of a page of the portal."""
    return settings.SITE_URL + reverse(name, args=args)


def format_day_and_distance(day: dt.date, today: dt.date) -> str:
    """Return a date with its distance from today, such as "Thu, Dec 3 (in 7 days)"."""
    values = {"day": format_date(day, today), "distance": format_relative_date(day, today)}
    return _("%(day)s (%(distance)s)") % values


def single_email(reminder: Reminder, section: EmailSection, *, is_copy: bool = False) -> Message:
    """Return the email of one reminder; the copy for the assistant has no buttons that answer."""
    if is_copy:
        section = _assistant_section(reminder.recipient, section)
    context = {"section": section, "subject": section.subject, "why": section.why}
    if is_copy:
        context["how"] = _copy_how(reminder.recipient)
    kinds = [] if is_copy else [reminder.kind]
    return _message(
        kinds, "single", context, person=reminder.recipient, calendar=section.calendar, notices=[section.notice]
    )


def digest_email(
    person: Person, sections: Sequence[tuple[Reminder, EmailSection]], subject: str, *, is_copy: bool = False
) -> Message:
    """One email with several sections in the order given; calendar entries are attached as files."""
    opening, act = _digest_opening([section for _reminder, section in sections]), _("See your to-do list")
    if is_copy:
        sections = [(reminder, _assistant_section(person, section)) for reminder, section in sections]
        subject = _("Copy for %(person)s: %(subject)s") % {"person": person, "subject": subject}
        opening = _("To %(person)s: %(text)s") % {"person": person, "text": opening}
        act = _("Open the portal")
    reasons = list(dict.fromkeys(section.why for _reminder, section in sections))
    context = {
        # The heading of a section says already what it is about.
        "sections": [
            replace(section, facts=[fact for fact in section.facts if fact[1] != section.title])
            for _reminder, section in sections
        ],
        "subject": subject,
        "opening": opening,
        "why": " ".join(reasons),
        "url": page_url("overview:home"),
        "act": act,
    }
    if is_copy:
        context["how"] = _copy_how(person)
    kinds = [] if is_copy else [reminder.kind for reminder, _section in sections]
    notices = [section.notice for _reminder, section in sections]
    message = _message(kinds, "digest", context, person=person, notices=notices)
    entries = [section.calendar for _reminder, section in sections if section.calendar]
    files = tuple(
        (f"meeting-{number}.ics", entry.content, "application/ics") for number, entry in enumerate(entries, start=1)
    )
    return replace(message, attachments=files)


def _digest_opening(sections: Sequence[EmailSection]) -> str:
    """Return the first line of a digest: the number of items and short descriptions of the first ones."""
    summaries = list(dict.fromkeys(section.summary for section in sections if section.summary))
    values = {"count": len(sections), "items": get_text_list(summaries[:_MAX_SUMMARIES], _("and"))}
    if not summaries:
        text = ngettext("You have %(count)d item.", "You have %(count)d items.", len(sections))
    elif len(summaries) == len(sections) <= _MAX_SUMMARIES:
        text = ngettext("You have %(count)d item: %(items)s.", "You have %(count)d items: %(items)s.", len(sections))
    else:
        text = ngettext(
            "You have %(count)d item, including %(items)s.",
            "You have %(count)d items, including %(items)s.",
            len(sections),
        )
    return text % values


def staff_email(section: EmailSection, sender: Person) -> Message:
    """Return an email that a staff member sends manually; replies are sent to the staff member."""
    context = {
        "section": section,
        "subject": section.subject,
        "why": section.why,
        "how": _("%(name)s asked us to send you this. Reply to this email to reach them.") % {"name": sender.name},
    }
    message = _message([], "single", context, person=sender, calendar=section.calendar)
    return replace(message, headers={**message.headers, "Reply-To": sender.email})


def delegate_section(reminder: Reminder, section: EmailSection, now: dt.datetime) -> EmailSection:
    """Return the section for a delegate, without buttons that answer for the person who is away.

    It states on whose behalf the delegate receives the email, and why.
    """
    person = reminder.principal
    in_whose_place, why = explain_delegation(reminder, now)
    return replace(
        _without_answers(section),
        subject=_("On behalf of %(person)s: %(subject)s") % {"person": person, "subject": section.subject},
        title=_("On behalf of %(person)s: %(title)s") % {"person": person, "title": section.title},
        call_to_action=f"{in_whose_place} {section.call_to_action}",
        why=why,
    )


def _assistant_section(person: Person, section: EmailSection) -> EmailSection:
    """Return the section for the person's assistant, without buttons that answer for the person."""
    return replace(
        _without_answers(section),
        subject=_("Copy for %(person)s: %(subject)s") % {"person": person, "subject": section.subject},
        call_to_action=_("To %(person)s: %(text)s") % {"person": person, "text": section.call_to_action},
        why=_("You're receiving this copy because %(person)s named you as their assistant.") % {"person": person},
    )


def _copy_how(person: Person) -> str:
    text = _("To stop these copies, ask %(person)s to change or remove their assistant on the “Your profile” page.")
    return text % {"person": person}


def _without_answers(section: EmailSection) -> EmailSection:
    """Return the section with only one button, which opens a page."""
    home = ActionButton(_("Open the portal"), page_url("overview:home"))
    buttons = (section.button, *section.action_buttons)
    return replace(section, button=next((row for row in buttons if not is_answer(row.url)), home), action_buttons=[])


def _message(
    kinds: Sequence[str],
    template: str,
    context: dict[str, Any],
    *,
    person: Person,
    calendar: Calendar | None = None,
    notices: Iterable[str] = (),
) -> Message:
    workgroup = Workgroup.objects.first()
    if workgroup:
        context["sender"] = workgroup.name
    headers = {}
    optional = [kind for kind in kinds if not policy_of(kind).is_mandatory]
    if optional:
        link = preferences_url(person, *dict.fromkeys(optional))
        headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        context |= {"how": _("Unsubscribe or change your email settings"), "how_url": link}
    elif kinds:
        notices = dict.fromkeys(notice for notice in notices if notice)
        context["why"] = " ".join([context["why"], *notices])
        context |= {"how": _("Manage your email settings"), "how_url": preferences_url(person)}
    text, html = render(f"reminders/mail/{template}", context)
    return Message(context["subject"], text, html, headers=headers, calendar=calendar)
