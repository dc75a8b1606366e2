"""Participation of organizations: meetings, action items and updates, as counts that add up.

A meeting counts for an organization that had a seat on the body on that day, filled or vacant; a meeting of the full
Workgroup counts for its active members. Only closed meetings with recorded attendance count.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Min, Q

from actionitems.models import ActionItem
from core.dates import local_today
from meetings.models import Attendance, Meeting
from meetings.rules import AttendanceStatus, MeetingStatus
from members.models import Organization
from members.rules import STATUSES_WITH_RIGHTS
from objectives.models import ProgressUpdate
from objectives.rules import REPORTED_STATES
from taskforces.models import Body, Seat
from taskforces.queries.requirements import memberships
from taskforces.rules import BodyKind, is_below, members_on

ATTENDED_STATUSES = (AttendanceStatus.IN_PERSON, AttendanceStatus.REMOTE)


@dataclass(frozen=True)
class BodyAttendance:
    """An organization at the meetings of one body: the number held, attended and excused."""

    body: Body
    held: int
    attended: int
    excused: int

    @property
    def is_below(self) -> bool:
        """Whether attendance is below the charter's expectation."""
        return is_below(self.attended, self.held, self.body.attendance_expected_percent)


@dataclass(frozen=True)
class Engagement:
    """One organization in a period; open and overdue action items are as of today."""

    organization: Organization
    bodies: list[BodyAttendance]
    open_items: int
    overdue_items: int
    updates: int

    @property
    def held(self) -> int:
        return sum(row.held for row in self.bodies)

    @property
    def attended(self) -> int:
        return sum(row.attended for row in self.bodies)

    @property
    def excused(self) -> int:
        return sum(row.excused for row in self.bodies)

    @property
    def below(self) -> list[BodyAttendance]:
        """The bodies where attendance is below the charter's expectation."""
        return [row for row in self.bodies if row.is_below]


def engagement(
    first: dt.date, last: dt.date, today: dt.date, organization: Organization | None = None
) -> list[Engagement]:
    """Return the participation of each organization with rights, or of the given one, in the period.

    Organizations below an expectation come first. Always nine queries.
    """
    organizations = (
        [organization]
        if organization
        else list(Organization.objects.standing().filter(status__in=STATUSES_WITH_RIGHTS).order_by("name"))
    )
    attendance = _attendance(first, last)
    items = _items(today)
    updates = _updates(first, last)
    rows = [
        Engagement(row, attendance[row.pk], *items.get(row.pk, (0, 0)), updates.get(row.pk, 0)) for row in organizations
    ]
    return sorted(rows, key=lambda row: (not row.below, row.organization.name.lower()))


def _attendance(first: dt.date, last: dt.date) -> dict[int, list[BodyAttendance]]:
    """Return the attendance at each body by organization id."""
    meetings = list(
        Meeting.objects.filter(
            pk__in=Attendance.objects.values("meeting"), status=MeetingStatus.CLOSED, starts_on__range=(first, last)
        ).values_list("pk", "body", "starts_on")
    )
    bodies = {body.pk: body for body in Body.objects.all()}
    attended, excused = _attendance_pairs([pk for pk, _body, _day in meetings])
    members = _MemberLookup(bodies)
    counts: dict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
    for pk, body, day in meetings:
        for organization in members.on(body, day):
            counts[organization][body, "held"] += 1
            counts[organization][body, "attended"] += (pk, organization) in attended
            counts[organization][body, "excused"] += (pk, organization) in excused - attended
    rows: dict[int, list[BodyAttendance]] = defaultdict(list)
    for organization, count in counts.items():
        for body in sorted({body for body, _name in count}, key=lambda key: (bodies[key].position, key)):
            numbers = (count[body, name] for name in ("held", "attended", "excused"))
            rows[organization].append(BodyAttendance(bodies[body], *numbers))
    return rows


def _attendance_pairs(meetings: Sequence[int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Return the pairs of meeting id and organization id where someone attended, and where someone was excused."""
    attended, excused = set(), set()
    rows = Attendance.objects.filter(meeting__in=meetings, organization__isnull=False)
    for meeting, organization, presence in rows.values_list("meeting", "organization", "presence"):
        if presence in ATTENDED_STATUSES:
            attended.add((meeting, organization))
        elif presence == AttendanceStatus.EXCUSED:
            excused.add((meeting, organization))
    return attended, excused


class _MemberLookup:
    """The organizations that belonged to a body on a day, from seats and memberships that are read once."""

    def __init__(self, bodies: Mapping[int, Body]) -> None:
        self.full = {pk for pk, body in bodies.items() if body.kind == BodyKind.FULL}
        self.members = memberships()
        self.seats: dict[int, list[tuple[int, dt.date, dt.date | None]]] = defaultdict(list)
        seats = Seat.objects.filter(organization__isnull=False).annotate(began_on=Min("terms__starts_on"))
        for body, organization, made_at, began_on, closed_on in seats.values_list(
            "body", "organization", "created_at", "began_on", "closed_on"
        ):
            made_on = local_today(made_at)
            self.seats[body].append((organization, min(made_on, began_on or made_on), closed_on))

    def on(self, body: int, day: dt.date) -> set[int]:
        """Return the ids of the organizations that belonged to the body on that day."""
        if body in self.full:
            return {row.pk for row, spans in self.members.items() if members_on({row.pk: spans}, day)}
        return {pk for pk, began, closed in self.seats[body] if began <= day and (closed is None or day <= closed)}


def _items(today: dt.date) -> dict[int, tuple[int, int]]:
    """Return the number of open and of overdue action items by organization id."""
    rows = (
        ActionItem.objects.open()
        .filter(owner_organization__isnull=False)
        .order_by()
        .values_list("owner_organization")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    return {organization: (count, overdue) for organization, count, overdue in rows}


def _updates(first: dt.date, last: dt.date) -> dict[int, int]:
    """Return the number of updates in the period for the strategies that each organization leads."""
    rows = (
        ProgressUpdate.objects.filter(state__in=REPORTED_STATES, reported_on__range=(first, last))
        .order_by()
        .values_list("strategy__lead_organization")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


@dataclass(frozen=True)
class Totals:
    """The sums over all organizations."""

    held: int
    attended: int
    open_items: int
    overdue_items: int
    updates: int


def totals(rows: Iterable[Engagement]) -> Totals:
    """Return the sums over the rows; percentages are not averaged."""
    engagements = list(rows)
    return Totals(
        sum(row.held for row in engagements),
        sum(row.attended for row in engagements),
        sum(row.open_items for row in engagements),
        sum(row.overdue_items for row in engagements),
        sum(row.updates for row in engagements),
    )
