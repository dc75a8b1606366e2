"""What the mail says that asks an organization whether its record is still right."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from core.dates import format_date, format_relative_date
from members.models import Confirmation, Organization
from members.queries import last_answers
from members.rules import ConfirmationStage, RepresentationKind, stage_ends_on
from members.tokens import confirmation_token
from reminders.answers.parts import Offer
from reminders.emails.making import EmailSection, ask
from reminders.models import Reminder

_ROLES = {
    ConfirmationStage.ASKED: "speak for",
    ConfirmationStage.AGAIN: "are primary representative or alternate of",
    ConfirmationStage.EXECUTIVE: "are the executive contact of",
}
_SHOWN = (RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE, RepresentationKind.EXECUTIVE_CONTACT)


def piece(reminder: Reminder, question: Confirmation, now: dt.datetime) -> EmailSection:
    """What one stage of an organization's yearly question says, with the link of its person."""
    link = settings.SITE_URL + reverse("members:confirm_link", args=[confirmation_token(question, reminder.recipient)])
    return question_piece(reminder, question, now, link)


def question_piece(reminder: Reminder, question: Confirmation, now: dt.datetime, link: str) -> EmailSection:
    """The same with any link, so that staff may read it before it goes."""
    organization, stage = question.organization, ConfirmationStage(reminder.subject_version)
    today = now.astimezone(reminder.recipient.zone).date()
    asked_on = question.asked_on or today
    by = format_date(stage_ends_on(asked_on, stage) or today, today)
    title = f"Confirm the record of {organization.short_name}"
    return EmailSection(
        subject=f"{title} by {by}",
        title=title,
        ask=ask(
            "organization", organization=organization, stage=stage, asked=format_relative_date(asked_on, today), by=by
        ),
        facts=[
            ("Organization", organization.name),
            *_people(organization),
            ("Website", organization.website or "Not said"),
            ("Last confirmed", _last(organization, today)),
        ],
        why=f"You get this because you {_ROLES[stage]} {organization.short_name}; each organization is asked once a "
        "year. If you no longer speak for it, say so on the page behind the button.",
        button=Offer("See the record and confirm", link),
    )


def _people(organization: Organization) -> list[tuple[str, str]]:
    rows = list(organization.representations.current().select_related("person").order_by("person__name"))
    named = {kind: ", ".join(row.person.name for row in rows if row.kind == kind) for kind in _SHOWN}
    return [(kind.label, named[kind] or "Nobody named") for kind in _SHOWN]


def _last(organization: Organization, today: dt.date) -> str:
    last = last_answers([organization.pk]).get(organization.pk)
    if last is None or last.confirmed_at is None:
        return "Never"
    return f"{format_relative_date(last.confirmed_at.date(), today)} by {last.confirmed_by}"
