"""A week acted out for five people who want to be reminded differently: every mail, by person, day and subject."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from actionitems import operations as items
from actionitems.models import ActionItem
from meetings import operations as meetings
from meetings.models import Meeting
from reminders.operations import PreferenceChoice, mark_as_notified, save_preferences, tick
from reminders.rules import OPTIONAL_KINDS, Frequency
from taskforces.models import Seat, Term
from tests import factories
from tests.mail.conftest import server, sink  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PACIFIC = ZoneInfo("America/Los_Angeles")
MONDAY = dt.date(2026, 11, 30)
LONG_AGO = dt.datetime(2026, 10, 1, 18, 0, tzinfo=dt.UTC)
EVERY = dt.timedelta(hours=1)
PEOPLE = ("at.once", "daily", "weekly", "away", "off", "stand.in")


CHANGED = "Changed: Data task force, Fri, Dec 4, 10:00 a.m. PT"
NEW = "New meeting: Data task force, Wed, Dec 16, 9:00 a.m. PT"
OFF = "Canceled: Data task force, Wed, Dec 16, 9:00 a.m. PT"
ANSWER = "RSVP: Data task force, Thu, Dec 3, 10:00 a.m. PT"
TOMORROW = "Meeting tomorrow: Data task force, Fri, Dec 4, 10:00 a.m. PT (and 1 more)"
# The news of meetings comes to everyone, or to who stands in for them on its day, and waits for the end of the night;
# what is merged, put off, handed on or not wanted differs.
EXPECTED = [
    *((name, "Tue 11:00", CHANGED) for name in PEOPLE[:5] if name != "away"),
    *((name, "Wed 15:00", NEW) for name in PEOPLE[:5]),
    *((name, "Sun 07:00", OFF) for name in PEOPLE[:5]),  # called off on Saturday at 21:00
    ("at.once", "Mon 08:00", ANSWER),
    ("at.once", "Wed 08:00", "Overdue since Wed, Nov 25: Call the county of at.once"),
    ("at.once", "Thu 08:00", TOMORROW),
    ("at.once", "Fri 08:00", "Due today: Send the list of at.once"),
    ("daily", "Mon 08:00", ANSWER),
    ("daily", "Wed 08:00", "Overdue since Wed, Nov 25: Call the county of daily"),
    ("daily", "Thu 08:00", TOMORROW),  # on Thursday the item is done, so nothing on Friday
    ("weekly", "Mon 08:00", ANSWER),
    ("weekly", "Thu 08:00", TOMORROW),  # Monday would be too late for these two
    ("weekly", "Fri 08:00", "Due today: Send the list of weekly"),
    ("weekly", "Mon 08:00", "Overdue since Wed, Nov 25: Call the county of weekly"),
    *(
        ("stand.in", when, f"On behalf of The away: {subject}")
        for when, subject in (
            ("Mon 08:00", ANSWER),
            ("Tue 11:00", CHANGED),
            ("Wed 08:00", "Overdue since Wed, Nov 25: Call the county of away"),
            ("Thu 08:00", TOMORROW),
            ("Fri 08:00", "Due today: Send the list of away"),
        )
    ),
]


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """A moment of the week by the wall, 0 being Monday."""
    local = dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour, minute), tzinfo=PACIFIC)
    return local.astimezone(dt.UTC)


@pytest.fixture
def five(cast):
    """Five members of the Data task force, and the colleague who stands in for the one who is away."""
    Term.objects.all().delete()
    Seat.objects.all().delete()
    for name in PEOPLE:
        person = factories.PersonFactory(email=f"{name}@example.org", name=f"The {name}")
        cast.people[name] = person
        factories.RepresentationFactory(person=person, organization=cast.organization)
        if name != "stand.in":
            seat = factories.SeatFactory(body=cast.body, organization=cast.organization)
            factories.TermFactory(seat=seat, person=person)
    for name, frequency in (("at.once", Frequency.IMMEDIATE), ("weekly", Frequency.WEEKLY), ("off", Frequency.OFF)):
        frequencies = dict.fromkeys(OPTIONAL_KINDS, frequency)
        save_preferences(actor=cast.people[name], choice=PreferenceChoice(frequencies=frequencies), now=LONG_AGO)
    away = PreferenceChoice(frequencies={}, away_until=MONDAY + dt.timedelta(days=4), delegate=cast.people["stand.in"])
    save_preferences(actor=cast.people["away"], choice=away, now=LONG_AGO)
    return cast


def promise(cast, name: str, text: str, day: int) -> ActionItem:
    """An action item of that person, due on a day of the week; promised long ago."""
    due_on = MONDAY + dt.timedelta(days=day)
    person, organization = cast.people[name], cast.organization
    item = factories.ActionItemFactory(
        body=cast.body, text=text, owner_organization=organization, owner_person=person, due_on=due_on
    )
    ActionItem.objects.filter(pk=item.pk).update(created_at=LONG_AGO)
    return item


def test_each_of_five_people_gets_every_mail_of_the_week_and_none_too_many(five, sink):  # noqa: F811
    seated = [name for name in PEOPLE if name != "stand.in"]
    for name in seated:
        promise(five, name, f"Send the list of {name}", 4)  # due on Friday
        promise(five, name, f"Call the county of {name}", -5)  # a week overdue on Wednesday
    meeting = factories.MeetingFactory(body=five.body, starts_at=at(3, 10), scheduled_at=LONG_AGO)
    mark_as_notified(meetings=[meeting], now=LONG_AGO)
    draft = factories.MeetingFactory(body=five.body, title="Data review", starts_at=at(16, 9), status="draft")

    def move() -> None:
        row = Meeting.objects.get(pk=meeting.pk)
        meetings.edit(actor=five.staff, meeting=row, version=None, now=now, starts_on=MONDAY + dt.timedelta(days=4))

    def announce() -> None:
        meetings.schedule(actor=five.staff, meeting=draft, version=None, now=now)

    def finish() -> None:
        item = ActionItem.objects.get(text="Send the list of daily")
        items.complete(actor=five.people["daily"], item=item, today=now.astimezone(PACIFIC).date())

    def call_off() -> None:
        row = Meeting.objects.get(pk=draft.pk)
        meetings.cancel(actor=five.staff, meeting=row, version=None, reason="No quorum", now=now)

    script = {at(1, 11): move, at(2, 15): announce, at(3, 14): finish, at(5, 21): call_off}
    said: list[tuple[str, str, str]] = []
    now = at(0, 0)
    while now < at(7, 9):
        script.get(now, lambda: None)()
        before = len(sink.recipients)
        tick(now)
        for address, mail in list(zip(sink.recipients, sink.mails, strict=True))[before:]:
            said.append((address.partition("@")[0], f"{now.astimezone(PACIFIC):%a %H:%M}", str(mail["Subject"])))
        now += EVERY
    for name in PEOPLE:
        for person, when, subject in said:
            if person == name:
                print(f"{person:9} {when}  {subject}")
    assert sorted(said) == sorted(EXPECTED)
