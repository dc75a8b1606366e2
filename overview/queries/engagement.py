"""How far organizations take part: meetings, action items and updates, as counts that add up.

An organization counts for a meeting where it held a seat on the body on that day, taken or vacant; for the full
Workgroup where it was an active member. Only closed meetings whose attendance was noted count at all.
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

CAME = (AttendanceStatus.IN_PERSON, AttendanceStatus.REMOTE)


@dataclass(frozen=True)
class BodyAttendance:
    """An organization at the meetings of one body: how many were held, attended, and missed with an excuse."""

    body: Body
    held: int
    attended: int
    excused: int

    @property
    def is_below(self) -> bool:
        """Whether the charter expects more."""
        return is_below(self.attended, self.held, self.body.attendance_expected_percent)


@dataclass(frozen=True)
class Engagement:
    """One organization in a period; open and overdue items are those of today."""

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
        """The bodies whose charter expects more."""
        return [row for row in self.bodies if row.is_below]


def engagement(
    first: dt.date, last: dt.date, today: dt.date, organization: Organization | None = None
) -> list[Engagement]:
    """How far each organization with rights, or the one that is given, took part from the first day to the last.

    Those below an expectation come first. Nine queries, whatever the number of rows.
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
    """For each organization its bodies with the counts, by its id."""
    meetings = list(
        Meeting.objects.filter(
            pk__in=Attendance.objects.values("meeting"), status=MeetingStatus.CLOSED, starts_on__range=(first, last)
        ).values_list("pk", "body", "starts_on")
    )
    bodies = {body.pk: body for body in Body.objects.all()}
    came, excused = _presence([pk for pk, _, _ in meetings])
    belonging = _Belonging(bodies)
    counts: dict[int, Counter[tuple[int, str]]] = defaultdict(Counter)
    for pk, body, day in meetings:
        for organization in belonging(body, day):
            counts[organization][body, "held"] += 1
            counts[organization][body, "attended"] += (pk, organization) in came
            counts[organization][body, "excused"] += (pk, organization) in excused - came
    found: dict[int, list[BodyAttendance]] = defaultdict(list)
    for organization, count in counts.items():
        for body in sorted({body for body, _ in count}, key=lambda key: (bodies[key].position, key)):
            numbers = (count[body, word] for word in ("held", "attended", "excused"))
            found[organization].append(BodyAttendance(bodies[body], *numbers))
    return found


def _presence(meetings: Sequence[int]) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """The pairs of meeting and organization for which somebody came, and those for which somebody was excused."""
    came, excused = set(), set()
    rows = Attendance.objects.filter(meeting__in=meetings, organization__isnull=False)
    for meeting, organization, presence in rows.values_list("meeting", "organization", "presence"):
        if presence in CAME:
            came.add((meeting, organization))
        elif presence == AttendanceStatus.EXCUSED:
            excused.add((meeting, organization))
    return came, excused


class _Belonging:
    """Asks which organizations belonged to a body on a day, from seats and memberships read once."""

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

    def __call__(self, body: int, day: dt.date) -> set[int]:
        if body in self.full:
            return {row.pk for row, spans in self.members.items() if members_on({row.pk: spans}, day)}
        return {pk for pk, began, closed in self.seats[body] if began <= day and (closed is None or day <= closed)}


def _items(today: dt.date) -> dict[int, tuple[int, int]]:
    """How many action items of each organization are open, and how many of those overdue."""
    rows = (
        ActionItem.objects.open()
        .filter(owner_organization__isnull=False)
        .order_by()
        .values_list("owner_organization")
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today)))
    )
    return {organization: (count, overdue) for organization, count, overdue in rows}


def _updates(first: dt.date, last: dt.date) -> dict[int, int]:
    """How many updates were given in the period for the strategies that each organization leads."""
    rows = (
        ProgressUpdate.objects.filter(state__in=REPORTED_STATES, reported_on__range=(first, last))
        .order_by()
        .values_list("strategy__lead_organization")
        .annotate(count=Count("pk"))
    )
    return dict(rows)


@dataclass(frozen=True)
class Totals:
    """The counts of all rows together."""

    held: int
    attended: int
    open_items: int
    overdue_items: int
    updates: int


def totals(rows: Iterable[Engagement]) -> Totals:
    """The sums; no percent is averaged."""
    kept = list(rows)
    return Totals(
        sum(row.held for row in kept),
        sum(row.attended for row in kept),
        sum(row.open_items for row in kept),
        sum(row.overdue_items for row in kept),
        sum(row.updates for row in kept),
    )
