"""The tables of an export: what each is called, which rows it has, and what is said of them, column by column."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from exchange.bundle.rows import (
    action_items_of,
    agenda_items_of,
    attendances_of,
    deliveries_of,
    invitations_of,
    meetings_of,
    milestones_of,
    organizations_of,
    progress_updates_of,
    proposals_of,
    representations_of,
    seats_of,
    strategies_of,
    terms_of,
)
from exchange.bundle.scope import Scope
from exchange.columns import ORGANIZATION, FieldColumn
from exchange.organizations import ORGANIZATIONS
from exchange.people import EMAIL_COLUMN, PERSON_COLUMNS, REPRESENTATION_COLUMNS
from meetings.rules import MinutesStatus
from records.rules import Retention


@dataclass(frozen=True)
class Column:
    """One column: its heading, and what it says of a row. `is_contact` marks personal contact data."""

    label: str
    read: Callable[[Any], object]
    is_contact: bool = False


@dataclass(frozen=True)
class Source:
    """One table: its file name, title and retention class, which rows belong to a scope, and what is said of them."""

    name: str
    title: str
    retention: Retention
    rows: Callable[[Scope], QuerySet[Any]]
    columns: tuple[Column, ...]
    # Fields of the rows' own history that hold contact data.
    contact_fields: frozenset[str] = frozenset()


def field_values(columns: Iterable[FieldColumn], of: Callable[[Any], Any] = lambda row: row) -> list[Column]:
    """The columns that the spreadsheets of a record type have; `of` finds the record from the table's row."""
    return [_field_value(column, of) for column in columns]


def _field_value(column: FieldColumn, of: Callable[[Any], Any]) -> Column:
    return Column(column.heading, lambda row: column.cell(of(row)), column.is_contact)


SOURCES: tuple[Source, ...] = (
    Source(
        "organizations",
        "Organizations",
        Retention.MEMBERSHIP,
        organizations_of,
        (
            *field_values(ORGANIZATIONS.columns),
            Column("Merged into", lambda row: row.merged_into),
        ),
    ),
    Source(
        "representations",
        "People who represent organizations",
        Retention.MEMBERSHIP,
        representations_of,
        (
            Column(ORGANIZATION, lambda row: row.organization),
            *field_values((EMAIL_COLUMN, *PERSON_COLUMNS), of=lambda row: row.person),
            *field_values(REPRESENTATION_COLUMNS),
            Column("End", lambda row: row.ended_on),
            Column("Reason of the end", lambda row: row.end_reason),
        ),
    ),
    Source(
        "invitations",
        "Invitations",
        Retention.MEMBERSHIP,
        invitations_of,
        (
            Column("Organization", lambda row: row.organization),
            Column("Name", lambda row: row.name),
            Column("Kind", lambda row: row.get_kind_display()),
            Column("Invited by", lambda row: row.invited_by),
            Column("Sent", lambda row: row.sent_at),
            Column("Opened", lambda row: row.opened_at),
            Column("Accepted", lambda row: row.accepted_at),
            Column("Withdrawn", lambda row: row.revoked_at),
            Column("E-mail", lambda row: row.email, is_contact=True),
        ),
        contact_fields=frozenset({"email"}),
    ),
    Source(
        "proposals",
        "Changes that organizations proposed",
        Retention.MEMBERSHIP,
        proposals_of,
        (
            Column("Organization", lambda row: row.organization),
            Column("Proposed by", lambda row: row.proposed_by),
            Column("Proposed", lambda row: row.proposed_at),
            Column("Values", lambda row: "; ".join(f"{name}: {value}" for name, value in row.values.items())),
            Column("Note", lambda row: row.note),
            Column("State", lambda row: row.get_state_display()),
            Column("Reviewed by", lambda row: row.reviewed_by),
            Column("Answer", lambda row: row.answer),
        ),
    ),
    Source(
        "seats",
        "Seats",
        Retention.GOVERNANCE,
        seats_of,
        (
            Column("Body", lambda row: row.body.title),
            Column("Role", lambda row: row.get_role_display()),
            Column("Organization", lambda row: row.organization),
            Column("Closed", lambda row: row.closed_on),
        ),
    ),
    Source(
        "terms",
        "Terms",
        Retention.GOVERNANCE,
        terms_of,
        (
            Column("Body", lambda row: row.seat.body.title),
            Column("Role", lambda row: row.seat.get_role_display()),
            Column("Organization", lambda row: row.seat.organization),
            Column("Person", lambda row: row.person),
            Column("From", lambda row: row.starts_on),
            Column("Planned end", lambda row: row.planned_end_on),
            Column("End", lambda row: row.ended_on),
            Column("Reason of the end", lambda row: row.end_reason),
        ),
    ),
    Source(
        "strategies",
        "Strategies",
        Retention.PROGRAM,
        strategies_of,
        (
            Column("Plan", lambda row: row.objective.plan),
            Column("Objective", lambda row: row.objective),
            Column("Body", lambda row: row.body.title),
            Column("Strategy", lambda row: row.title),
            Column("Description", lambda row: row.description),
            Column("Lead organization", lambda row: row.lead_organization),
            Column("Responsible", lambda row: row.responsible_person),
            Column("From", lambda row: row.starts_on),
            Column("Due", lambda row: row.due_on),
            Column("Closed", lambda row: row.closed_on),
            Column("Why it ended", lambda row: row.close_reason),
        ),
    ),
    Source(
        "milestones",
        "Milestones",
        Retention.PROGRAM,
        milestones_of,
        (
            Column("Strategy", lambda row: row.strategy),
            Column("Milestone", lambda row: row.title),
            Column("Due", lambda row: row.due_on),
            Column("Done", lambda row: row.done_on),
        ),
    ),
    Source(
        "progress-updates",
        "Progress updates",
        Retention.PROGRAM,
        progress_updates_of,
        (
            Column("Strategy", lambda row: row.strategy),
            Column("As of", lambda row: row.reported_on),
            Column("Status", lambda row: row.get_status_display()),
            Column("Narrative", lambda row: row.narrative),
            Column("Author", lambda row: row.author),
            Column("State", lambda row: row.get_state_display()),
            Column("Submitted", lambda row: row.submitted_at),
            Column("Published", lambda row: row.published_at),
            Column("Published by", lambda row: row.published_by),
            Column("Confirmed", lambda row: row.confirmed_on),
        ),
    ),
    Source(
        "action-items",
        "Action items",
        Retention.PROGRAM,
        action_items_of,
        (
            Column("Number", lambda row: row.pk),
            Column("Body", lambda row: row.body.title),
            Column("What", lambda row: row.text),
            Column("Detail", lambda row: row.detail),
            Column("Owner organization", lambda row: row.owner_organization),
            Column("Owner", lambda row: row.owner_person),
            Column("Due", lambda row: row.due_on),
            Column("Status", lambda row: row.get_status_display()),
            Column("Note", lambda row: row.status_note),
            Column("Done", lambda row: row.done_on),
            Column("Promised at", lambda row: row.origin_meeting),
        ),
    ),
    Source(
        "meetings",
        "Meetings",
        Retention.GOVERNANCE,
        meetings_of,
        (
            Column("Number", lambda row: row.pk),
            Column("Body", lambda row: row.body.title),
            Column("Title", lambda row: row.title),
            Column("Start", lambda row: row.local_start),
            Column("End", lambda row: row.local_end),
            Column("Location", lambda row: row.location),
            Column("Open to", lambda row: row.get_visibility_display()),
            Column("Status", lambda row: row.get_status_display()),
            Column("Notice given", lambda row: row.scheduled_at),
            Column("Why cancelled", lambda row: row.cancel_reason),
            Column("Minutes", lambda row: row.get_minutes_status_display()),
        ),
    ),
    Source(
        "agenda",
        "Agenda and minutes by item",
        Retention.GOVERNANCE,
        agenda_items_of,
        (
            Column("Meeting", lambda row: row.meeting_id),
            Column("Item", lambda row: row.position),
            Column("Title", lambda row: row.title),
            Column("Detail", lambda row: row.detail),
            Column("Minutes planned", lambda row: row.duration_minutes),
            Column(
                "Minutes",
                lambda row: row.notes if row.meeting.minutes_status == MinutesStatus.PUBLISHED else "",
            ),
        ),
    ),
    Source(
        "attendance",
        "Attendance",
        Retention.GOVERNANCE,
        attendances_of,
        (
            Column("Meeting", lambda row: row.meeting_id),
            Column("On", lambda row: row.meeting.starts_on),
            Column("Person", lambda row: row.person),
            Column("For", lambda row: row.organization),
            Column("Presence", lambda row: row.get_presence_display()),
        ),
    ),
    Source(
        "mail",
        "Mail sent by the portal",
        Retention.SECURITY,
        deliveries_of,
        (
            Column("Person", lambda row: row.person),
            Column("Kind", lambda row: row.kind),
            Column("Subject", lambda row: row.subject),
            Column("State", lambda row: row.get_state_display()),
            Column("Reason", lambda row: row.reason),
            Column("Sent", lambda row: row.sent_at),
            Column("Address", lambda row: row.address, is_contact=True),
        ),
    ),
)
