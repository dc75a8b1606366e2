"""A whole day of ticks: what the mails say is exactly what the rules of reminders say that it should be.

The suite ticks every 15 minutes, `make simulate` every minute, as the portal does.

The expected set is worked out here from the specification alone; nothing of the planner is called.
"""

import datetime as dt
from collections import Counter
from zoneinfo import ZoneInfo

import pytest

from accounts.models import Person
from actionitems.models import ActionItem
from meetings.models import RSVP, Meeting
from reminders.operations import mark_as_notified, tick
from taskforces.models import Seat, Term
from taskforces.rules import SeatRole
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PACIFIC = ZoneInfo("America/Los_Angeles")
ZONES = ("America/Los_Angeles", "America/New_York", "Pacific/Honolulu")
START = dt.datetime(2026, 11, 24, 0, 0, tzinfo=PACIFIC).astimezone(dt.UTC)
MINUTES = 1440
END = START + dt.timedelta(minutes=MINUTES)
LONG_AGO = START - dt.timedelta(days=120)
TODAY = dt.date(2026, 11, 24)
Said = set[tuple[str, str]]


def days(number: int) -> dt.timedelta:
    return dt.timedelta(days=number)


def eight_o_clock(day: dt.date, person: Person) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), tzinfo=ZoneInfo(person.time_zone)).astimezone(dt.UTC)


def is_today(moment: dt.datetime) -> bool:
    return START <= moment < END


def world(body) -> list[Person]:
    """Nine people in three zones, the first of them the chair; items and meetings before, on and after each step.

    All of it was made so late that nothing of the day before is owed any more.
    """
    people = []
    for number in range(9):
        person = factories.PersonFactory(email=f"p{number}@example.org", time_zone=ZONES[number % 3])
        role = SeatRole.MEMBER if number else SeatRole.CHAIR
        factories.TermFactory(seat=factories.SeatFactory(body=body, organization=None, role=role), person=person)
        people.append(person)
    statuses = ("open", "in_progress", "blocked", "done", "canceled")
    for number, due in enumerate(range(-40, 12)):
        factories.ActionItemFactory(
            body=body,
            text=f"Item {number:03}.",
            owner_organization=None,
            owner_person=people[number % 9],
            due_on=TODAY + days(due),
            status=statuses[number % 5] if number % 2 else "open",
            done_on=TODAY if number % 2 and statuses[number % 5] == "done" else None,
        )
    ActionItem.objects.update(created_at=START)
    for number, ahead in enumerate(range(10)):
        at = dt.datetime.combine(TODAY + days(ahead), dt.time(6 + number), tzinfo=PACIFIC).astimezone(dt.UTC)
        meeting = factories.MeetingFactory(
            body=body,
            title=f"Meeting {number:03}.",
            starts_at=at,
            scheduled_at=START - days(1),
            status="canceled" if number == 4 else "scheduled",
        )
        for person, answer in zip(people, ("yes", "no", "", "yes", "no", "", "yes", "", "no"), strict=True):
            if answer:
                RSVP.objects.create(meeting=meeting, person=person, answer=answer, responded_at=LONG_AGO)
    mark_as_notified(meetings=list(Meeting.objects.all()), now=START - days(1))
    return people


def expected(people: list[Person]) -> Said:
    """Who should read of what today, from the rules as they are written down."""
    said: Said = set()
    chair = people[0]
    for item in ActionItem.objects.filter(status__in=("open", "in_progress", "blocked")):
        steps = [-7, -1, 0, 7, 14, 21, 28]
        if any(is_today(eight_o_clock(item.due_on + days(step), item.owner_person)) for step in steps):
            said.add((item.owner_person.email, item.text))
        if item.owner_person != chair and is_today(eight_o_clock(item.due_on + days(35), chair)):
            said.add((chair.email, item.text))
    answers = {(row.meeting_id, row.person_id): row.answer for row in RSVP.objects.all()}
    for meeting in Meeting.objects.filter(status="scheduled"):
        for person in people:
            answer = answers.get((meeting.pk, person.pk), "")
            steps = [-7, -1, *([] if answer else [-3])]
            due = [eight_o_clock(meeting.starts_on + days(step), person) for step in steps]
            if answer != "no" and any(is_today(moment) and moment < meeting.starts_at for moment in due):
                said.add((person.email, meeting.title))
    return said


def read(sink) -> Counter[tuple[str, str]]:
    """What each mail says of what, by its reader."""
    titles = [*ActionItem.objects.values_list("text", flat=True), *Meeting.objects.values_list("title", flat=True)]
    found: Counter[tuple[str, str]] = Counter()
    for address, mail in zip(sink.recipients, sink.mails, strict=True):
        text = mail.get_body(("plain",)).get_content()
        found.update((address, title) for title in titles if title in text)
    return found


EVERY_MINUTE = pytest.param(1, marks=pytest.mark.simulate, id="every-minute")


@pytest.mark.parametrize("step", [pytest.param(15, id="every-15-minutes"), EVERY_MINUTE])
def test_a_day_says_what_the_rules_say_each_thing_once(cast, sink, step):
    Term.objects.all().delete()
    Seat.objects.all().delete()
    people = world(cast.body)
    for minute in range(0, MINUTES, step):
        tick(START + dt.timedelta(minutes=minute))
    oracle = expected(people)
    print("expected", len(oracle), "seen", len(read(sink)))
    assert read(sink) == dict.fromkeys(oracle, 1)
    assert len(oracle) == 21
    assert sink.count() == dict.fromkeys({address for address, _ in oracle}, 1)
