"""The member's home page: to-do list, next meetings, recent activity. A fixed number of queries."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from actionitems.models import ActionItem
from actionitems.queries import items_assigned_to
from meetings.models import Meeting
from meetings.permissions import meetings_visible_to
from meetings.queries import next_by_body, upcoming_for
from meetings.rules import LIVE_STATUSES, MeetingStatus, MinutesStatus
from members.models import Confirmation, Representation
from members.permissions import organizations_managed_by
from members.rules import ConfirmationStage, stage_ends_on
from objectives.models import ProgressUpdate
from objectives.queries.updates import DueUpdate, updates_due_for
from taskforces.models import Body
from taskforces.permissions import bodies_of, terms_of
from taskforces.rules import CHAIR_ROLES, SeatRole, role_order

MAX_ACTIVITY = 8
MAX_MEETINGS = 4
MAX_MEETINGS_READ = 50
RSVP_WITHIN_DAYS = 30
# Minutes corrected long after the meeting are not shown as activity.
MINUTES_RECENT = dt.timedelta(days=60)


@dataclass(frozen=True)
class TodoItem:
    """One thing for the person to do: exactly one of update, item, meeting and confirmation is set."""

    due_on: dt.date
    is_late: bool
    update: DueUpdate | None = None
    item: ActionItem | None = None
    meeting: Meeting | None = None
    confirmation: Confirmation | None = None


@dataclass(frozen=True)
class MyBody:
    """A body that the person belongs to, with their role on it and its next meeting."""

    body: Body
    role: str
    is_chair: bool
    next_meeting: Meeting | None


@dataclass(frozen=True)
class ActivityItem:
    """Something new on the person's bodies: a published update, or a meeting and what happened to it."""

    at: dt.datetime
    update: ProgressUpdate | None = None
    meeting: Meeting | None = None
    label: str | Promise = ""


@dataclass(frozen=True)
class Home:
    """The whole page."""

    todo: list[TodoItem]
    meetings: list[Meeting]
    bodies: list[MyBody]
    activity: list[ActivityItem]

    @property
    def has_unanswered_meeting(self) -> bool:
        return any(entry.meeting for entry in self.todo)


def home(person: Person, now: dt.datetime, today: dt.date, since: dt.datetime) -> Home:
    """Return the person's to-do list, next meetings and bodies, and what changed after `since`."""
    meetings = list(upcoming_for(person, now, MAX_MEETINGS_READ))
    bodies = list(bodies_of(person))
    todo = _todo_items(person, meetings, today)
    unanswered = {entry.meeting for entry in todo}
    answered = [
        meeting
        for meeting in meetings
        if meeting.is_invited and meeting not in unanswered  # type: ignore[attr-defined]
    ]
    return Home(
        todo,
        answered[:MAX_MEETINGS],
        _my_bodies(person, bodies, next_by_body(now, person)),
        _activity(person, bodies, since, now),
    )


def todo_for(person: Person, now: dt.datetime, today: dt.date) -> list[TodoItem]:
    """Return the person's to-do list, the most urgent first."""
    return _todo_items(person, list(upcoming_for(person, now, MAX_MEETINGS_READ)), today)


def _todo_items(person: Person, meetings: list[Meeting], today: dt.date) -> list[TodoItem]:
    updates = [TodoItem(row.due_on, row.is_late, update=row) for row in updates_due_for(person, today)]
    items = [TodoItem(item.due_on, item.due_on < today, item=item) for item in items_assigned_to(person)]
    unanswered = [
        TodoItem(meeting.local_start.date(), False, meeting=meeting)
        for meeting in meetings
        if meeting.is_invited
        and not meeting.my_rsvp
        and meeting.scheduled_at
        and (meeting.local_start.date() - today).days <= RSVP_WITHIN_DAYS
    ]
    confirmations = _confirmations(person, today)
    return sorted(updates + items + unanswered + confirmations, key=lambda entry: entry.due_on)


def _confirmations(person: Person, today: dt.date) -> list[TodoItem]:
    """Return the open yearly confirmations of the organizations that the person manages.

    Each is due on the date on which the next contact would be asked.
    """
    rows = Confirmation.objects.open().filter(organization__in=organizations_managed_by(person))
    return [
        TodoItem(due_on, due_on < today, confirmation=row)
        for row in rows.select_related("organization")
        if row.asked_on and (due_on := stage_ends_on(row.asked_on, ConfirmationStage.ASKED))
    ]


def _my_bodies(person: Person, bodies: list[Body], meetings: dict[int, Meeting]) -> list[MyBody]:
    """Return the bodies, each with the person's highest role and its meeting in `meetings`."""
    roles: dict[int, str] = {}
    for term in terms_of(person).select_related("seat"):
        role = roles.get(term.seat.body_id)
        if role is None or role_order(term.seat.role) < role_order(role):
            roles[term.seat.body_id] = term.seat.role
    return [
        MyBody(
            body,
            str(SeatRole(roles[body.pk]).label) if body.pk in roles else "",
            roles.get(body.pk) in CHAIR_ROLES,
            meetings.get(body.pk),
        )
        for body in bodies
    ]


def _activity(person: Person, bodies: list[Body], since: dt.datetime, now: dt.datetime) -> list[ActivityItem]:
    """Return the latest updates published by others and the latest changes to meetings, newest first."""
    updates = (
        ProgressUpdate.objects.published()
        .filter(strategy__body__in=bodies, published_at__gt=since)
        .exclude(author=person)
        .select_related("strategy__body", "author")
        .order_by("-published_at")[:MAX_ACTIVITY]
    )
    changed = (
        Q(scheduled_at__gt=since)
        | Q(updated_at__gt=since, status__in=LIVE_STATUSES, sequence__gt=0)
        | Q(updated_at__gt=since, status=MeetingStatus.CANCELED)
        | Q(updated_at__gt=since, minutes_status=MinutesStatus.PUBLISHED, ends_at__gt=now - MINUTES_RECENT)
    )
    meetings = (
        meetings_visible_to(person)
        .filter(changed, body__in=bodies, scheduled_at__isnull=False)
        .select_related("body")
        .order_by("-updated_at")[:MAX_ACTIVITY]
    )
    items = [ActivityItem(update.published_at, update=update) for update in updates if update.published_at]
    items += [_meeting_activity(meeting, since) for meeting in meetings]
    return sorted(items, key=lambda item: item.at, reverse=True)[:MAX_ACTIVITY]


def _meeting_activity(meeting: Meeting, since: dt.datetime) -> ActivityItem:
    if meeting.status == MeetingStatus.CANCELED:
        return ActivityItem(meeting.updated_at, meeting=meeting, label=_("Meeting canceled"))
    if meeting.scheduled_at and meeting.scheduled_at > since:
        return ActivityItem(meeting.scheduled_at, meeting=meeting, label=_("Meeting scheduled"))
    if meeting.minutes_status == MinutesStatus.PUBLISHED:
        return ActivityItem(meeting.updated_at, meeting=meeting, label=_("Minutes published"))
    return ActivityItem(meeting.updated_at, meeting=meeting, label=_("Meeting changed"))


def representations_of(person: Person) -> QuerySet[Representation]:
    """Return the person's current and former representations, the current ones first."""
    return person.representations.select_related("organization").order_by("ended_on", "-starts_on")
