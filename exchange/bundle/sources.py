"""The tables of a records export: the name, the rows, and the columns of each."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

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

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Column:
    """One column: its heading, and the function that reads its value from a row. `is_contact` marks contact data."""

    label: "StrOrPromise"
    read: Callable[[Any], object]
    is_contact: bool = False


@dataclass(frozen=True)
class Source:
    """One table: its file name, title, and retention class, the function that selects its rows, and its columns."""

    name: str
    title: "StrOrPromise"
    retention: Retention
    rows: Callable[[Scope], QuerySet[Any]]
    columns: tuple[Column, ...]
    # Fields of the rows' history that contain contact data.
    contact_fields: frozenset[str] = frozenset()


def field_values(columns: Iterable[FieldColumn], of: Callable[[Any], Any] = lambda row: row) -> list[Column]:
    """Return the columns of a record type; `of` returns the record from a row of the table."""
    return [_field_value(column, of) for column in columns]


def _field_value(column: FieldColumn, of: Callable[[Any], Any]) -> Column:
    return Column(column.heading, lambda row: column.cell(of(row)), column.is_contact)


SOURCES: tuple[Source, ...] = (
    Source(
        "organizations",
        _("Organizations"),
        Retention.MEMBERSHIP,
        organizations_of,
        (
            *field_values(ORGANIZATIONS.columns),
            Column(_("Merged into"), lambda row: row.merged_into),
        ),
    ),
    Source(
        "representations",
        _("People who represent organizations"),
        Retention.MEMBERSHIP,
        representations_of,
        (
            Column(ORGANIZATION, lambda row: row.organization),
            *field_values((EMAIL_COLUMN, *PERSON_COLUMNS), of=lambda row: row.person),
            *field_values(REPRESENTATION_COLUMNS),
            Column(_("End"), lambda row: row.ended_on),
            Column(_("End reason"), lambda row: row.end_reason),
        ),
    ),
    Source(
        "invitations",
        _("Invitations"),
        Retention.MEMBERSHIP,
        invitations_of,
        (
            Column(_("Organization"), lambda row: row.organization),
            Column(_("Name"), lambda row: row.name),
            Column(_("Kind"), lambda row: row.get_kind_display()),
            Column(_("Invited by"), lambda row: row.invited_by),
            Column(_("Sent"), lambda row: row.sent_at),
            Column(_("Opened"), lambda row: row.opened_at),
            Column(_("Accepted"), lambda row: row.accepted_at),
            Column(_("Revoked"), lambda row: row.revoked_at),
            Column(_("Email"), lambda row: row.email, is_contact=True),
        ),
        contact_fields=frozenset({"email"}),
    ),
    Source(
        "proposals",
        _("Changes proposed by organizations"),
        Retention.MEMBERSHIP,
        proposals_of,
        (
            Column(_("Organization"), lambda row: row.organization),
            Column(_("Proposed by"), lambda row: row.proposed_by),
            Column(_("Proposed"), lambda row: row.proposed_at),
            Column(_("Values"), lambda row: "; ".join(f"{name}: {value}" for name, value in row.values.items())),
            Column(_("Note"), lambda row: row.note),
            Column(_("State"), lambda row: row.get_state_display()),
            Column(_("Reviewed by"), lambda row: row.reviewed_by),
            Column(_("Response"), lambda row: row.answer),
        ),
    ),
    Source(
        "seats",
        _("Seats"),
        Retention.GOVERNANCE,
        seats_of,
        (
            Column(_("Body"), lambda row: row.body.title),
            Column(_("Role"), lambda row: row.get_role_display()),
            Column(_("Organization"), lambda row: row.organization),
            Column(_("Closed"), lambda row: row.closed_on),
        ),
    ),
    Source(
        "terms",
        _("Terms"),
        Retention.GOVERNANCE,
        terms_of,
        (
            Column(_("Body"), lambda row: row.seat.body.title),
            Column(_("Role"), lambda row: row.seat.get_role_display()),
            Column(_("Organization"), lambda row: row.seat.organization),
            Column(_("Person"), lambda row: row.person),
            Column(_("Starts"), lambda row: row.starts_on),
            Column(_("Planned end"), lambda row: row.planned_end_on),
            Column(_("End"), lambda row: row.ended_on),
            Column(_("End reason"), lambda row: row.end_reason),
        ),
    ),
    Source(
        "strategies",
        _("Strategies"),
        Retention.PROGRAM,
        strategies_of,
        (
            Column(_("Plan"), lambda row: row.objective.plan),
            Column(_("Objective"), lambda row: row.objective),
            Column(_("Body"), lambda row: row.body.title),
            Column(_("Strategy"), lambda row: row.title),
            Column(_("Description"), lambda row: row.description),
            Column(_("Lead organization"), lambda row: row.lead_organization),
            Column(_("Responsible person"), lambda row: row.responsible_person),
            Column(_("Starts"), lambda row: row.starts_on),
            Column(_("Due"), lambda row: row.due_on),
            Column(_("Closed"), lambda row: row.closed_on),
            Column(_("Close reason"), lambda row: row.close_reason),
        ),
    ),
    Source(
        "milestones",
        _("Milestones"),
        Retention.PROGRAM,
        milestones_of,
        (
            Column(_("Strategy"), lambda row: row.strategy),
            Column(_("Milestone"), lambda row: row.title),
            Column(_("Due"), lambda row: row.due_on),
            Column(_("Completed"), lambda row: row.done_on),
        ),
    ),
    Source(
        "progress-updates",
        _("Progress updates"),
        Retention.PROGRAM,
        progress_updates_of,
        (
            Column(_("Strategy"), lambda row: row.strategy),
            Column(_("As of"), lambda row: row.reported_on),
            Column(_("Status"), lambda row: row.get_status_display()),
            Column(_("Narrative"), lambda row: row.narrative),
            Column(_("Author"), lambda row: row.author),
            Column(_("State"), lambda row: row.get_state_display()),
            Column(_("Submitted"), lambda row: row.submitted_at),
            Column(_("Published"), lambda row: row.published_at),
            Column(_("Published by"), lambda row: row.published_by),
            Column(_("Confirmed"), lambda row: row.confirmed_on),
        ),
    ),
    Source(
        "action-items",
        _("Action items"),
        Retention.PROGRAM,
        action_items_of,
        (
            Column(_("Number"), lambda row: row.pk),
            Column(_("Body"), lambda row: row.body.title),
            Column(_("Action item"), lambda row: row.text),
            Column(_("Details"), lambda row: row.detail),
            Column(_("Owner organization"), lambda row: row.owner_organization),
            Column(_("Owner"), lambda row: row.owner_person),
            Column(_("Due"), lambda row: row.due_on),
            Column(_("Status"), lambda row: row.get_status_display()),
            Column(_("Note"), lambda row: row.status_note),
            Column(_("Completed"), lambda row: row.done_on),
            Column(_("Meeting"), lambda row: row.origin_meeting),
        ),
    ),
    Source(
        "meetings",
        _("Meetings"),
        Retention.GOVERNANCE,
        meetings_of,
        (
            Column(_("Number"), lambda row: row.pk),
            Column(_("Body"), lambda row: row.body.title),
            Column(_("Title"), lambda row: row.title),
            Column(_("Start"), lambda row: row.local_start),
            Column(_("End"), lambda row: row.local_end),
            Column(_("Location"), lambda row: row.location),
            Column(_("Visibility"), lambda row: row.get_visibility_display()),
            Column(_("Status"), lambda row: row.get_status_display()),
            Column(_("Scheduled"), lambda row: row.scheduled_at),
            Column(_("Cancellation reason"), lambda row: row.cancel_reason),
            Column(_("Minutes"), lambda row: row.get_minutes_status_display()),
        ),
    ),
    Source(
        "agenda",
        _("Agenda and minutes by item"),
        Retention.GOVERNANCE,
        agenda_items_of,
        (
            Column(_("Meeting"), lambda row: row.meeting_id),
            Column(_("Item"), lambda row: row.position),
            Column(_("Title"), lambda row: row.title),
            Column(_("Details"), lambda row: row.detail),
            Column(_("Planned minutes"), lambda row: row.duration_minutes),
            Column(
                _("Minutes"),
                lambda row: row.notes if row.meeting.minutes_status == MinutesStatus.PUBLISHED else "",
            ),
        ),
    ),
    Source(
        "attendance",
        _("Attendance"),
        Retention.GOVERNANCE,
        attendances_of,
        (
            Column(_("Meeting"), lambda row: row.meeting_id),
            Column(_("Date"), lambda row: row.meeting.starts_on),
            Column(_("Person"), lambda row: row.person),
            Column(_("Organization"), lambda row: row.organization),
            Column(_("Attendance"), lambda row: row.get_presence_display()),
        ),
    ),
    Source(
        "emails",
        _("Emails sent by the portal"),
        Retention.SECURITY,
        deliveries_of,
        (
            Column(_("Person"), lambda row: row.person),
            Column(_("Kind"), lambda row: row.kind),
            Column(_("Subject"), lambda row: row.subject),
            Column(_("State"), lambda row: row.get_state_display()),
            Column(_("Reason"), lambda row: row.reason),
            Column(_("Sent"), lambda row: row.sent_at),
            Column(_("Address"), lambda row: row.address, is_contact=True),
        ),
    ),
)
