"""What staff read before all organizations are asked: whom it reaches, and the mail as it would go."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import Person
from mail.messages import Message
from members.models import Confirmation, Organization
from members.queries import contacts_for, to_be_asked
from members.rules import ConfirmationStage, contacts_at_stage
from reminders.emails import single_email
from reminders.models import Reminder
from reminders.rules import ReminderKind
from reminders.subjects.confirmations import confirmation_section

NO_LINK = "(a link of the person's own stands here)"


@dataclass(frozen=True)
class ConfirmationRecipient:
    """An organization that is due, and who gets the first mail; one that has nobody is not asked."""

    organization: Organization
    people: list[Person]


def confirmation_recipients(now: dt.datetime) -> list[ConfirmationRecipient]:
    """The organizations that are due at `now`, by name, each with whom "ask all" would reach. Two queries."""
    organizations = list(to_be_asked(now))
    voices = contacts_for(organization.pk for organization in organizations)
    return [
        ConfirmationRecipient(row, contacts_at_stage(ConfirmationStage.ASKED, voices[row.pk])) for row in organizations
    ]


def sample_mail(rows: list[ConfirmationRecipient], now: dt.datetime) -> Message | None:
    """The mail of the first one who would get one, with a word where each person's own link stands."""
    row = next((row for row in rows if row.people), None)
    if row is None:
        return None
    kind = ReminderKind.ORGANIZATION_CONFIRM
    reminder = Reminder(kind=kind, recipient=row.people[0], subject_version=ConfirmationStage.ASKED)
    question = Confirmation(organization=row.organization, period=now.year, asked_at=now)
    return single_email(reminder, confirmation_section(reminder, question, now, NO_LINK))
