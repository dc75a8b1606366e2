"""The yearly confirmation of each organization's record, passed on from its people to its executive contact.

People who left get no email at all, not even a calendar CANCEL for the meetings they were told of: the address may be
someone else's by now, or closed. They know that they no longer attend, and the entries are in a calendar that is theirs
alone. So every subject checks whether the person still belongs, and no kind makes an exception.
"""

import datetime as dt
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from core.dates import format_date, format_relative_date
from members.models import Confirmation, Organization
from members.operations import request_all_confirmations
from members.queries import contacts_for, last_answers
from members.rules import (
    CONFIRMATION_DAYS,
    ConfirmationStage,
    OrganizationStatus,
    RepresentationKind,
    contacts_at_stage,
    stage_ends_on,
)
from members.tokens import confirmation_token
from reminders import rules
from reminders.emails import EmailSection, page_url
from reminders.link_actions import ActionButton
from reminders.models import Reminder
from reminders.plan import ReminderPlan
from reminders.rules import ReminderKind, ReminderState, morning_of, reminder_key
from reminders.subjects.base import Subject
from taskforces.models import Workgroup

_KIND = ReminderKind.ORGANIZATION_CONFIRM
_REASONS = {
    ConfirmationStage.ASKED: _("You're receiving this because you represent %(organization)s."),
    ConfirmationStage.AGAIN: _(
        "You're receiving this because you're the primary representative or an alternate of %(organization)s."
    ),
    ConfirmationStage.EXECUTIVE: _("You're receiving this because you're the executive contact of %(organization)s."),
}
_SHOWN = (RepresentationKind.PRIMARY, RepresentationKind.ALTERNATE, RepresentationKind.EXECUTIVE_CONTACT)


class Confirmations(Subject):
    """Each stage of an organization's yearly confirmation, to the people of that stage."""

    kinds = (_KIND,)

    def prepare(self, now: dt.datetime) -> int:
        return request_confirmations(now)

    def plan(self, plan: ReminderPlan) -> None:
        """Each stage's email to each of its people once; one that fell into a standstill waits for the next stage."""
        questions = _open_confirmations()
        contacts = contacts_for(row.organization_id for row in questions)
        handled = set(
            Reminder.objects.filter(kind=_KIND, subject_id__in=[row.pk for row in questions])
            .exclude(state=ReminderState.PLANNED, delivery=None)
            .values_list("key", flat=True)
        )
        for question in questions:
            for stage in ConfirmationStage.values:
                for person in contacts_at_stage(stage, contacts[question.organization_id]):
                    key = reminder_key(_KIND, question.pk, str(question.period), stage, person.pk)
                    if key not in handled:
                        self._plan_stage(plan, question, stage, person)

    def _plan_stage(self, plan: ReminderPlan, question: Confirmation, stage: str, person: Person) -> None:
        begins, ends = stage_span(question, stage, person)
        if plan.now < ends and begins <= plan.now + plan.ahead:
            plan.add_reminder(
                _KIND,
                person,
                subject=question.pk,
                occasion=str(question.period),
                offset=stage,
                subject_version=stage,
                due_at=begins,
                expires_at=ends,
            )

    def find(self, pk: int) -> Confirmation:
        return Confirmation.objects.select_related("organization", "confirmed_by").get(pk=pk)

    def skip_reason(self, reminder: Reminder, question: Confirmation, now: dt.datetime) -> str:
        organization = question.organization
        if question.confirmed_at:
            values = {"person": question.confirmed_by, "organization": organization.short_name}
            return gettext("%(person)s has confirmed for %(organization)s.") % values
        if organization.merged_into_id or organization.status != OrganizationStatus.ACTIVE:
            return gettext("%(organization)s is not an active member.") % {"organization": organization.short_name}
        if question.lapsed_on:
            return gettext("The confirmation is closed: %(reason)s") % {"reason": question.lapse_reason}
        contacts = contacts_for([organization.pk])[organization.pk]
        if reminder.recipient_id not in {person.pk for person in contacts_at_stage(reminder.subject_version, contacts)}:
            text = gettext("No longer a contact of %(organization)s for this email.")
            return text % {"organization": organization.short_name}
        return ""

    def section(self, reminder: Reminder, question: Confirmation, now: dt.datetime) -> EmailSection:
        token = confirmation_token(question, reminder.recipient)
        return confirmation_section(reminder, question, now, page_url("members:confirm_link", token))


def request_confirmations(now: dt.datetime) -> int:
    """In the month that the Workgroup chose, open the confirmations of the organizations that are due; how many.

    Not before 8 in the morning of the month's first day, since the email is sent immediately.
    """
    local = timezone.localtime(now, ZoneInfo(settings.TIME_ZONE))
    if local.time() < rules.MORNING or not Workgroup.objects.filter(confirmation_month=local.month).exists():
        return 0
    return len(request_all_confirmations(actor=None, now=now, today=local.date()))


def stage_span(question: Confirmation, stage: str, person: Person) -> tuple[dt.datetime, dt.datetime]:
    """When a stage of an open confirmation begins and ends for one person, in the morning there."""
    if question.asked_at is None or question.asked_on is None:
        raise ValueError("This confirmation was not requested, so it has no stages.")
    days = CONFIRMATION_DAYS[stage]
    begins = morning_of(question.asked_on + dt.timedelta(days=days), person.zone) if days else question.asked_at
    ends_on = stage_ends_on(question.asked_on, stage)
    return begins, morning_of(ends_on, person.zone) if ends_on else begins


def confirmation_section(reminder: Reminder, question: Confirmation, now: dt.datetime, link: str) -> EmailSection:
    """Return the section of the email for one stage; staff can read it with another link before it is sent."""
    organization, stage = question.organization, ConfirmationStage(reminder.subject_version)
    today = now.astimezone(reminder.recipient.zone).date()
    asked_on = question.asked_on or today
    by = format_date(stage_ends_on(asked_on, stage) or today, today)
    values = {"organization": organization.short_name, "day": by}
    return EmailSection(
        subject=gettext("Please confirm %(organization)s's information by %(day)s") % values,
        title=gettext("Confirm %(organization)s's information") % values,
        call_to_action=_call_to_action(organization, stage, format_relative_date(asked_on, today), by),
        facts=[
            (gettext("Organization"), organization.name),
            *_people(organization),
            (gettext("Website"), organization.website or gettext("Not provided")),
            (gettext("Last confirmed"), _last_confirmed(organization, today)),
        ],
        why=_why(organization, stage),
        summary=gettext("the information of %(organization)s to confirm") % values,
        button=ActionButton(gettext("Review and confirm"), link),
    )


def _call_to_action(organization: Organization, stage: ConfirmationStage, asked: str, by: str) -> str:
    values = {"organization": organization.short_name, "asked": asked, "by": by}
    if stage == ConfirmationStage.EXECUTIVE:
        text = gettext(
            "%(organization)s has not confirmed its information. Please confirm it by %(by)s, or ask your "
            "representatives to. One click, no sign-in."
        )
    elif stage == ConfirmationStage.AGAIN:
        text = gettext(
            "We first asked %(asked)s: is %(organization)s's information still correct? Please confirm by %(by)s. One "
            "click, no sign-in."
        )
    else:
        text = gettext(
            "Is %(organization)s's information still correct? Please confirm by %(by)s. One click, no sign-in."
        )
    return text % values


def _why(organization: Organization, stage: ConfirmationStage) -> str:
    reason = _REASONS[stage] % {"organization": organization.short_name}
    rest = gettext("We ask each organization once a year. No longer represent it? Select the button to let us know.")
    return f"{reason} {rest}"


def _open_confirmations() -> list[Confirmation]:
    """Return the unanswered confirmations of active organizations, with their organizations."""
    return list(
        Confirmation.objects.open()
        .filter(organization__status=OrganizationStatus.ACTIVE, organization__merged_into=None)
        .select_related("organization")
        .order_by("pk")
    )


def _people(organization: Organization) -> list[tuple[str, str]]:
    rows = list(organization.representations.current().select_related("person").order_by("person__name"))
    named = {kind: ", ".join(row.person.name for row in rows if row.kind == kind) for kind in _SHOWN}
    return [(str(kind.label), named[kind] or gettext("Not assigned")) for kind in _SHOWN]


def _last_confirmed(organization: Organization, today: dt.date) -> str:
    last = last_answers([organization.pk]).get(organization.pk)
    if last is None or last.confirmed_at is None:
        return gettext("Never")
    values = {"distance": format_relative_date(last.confirmed_at.date(), today), "person": last.confirmed_by}
    return gettext("%(distance)s by %(person)s") % values
