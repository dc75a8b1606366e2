"""What an export holds, table by table: which rows belong to a scope and what of them is said."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from actionitems.models import ActionItem
from core.dates import zone_word
from mail.models import Delivery
from meetings.models import AgendaItem, Attendance, Meeting
from meetings.rules import MeetingStatus, MinutesStatus
from members.models import Invitation, Organization, Proposal, Representation
from objectives.models import Milestone, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import OPEN_STATES
from overview.exporting.scope import Scope
from overview.queries.history import changes_of_all
from records.rules import Retention
from taskforces.models import Seat, Term


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


@dataclass(frozen=True)
class Table:
    """A table that is ready to be written."""

    name: str
    title: str
    retention: Retention
    header: list[str]
    rows: list[list[str]]


def tables(scope: Scope, today: dt.date) -> list[Table]:
    """Every table of the scope, empty ones too, and last the history of the records in them."""
    made, changes = [], []
    for source in SOURCES:
        rows = list(source.rows(scope))
        columns = [column for column in source.columns if scope.with_contact or not column.is_contact]
        said = [[_say(column.read(row)) for column in columns] for row in rows]
        made.append(Table(source.name, source.title, source.retention, [column.label for column in columns], said))
        changes += _changes(source, rows, scope, today)
    header = ["Record", "When", "By", "What", "Field", "From", "To", "Why"]
    made.append(Table("history", "History of these records", Retention.GOVERNANCE, header, changes))
    return made


def meetings_of(scope: Scope) -> QuerySet[Meeting]:
    """The meetings of the scope that were announced: a body's own, and those that an organization attended."""
    rows = Meeting.objects.exclude(status=MeetingStatus.DRAFT).filter(scope.within("starts_on")).select_related("body")
    if scope.body:
        rows = rows.filter(body=scope.body)
    if scope.organization:
        rows = rows.filter(pk__in=Attendance.objects.filter(organization=scope.organization).values("meeting"))
    return rows.order_by("starts_at", "pk")


# How the rows of each table are chosen ------------------------------------------------------------


def _organizations(scope: Scope) -> QuerySet[Organization]:
    rows = Organization.objects.select_related("sector", "merged_into")
    if scope.organization:
        return rows.filter(Q(pk=scope.organization.pk) | Q(merged_into=scope.organization))
    if scope.body:
        return rows.filter(pk__in=scope.body.seats.exclude(organization=None).values("organization"))
    return rows.filter(scope.within("created_at__date"))


def _representations(scope: Scope) -> QuerySet[Representation]:
    rows = Representation.objects.filter(scope.within("starts_on", "ended_on"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.filter(person__in=Term.objects.filter(seat__body=scope.body).values("person"))
    return rows.select_related("organization", "person").order_by("organization__name", "starts_on", "pk")


def _invitations(scope: Scope) -> QuerySet[Invitation]:
    rows = Invitation.objects.filter(scope.within("sent_at__date"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.none()
    return rows.select_related("organization", "invited_by").order_by("sent_at", "pk")


def _proposals(scope: Scope) -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(scope.within("proposed_at__date"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.none()
    return rows.select_related("organization", "proposed_by", "reviewed_by").order_by("proposed_at", "pk")


def _seats(scope: Scope) -> QuerySet[Seat]:
    rows = Seat.objects.filter(scope.within("created_at__date", "closed_on"))
    return _of(scope, rows, "organization", "body").select_related("body", "organization").order_by("body", "pk")


def _terms(scope: Scope) -> QuerySet[Term]:
    rows = _of(scope, Term.objects.filter(scope.within("starts_on", "ended_on")), "seat__organization", "seat__body")
    return rows.select_related("person", "seat__body", "seat__organization").order_by("seat", "starts_on")


def _strategies(scope: Scope) -> QuerySet[Strategy]:
    rows = Strategy.objects.filter(scope.within("starts_on", "closed_on"))
    if scope.organization:
        supported = StrategySupport.objects.filter(organization=scope.organization).values("strategy")
        rows = rows.filter(Q(lead_organization=scope.organization) | Q(pk__in=supported))
    if scope.body:
        rows = rows.filter(body=scope.body)
    return rows.select_related("objective__plan", "body", "lead_organization", "responsible_person").order_by("pk")


def _milestones(scope: Scope) -> QuerySet[Milestone]:
    rows = Milestone.objects.filter(strategy__in=_strategies(_always(scope)).order_by().values("pk"))
    return rows.filter(scope.within("due_on")).select_related("strategy").order_by("due_on", "pk")


def _updates(scope: Scope) -> QuerySet[ProgressUpdate]:
    rows = ProgressUpdate.objects.exclude(state__in=OPEN_STATES).filter(scope.within("reported_on"))
    rows = rows.filter(strategy__in=_strategies(_always(scope)).order_by().values("pk"))
    return rows.select_related("strategy", "author", "published_by").order_by("reported_on", "pk")


def _items(scope: Scope) -> QuerySet[ActionItem]:
    rows = _of(
        scope, ActionItem.objects.filter(scope.within("created_at__date", "done_on")), "owner_organization", "body"
    )
    return rows.select_related("body", "owner_organization", "owner_person", "origin_meeting").order_by("due_on", "pk")


def _agenda(scope: Scope) -> QuerySet[AgendaItem]:
    rows = AgendaItem.objects.filter(meeting__in=meetings_of(scope).order_by().values("pk"), removed_at=None)
    return rows.select_related("meeting").order_by("meeting__starts_at", "position")


def _attendance(scope: Scope) -> QuerySet[Attendance]:
    rows = Attendance.objects.filter(meeting__in=meetings_of(scope).order_by().values("pk"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    return rows.select_related("meeting", "person", "organization").order_by("meeting__starts_at", "person__name")


def _deliveries(scope: Scope) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(scope.within("created_at__date"))
    if scope.organization:
        people = Representation.objects.filter(organization=scope.organization).values("person")
        rows = rows.filter(person__in=people)
    if scope.body:
        rows = rows.filter(person__in=Term.objects.filter(seat__body=scope.body).values("person"))
    return rows.select_related("person").order_by("created_at", "pk")


def _of(scope: Scope, rows: QuerySet[Any], organization: str, body: str) -> QuerySet[Any]:
    if scope.organization:
        rows = rows.filter(**{organization: scope.organization})
    return rows.filter(**{body: scope.body}) if scope.body else rows


def _always(scope: Scope) -> Scope:
    """The same scope without its period, where that leaves something: what an older strategy brings counts."""
    return Scope(scope.organization, scope.body) if scope.records else scope


SOURCES: tuple[Source, ...] = (
    Source(
        "organizations",
        "Organizations",
        Retention.MEMBERSHIP,
        _organizations,
        (
            Column("Key", lambda row: row.key),
            Column("Name", lambda row: row.name),
            Column("Acronym", lambda row: row.acronym),
            Column("Sector", lambda row: row.sector),
            Column("Jurisdiction", lambda row: row.jurisdiction),
            Column("Website", lambda row: row.website),
            Column("What it does", lambda row: row.work),
            Column("Status", lambda row: row.get_status_display()),
            Column("Since", lambda row: row.status_since_on),
            Column("Reason", lambda row: row.status_reason),
            Column("Participation", lambda row: row.get_participation_display()),
            Column("Source", lambda row: row.source),
            Column("Merged into", lambda row: row.merged_into),
        ),
    ),
    Source(
        "representations",
        "People who represent organizations",
        Retention.MEMBERSHIP,
        _representations,
        (
            Column("Organization", lambda row: row.organization),
            Column("Person", lambda row: row.person),
            Column("Position", lambda row: row.person.position),
            Column("Kind", lambda row: row.get_kind_display()),
            Column("From", lambda row: row.starts_on),
            Column("Planned end", lambda row: row.planned_end_on),
            Column("End", lambda row: row.ended_on),
            Column("Reason of the end", lambda row: row.end_reason),
            Column("E-mail", lambda row: row.person.email, is_contact=True),
            Column("Phone", lambda row: row.person.phone, is_contact=True),
        ),
    ),
    Source(
        "invitations",
        "Invitations",
        Retention.MEMBERSHIP,
        _invitations,
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
    ),
    Source(
        "proposals",
        "Changes that organizations proposed",
        Retention.MEMBERSHIP,
        _proposals,
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
        _seats,
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
        _terms,
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
        _strategies,
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
        _milestones,
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
        _updates,
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
        _items,
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
            Column("Place", lambda row: row.place),
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
        _agenda,
        (
            Column("Meeting", lambda row: row.meeting_id),
            Column("Item", lambda row: row.position),
            Column("Title", lambda row: row.title),
            Column("Detail", lambda row: row.detail),
            Column("Minutes planned", lambda row: row.minutes_long),
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
        _attendance,
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
        _deliveries,
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


def _changes(source: Source, rows: list[Model], scope: Scope, today: dt.date) -> list[list[str]]:
    """The history of these rows, a line a field; what is contact data in it stays out with the rest of it."""
    if not rows or not hasattr(rows[0], "history"):
        return []
    contact = {"E-mail"} if not scope.with_contact else set()
    lines = []
    for pk, changes in changes_of_all(type(rows[0]), [row.pk for row in rows], today).items():
        for change in changes:
            lines += [
                [
                    f"{source.title}, number {pk}",
                    _say(change.at),
                    change.by,
                    change.verb,
                    field.label,
                    field.before,
                    field.after,
                    change.reason,
                ]
                for field in change.fields
                if field.label not in contact
            ]
    return lines


def _say(value: object) -> str:
    """A value for a file: dates in ISO 8601, moments in their own zone or the site's with its name."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        local = value if value.tzinfo not in (None, dt.UTC) else timezone.localtime(value)
        return f"{local:%Y-%m-%d %H:%M} {zone_word(local)}"
    return value.isoformat() if isinstance(value, dt.date) else str(value)
