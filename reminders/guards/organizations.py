"""Whether an organization is still to be asked, and whether this person still answers for it.

Whoever left gets no mail at all, no calendar CANCEL for the meetings they were told of either: the address may be
another's by now, or closed. A person who left knows that they no longer attend; the entries stay in a calendar that is
theirs alone. So the guards refuse by standing, and no kind of mail makes an exception.
"""

import datetime as dt

from members.models import Confirmation
from members.queries import contacts_for
from members.rules import OrganizationStatus, contacts_at_stage
from reminders.models import Reminder


def find(pk: int) -> Confirmation:
    """The question with its organization. Raises DoesNotExist."""
    return Confirmation.objects.select_related("organization", "confirmed_by").get(pk=pk)


def refusal(reminder: Reminder, question: Confirmation, now: dt.datetime) -> str:
    """Why the reminder should not go; empty when it should."""
    organization = question.organization
    if question.confirmed_at:
        return f"{question.confirmed_by} has answered for {organization.short_name}."
    if organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
        return f"{organization.short_name} is not an active member."
    if question.lapsed_on:
        return f"The question is no longer open: {question.lapse_reason.lower()}."
    voices = contacts_for([organization.pk])[organization.pk]
    if reminder.recipient_id not in {person.pk for person in contacts_at_stage(reminder.subject_version, voices)}:
        return f"No longer answers for {organization.short_name} at this stage."
    return ""
