"""What a member finds at home: what one owes, what comes next, what changed. A fixed number of queries."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, QuerySet

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

CHANGES_SHOWN = 8
MEETINGS_SHOWN = 4
ANSWER_WITHIN_DAYS = 30
# Minutes that are corrected long after the meeting are no news.
MINUTES_ARE_NEWS = dt.timedelta(days=60)


@dataclass(frozen=True)
class TodoItem:
    """One thing that a person owes: exactly one of update, item, meeting and confirmation is set."""

    due_on: dt.date
    is_late: bool
    update: DueUpdate | None = None
    item: ActionItem | None = None
    meeting: Meeting | None = None
    confirmation: Confirmation | None = None


@dataclass(frozen=True)
class MyBody:
    """A body that the person belongs to, with the role there and what meets next."""

    body: Body
    role: str
    leads: bool
    next_meeting: Meeting | None


@dataclass(frozen=True)
class ActivityItem:
    """Something new on one's bodies: a published update, or a meeting and what became of it."""

    at: dt.datetime
    update: ProgressUpdate | None = None
    meeting: Meeting | None = None
    word: str = ""


@dataclass(frozen=True)
class Home:
    """The whole page."""

    owed: list[TodoItem]
    meetings: list[Meeting]
    bodies: list[MyBody]
    changes: list[ActivityItem]

    @property
    def asks_for_answers(self) -> bool:
        return any(owed.meeting for owed in self.owed)


def home(person: Person, now: dt.datetime, today: dt.date, since: dt.datetime) -> Home:
    """What waits for the person, what comes, and what changed after `since`."""
    meetings = list(upcoming_for(person, now, 50))
    bodies = list(bodies_of(person))
    owed = _todo_items(person, meetings, today)
    asked = {row.meeting for row in owed}
    mine = [meeting for meeting in meetings if meeting.is_invited and meeting not in asked]
    return Home(
        owed,
        mine[:MEETINGS_SHOWN],
        _my_bodies(person, bodies, next_by_body(now, person)),
        _changes(person, bodies, since, now),
    )


def todo_for(person: Person, now: dt.datetime, today: dt.date) -> list[TodoItem]:
    """What waits for the person, the most urgent first."""
    return _todo_items(person, list(upcoming_for(person, now, 50)), today)


def _todo_items(person: Person, meetings: list[Meeting], today: dt.date) -> list[TodoItem]:
    updates = [TodoItem(row.due_on, row.is_late, update=row) for row in updates_due_for(person, today)]
    items = [TodoItem(item.due_on, item.due_on < today, item=item) for item in items_assigned_to(person)]
    unanswered = [
        TodoItem(meeting.local_start.date(), False, meeting=meeting)
        for meeting in meetings
        if meeting.is_invited
        and not meeting.my_rsvp
        and meeting.scheduled_at
        and (meeting.local_start.date() - today).days <= ANSWER_WITHIN_DAYS
    ]
    return sorted(updates + items + unanswered + _to_confirm(person, today), key=lambda owed: owed.due_on)


def _to_confirm(person: Person, today: dt.date) -> list[TodoItem]:
    """The yearly questions to the organizations that the person leads, each due when it would go on to the next."""
    rows = Confirmation.objects.open().filter(organization__in=organizations_managed_by(person))
    return [
        TodoItem(due_on, due_on < today, confirmation=row)
        for row in rows.select_related("organization")
        if row.asked_on and (due_on := stage_ends_on(row.asked_on, ConfirmationStage.ASKED))
    ]


def _my_bodies(person: Person, bodies: list[Body], meetings: dict[int, Meeting]) -> list[MyBody]:
    seats: dict[int, str] = {}
    for term in terms_of(person).select_related("seat"):
        held = seats.get(term.seat.body_id)
        if held is None or role_order(term.seat.role) < role_order(held):
            seats[term.seat.body_id] = term.seat.role
    return [
        MyBody(
            body,
            str(SeatRole(seats[body.pk]).label) if body.pk in seats else "",
            seats.get(body.pk) in CHAIR_ROLES,
            meetings.get(body.pk),
        )
        for body in bodies
    ]


def _changes(person: Person, bodies: list[Body], since: dt.datetime, now: dt.datetime) -> list[ActivityItem]:
    updates = (
        ProgressUpdate.objects.published()
        .filter(strategy__body__in=bodies, published_at__gt=since)
        .exclude(author=person)
        .select_related("strategy__body", "author")
        .order_by("-published_at")[:CHANGES_SHOWN]
    )
    announced = (
        Q(scheduled_at__gt=since)
        | Q(updated_at__gt=since, status__in=LIVE_STATUSES, sequence__gt=0)
        | Q(updated_at__gt=since, status=MeetingStatus.CANCELED)
        | Q(updated_at__gt=since, minutes_status=MinutesStatus.PUBLISHED, ends_at__gt=now - MINUTES_ARE_NEWS)
    )
    meetings = (
        meetings_visible_to(person)
        .filter(announced, body__in=bodies, scheduled_at__isnull=False)
        .select_related("body")
        .order_by("-updated_at")[:CHANGES_SHOWN]
    )
    found = [ActivityItem(update.published_at, update=update) for update in updates if update.published_at]
    found += [_happened(meeting, since) for meeting in meetings]
    return sorted(found, key=lambda change: change.at, reverse=True)[:CHANGES_SHOWN]


def _happened(meeting: Meeting, since: dt.datetime) -> ActivityItem:
    if meeting.status == MeetingStatus.CANCELED:
        return ActivityItem(meeting.updated_at, meeting=meeting, word="Meeting cancelled")
    if meeting.scheduled_at and meeting.scheduled_at > since:
        return ActivityItem(meeting.scheduled_at, meeting=meeting, word="Meeting scheduled")
    if meeting.minutes_status == MinutesStatus.PUBLISHED:
        return ActivityItem(meeting.updated_at, meeting=meeting, word="Minutes published")
    return ActivityItem(meeting.updated_at, meeting=meeting, word="Meeting changed")


def membership_status_of(person: Person) -> QuerySet[Representation]:
    """All that the person is or was for organizations, what is current first."""
    return person.representations.select_related("organization").order_by("ended_on", "-starts_on")
