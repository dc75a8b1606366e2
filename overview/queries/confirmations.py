"""The recipients and a sample of the email that asks organizations to confirm their information."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import Person
from mail.messages import Message
from members.models import Confirmation, Organization
from members.queries import contacts_for, to_be_asked
from members.rules import ConfirmationStage, contacts_at_stage
from reminders.emails import single_email
from reminders.models import Reminder
from reminders.rules import ReminderKind
from reminders.subjects.confirmations import confirmation_section


@dataclass(frozen=True)
class ConfirmationRecipient:
    """An organization due for confirmation and who gets the first email; without people it is not asked."""

    organization: Organization
    people: list[Person]


def confirmation_recipients(now: dt.datetime) -> list[ConfirmationRecipient]:
    """Return the organizations due at `now`, by name, each with the recipients of the request. Two queries."""
    organizations = list(to_be_asked(now))
    contacts = contacts_for(organization.pk for organization in organizations)
    return [
        ConfirmationRecipient(row, contacts_at_stage(ConfirmationStage.ASKED, contacts[row.pk]))
        for row in organizations
    ]


def sample_email(rows: list[ConfirmationRecipient], now: dt.datetime) -> Message | None:
    """Return the email to the first recipient, with a placeholder for the personal link; None without recipients."""
    row = next((row for row in rows if row.people), None)
    if row is None:
        return None
    kind = ReminderKind.ORGANIZATION_CONFIRM
    reminder = Reminder(kind=kind, recipient=row.people[0], subject_version=ConfirmationStage.ASKED)
    confirmation = Confirmation(organization=row.organization, period=now.year, asked_at=now)
    return single_email(
        reminder, confirmation_section(reminder, confirmation, now, _("(the recipient's personal link)"))
    )
