"""The yearly question to each organization, carried on from its people to its executive contact."""

import datetime as dt

from accounts.models import Person
from members.models import Confirmation
from members.queries import contacts_for
from members.rules import CONFIRMATION_DAYS, ConfirmationStage, OrganizationStatus, contacts_at_stage, stage_ends_on
from reminders.models import Reminder
from reminders.planning.wanted import Plan
from reminders.rules import ReminderKind, ReminderState, key_of, morning_of

KIND = ReminderKind.ORGANIZATION_CONFIRM


def open_questions() -> list[Confirmation]:
    """The questions that wait for an answer, with their organizations."""
    return list(
        Confirmation.objects.open()
        .filter(organization__status=OrganizationStatus.ACTIVE, organization__merged_into=None)
        .select_related("organization")
        .order_by("pk")
    )


def plan_organizations(result: Plan) -> None:
    """Each stage's mail to each of its people once; one that fell into a standstill goes until the next stage."""
    questions = open_questions()
    voices = contacts_for(row.organization_id for row in questions)
    said = set(
        Reminder.objects.filter(kind=KIND, subject_id__in=[row.pk for row in questions])
        .exclude(state=ReminderState.PLANNED, delivery=None)
        .values_list("key", flat=True)
    )
    for question in questions:
        for stage in ConfirmationStage.values:
            for person in contacts_at_stage(stage, voices[question.organization_id]):
                if key_of(KIND, question.pk, str(question.period), stage, person.pk) not in said:
                    _want(result, question, stage, person)


def _want(result: Plan, question: Confirmation, stage: str, person: Person) -> None:
    begins, ends = stage_span(question, stage, person)
    if result.now < ends and begins <= result.now + result.ahead:
        result.want(
            KIND,
            person,
            subject=question.pk,
            occasion=str(question.period),
            offset=stage,
            subject_version=stage,
            due_at=begins,
            expires_at=ends,
        )


def stage_span(question: Confirmation, stage: str, person: Person) -> tuple[dt.datetime, dt.datetime]:
    """When a stage of an asked question begins and ends for one person, in the morning there."""
    if question.asked_at is None or question.asked_on is None:
        raise ValueError("Nobody asked this question, so it has no stages.")
    days = CONFIRMATION_DAYS[stage]
    begins = morning_of(question.asked_on + dt.timedelta(days=days), person.zone) if days else question.asked_at
    ends_on = stage_ends_on(question.asked_on, stage)
    return begins, morning_of(ends_on, person.zone) if ends_on else begins
