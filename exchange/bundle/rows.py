"""The rows of each table that belong to a scope."""

from typing import Any

from django.db.models import Q, QuerySet

from actionitems.models import ActionItem
from exchange.bundle.scope import Scope
from mail.models import Delivery
from meetings.models import AgendaItem, Attendance, Meeting
from meetings.rules import MeetingStatus
from members.models import Invitation, Organization, Proposal, Representation
from objectives.models import Milestone, ProgressUpdate, Strategy, StrategySupport
from objectives.rules import OPEN_STATES
from taskforces.models import Seat, Term


def meetings_of(scope: Scope) -> QuerySet[Meeting]:
    """Return the meetings of the scope, without drafts: those of the body that the organization attended."""
    rows = Meeting.objects.exclude(status=MeetingStatus.DRAFT).filter(scope.within("starts_on")).select_related("body")
    if scope.body:
        rows = rows.filter(body=scope.body)
    if scope.organization:
        rows = rows.filter(pk__in=Attendance.objects.filter(organization=scope.organization).values("meeting"))
    return rows.order_by("starts_at", "pk")


def organizations_of(scope: Scope) -> QuerySet[Organization]:
    """Return the organizations of the scope, and those that were merged into them."""
    rows = Organization.objects.select_related("sector", "merged_into")
    if scope.organization:
        return rows.filter(Q(pk=scope.organization.pk) | Q(merged_into=scope.organization))
    if scope.body:
        return rows.filter(pk__in=scope.body.seats.exclude(organization=None).values("organization"))
    return rows.filter(scope.within("created_at__date"))


def representations_of(scope: Scope) -> QuerySet[Representation]:
    """Return the representations of the organization, or of everyone with a seat on the body."""
    rows = Representation.objects.filter(scope.within("starts_on", "ended_on"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.filter(person__in=Term.objects.filter(seat__body=scope.body).values("person"))
    return rows.select_related("organization", "person").order_by("organization__name", "starts_on", "pk")


def invitations_of(scope: Scope) -> QuerySet[Invitation]:
    """Return the invitations of the organization; a body has none."""
    rows = Invitation.objects.filter(scope.within("sent_at__date"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.none()
    return rows.select_related("organization", "invited_by").order_by("sent_at", "pk")


def proposals_of(scope: Scope) -> QuerySet[Proposal]:
    """Return the changes that the organization proposed; a body has none."""
    rows = Proposal.objects.filter(scope.within("proposed_at__date"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    if scope.body:
        rows = rows.none()
    return rows.select_related("organization", "proposed_by", "reviewed_by").order_by("proposed_at", "pk")


def seats_of(scope: Scope) -> QuerySet[Seat]:
    """Return the seats of the organization or the body."""
    rows = Seat.objects.filter(scope.within("created_at__date", "closed_on"))
    return (
        _filter_scope(scope, rows, "organization", "body").select_related("body", "organization").order_by("body", "pk")
    )


def terms_of(scope: Scope) -> QuerySet[Term]:
    """Return the terms in the seats of the scope."""
    rows = _filter_scope(
        scope, Term.objects.filter(scope.within("starts_on", "ended_on")), "seat__organization", "seat__body"
    )
    return rows.select_related("person", "seat__body", "seat__organization").order_by("seat", "starts_on")


def strategies_of(scope: Scope) -> QuerySet[Strategy]:
    """Return the strategies that the organization leads or supports, or those of the body."""
    rows = Strategy.objects.filter(scope.within("starts_on", "closed_on"))
    if scope.organization:
        supported = StrategySupport.objects.filter(organization=scope.organization).values("strategy")
        rows = rows.filter(Q(lead_organization=scope.organization) | Q(pk__in=supported))
    if scope.body:
        rows = rows.filter(body=scope.body)
    return rows.select_related("objective__plan", "body", "lead_organization", "responsible_person").order_by("pk")


def milestones_of(scope: Scope) -> QuerySet[Milestone]:
    """Return the milestones of the strategies of the scope."""
    rows = Milestone.objects.filter(strategy__in=strategies_of(_without_period(scope)).order_by().values("pk"))
    return rows.filter(scope.within("due_on")).select_related("strategy").order_by("due_on", "pk")


def progress_updates_of(scope: Scope) -> QuerySet[ProgressUpdate]:
    """Return the submitted and published updates of the strategies of the scope."""
    rows = ProgressUpdate.objects.exclude(state__in=OPEN_STATES).filter(scope.within("reported_on"))
    rows = rows.filter(strategy__in=strategies_of(_without_period(scope)).order_by().values("pk"))
    return rows.select_related("strategy", "author", "published_by").order_by("reported_on", "pk")


def action_items_of(scope: Scope) -> QuerySet[ActionItem]:
    """Return the action items of the organization or the body."""
    rows = _filter_scope(
        scope, ActionItem.objects.filter(scope.within("created_at__date", "done_on")), "owner_organization", "body"
    )
    return rows.select_related("body", "owner_organization", "owner_person", "origin_meeting").order_by("due_on", "pk")


def agenda_items_of(scope: Scope) -> QuerySet[AgendaItem]:
    """Return the agenda items of the meetings of the scope."""
    rows = AgendaItem.objects.filter(meeting__in=meetings_of(scope).order_by().values("pk"), removed_at=None)
    return rows.select_related("meeting").order_by("meeting__starts_at", "position")


def attendances_of(scope: Scope) -> QuerySet[Attendance]:
    """Return the attendance at the meetings of the scope."""
    rows = Attendance.objects.filter(meeting__in=meetings_of(scope).order_by().values("pk"))
    if scope.organization:
        rows = rows.filter(organization=scope.organization)
    return rows.select_related("meeting", "person", "organization").order_by("meeting__starts_at", "person__name")


def deliveries_of(scope: Scope) -> QuerySet[Delivery]:
    """Return the emails to the people of the organization or the body."""
    rows = Delivery.objects.filter(scope.within("created_at__date"))
    if scope.organization:
        people = Representation.objects.filter(organization=scope.organization).values("person")
        rows = rows.filter(person__in=people)
    if scope.body:
        rows = rows.filter(person__in=Term.objects.filter(seat__body=scope.body).values("person"))
    return rows.select_related("person").order_by("created_at", "pk")


def _filter_scope(scope: Scope, rows: QuerySet[Any], organization: str, body: str) -> QuerySet[Any]:
    """Filter the rows by the organization and the body of the scope; both arguments are field names."""
    if scope.organization:
        rows = rows.filter(**{organization: scope.organization})
    return rows.filter(**{body: scope.body}) if scope.body else rows


def _without_period(scope: Scope) -> Scope:
    """Return the scope without its period, to include the milestones and updates of older strategies.

    A scope that is only a period stays as it is.
    """
    return Scope(scope.organization, scope.body) if scope.records else scope
