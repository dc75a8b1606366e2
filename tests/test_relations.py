"""Every relation to Organization and Person is covered: a merge or a handoff carries it on, or a reason says why not.

A new foreign key without a row here fails the suite: whoever adds one decides what becomes of it.
"""

import pytest
from django.apps import apps
from django.db.models import ForeignObjectRel

from accounts.models import Person
from members.models import Organization

MERGE = "overview.operations.merge_organizations"
HANDOFF = "overview.operations.end_representation"
# What a person did or was in the past stays theirs: it is a record, and the person stays in the portal.
RECORD = "a record of what the person did"
OWN = "the person's own, for their account only"

ORGANIZATION_RELATIONS = {
    "members.Organization.merged_into": MERGE,
    "members.OrganizationStatusPeriod.organization": "what the duplicate was in the past stays its own record",
    "members.FormerName.organization": MERGE,
    "members.Representation.organization": MERGE,
    "members.Invitation.organization": MERGE,
    "members.Proposal.organization": MERGE,
    "members.Confirmation.organization": MERGE,
    "members.JoinRequest.organization": MERGE,
    "taskforces.Seat.organization": MERGE,
    "records.LegalHold.organization": MERGE,
    "objectives.Strategy.lead_organization": MERGE,
    "objectives.StrategySupport.organization": MERGE,
    "meetings.Attendance.organization": MERGE,
    "actionitems.ActionItem.owner_organization": MERGE,
}
PERSON_RELATIONS = {
    "members.Representation.person": HANDOFF,
    "members.OrganizationStatusPeriod.recorded_by": RECORD,
    "members.Invitation.invited_by": RECORD,
    "members.Invitation.accepted_by": RECORD,
    "members.Proposal.proposed_by": RECORD,
    "members.Proposal.reviewed_by": RECORD,
    "members.Confirmation.asked_by": RECORD,
    "members.Confirmation.confirmed_by": RECORD,
    "members.JoinRequest.answered_by": RECORD,
    "exchange.ImportJob.started_by": RECORD,
    "exchange.ImportJob.confirmed_by": RECORD,
    "accounts.SecurityEvent.actor": RECORD,
    "accounts.SecurityEvent.person": RECORD,
    "members.ActOnBehalf.actor": RECORD,
    "members.ActOnBehalf.person": RECORD,
    "taskforces.Term.person": HANDOFF,
    "records.LegalHold.person": "a hold stays on whom it names, whatever they leave",
    "records.LegalHold.placed_by": RECORD,
    "records.LegalHold.lifted_by": RECORD,
    "objectives.Strategy.responsible_person": HANDOFF,
    "objectives.ProgressUpdate.author": RECORD,
    "objectives.ProgressUpdate.submitted_by": RECORD,
    "objectives.ProgressUpdate.published_by": RECORD,
    "objectives.ProgressUpdate.confirmed_by": RECORD,
    "meetings.Meeting.created_by": RECORD,
    "meetings.RSVP.person": HANDOFF,
    "meetings.Attendance.person": RECORD,
    "actionitems.ActionItem.owner_person": HANDOFF,
    "actionitems.ActionItem.created_by": RECORD,
    "mail.Delivery.person": "a record of what went to the person; the guard reads their standing at sending",
    "mail.Pause.person": "it holds up the person's mail, whoever that speaks for",
    "mail.Pause.paused_by": RECORD,
    "mail.Pause.lifted_by": RECORD,
    "reminders.Reminder.recipient": "a record of what the person was told; the guard reads their standing at sending",
    "reminders.Reminder.delegated_from": "a record of what was said; the guard reads who is away at sending",
    "reminders.Preference.person": OWN,
    "reminders.Announcement.created_by": RECORD,
    "reminders.Announcement.sent_by": RECORD,
    "reminders.Announcement.stopped_by": RECORD,
    "reminders.UsedLink.person": RECORD,
    "reminders.NotificationSettings.person": OWN,
    "reminders.NotificationSettings.delegate": "planning and the check skip a delegate who is no longer a colleague",
    "account.EmailAddress.user": OWN,
    "mfa.Authenticator.user": OWN,
    "usersessions.UserSession.user": OWN,
    "socialaccount.SocialAccount.user": OWN,
    "admin.LogEntry.user": RECORD,
}


def is_history(relation: ForeignObjectRel) -> bool:
    """History rows say what was, so they keep the organization and person of their time."""
    return hasattr(relation.related_model, "instance_type") and hasattr(relation.related_model, "history_date")


def relations_to(model: type) -> set[str]:
    """Every foreign key to a model, hidden ones too, history aside, as "app.Model.field"."""
    return {
        f"{relation.related_model._meta.app_label}.{relation.related_model.__name__}.{relation.field.name}"
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and not is_history(relation)
    }


@pytest.mark.parametrize(
    ("model", "table"),
    [(Organization, ORGANIZATION_RELATIONS), (Person, PERSON_RELATIONS)],
    ids=["organization", "person"],
)
def test_every_relation_is_covered_by_an_operation_or_a_reason(model, table):
    assert relations_to(model) == set(table)


def test_history_models_are_the_only_ones_left_out():
    left_out = {
        relation.related_model
        for model in (Organization, Person)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel) and is_history(relation)
    }
    assert left_out and all(model.__name__.startswith("Historical") for model in left_out)
    assert all(hasattr(apps.get_model(model._meta.app_label, model.__name__), "history_type") for model in left_out)
