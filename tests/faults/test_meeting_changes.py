"""A meeting that is moved or canceled, a person who is deactivated or whose seat ends, at each point of a mail's way.

At most the mail that was past the fence is stale. Who was told is told of the change, once; who was not is not.
"""

import datetime as dt

import pytest
from django.db import connection

from mail.sending import claim
from meetings import operations as meetings
from reminders.operations import tick
from taskforces import operations as taskforces
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW
from tests.mail.sinks import Server
from tests.reminders.conftest import SEATED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
OLD = "New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT"
NEW = "New meeting: Data task force, Fri, Dec 4, 10:00 a.m. PT"
MOVED = "Changed: Data task force, Fri, Dec 4, 10:00 a.m. PT"
OFF = "Canceled: Data task force, Thu, Dec 3, 10:00 a.m. PT"


def moved(cast, meeting) -> None:
    meeting.refresh_from_db()
    day = meeting.starts_on + dt.timedelta(days=1)
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_on=day)


def canceled(cast, meeting) -> None:
    meeting.refresh_from_db()
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NOW)


def deactivated(cast, meeting) -> None:
    for email in SEATED:
        person = cast.people[email.partition("@")[0]]
        person.is_active = False
        person.save(update_fields=["is_active"])


def seat_ended(cast, meeting) -> None:
    for term in Term.objects.filter(seat__body=cast.body, ended_on=None):
        taskforces.end_term(actor=cast.staff, term=term, version=None, ended_on=NOW.date(), reason="", today=NOW.date())


# What is said to whom was told nothing before, and to whom was told of the meeting before.
UNTOLD = {moved: [NEW], canceled: [], deactivated: [], seat_ended: []}
TOLD = {moved: [OLD, MOVED], canceled: [OLD, OFF], deactivated: [OLD], seat_ended: [OLD]}


def said(*sinks) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {email: [] for email in SEATED}
    for sink in sinks:
        for address, mail in zip(sink.recipients, sink.mails, strict=True):
            found[address].append(str(mail["Subject"]))
    return found


def ticks(*minutes: int) -> None:
    for minute in minutes:
        tick(NOW + minute * MINUTE)


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


@pytest.mark.parametrize("change", [moved, canceled, deactivated, seat_ended])
class TestOfAChange:
    def test_before_it_was_planned(self, cast, meeting, sink, change):
        change(cast, meeting)
        ticks(0, 1, 2)
        assert said(sink) == dict.fromkeys(SEATED, UNTOLD[change])

    def test_while_its_mail_waits(self, cast, meeting, server, change):
        server.stop()
        ticks(0)
        change(cast, meeting)
        again = Server(server.port).start()
        try:
            ticks(5, 6, 7)
        finally:
            again.stop()
        assert said(again.sink) == dict.fromkeys(SEATED, UNTOLD[change])

    def test_while_its_mail_is_claimed(self, cast, meeting, server, change):
        server.stop()
        ticks(0)
        assert len(claim(NOW + 2 * MINUTE, 50)) == 3  # by a sender who is never heard of again
        change(cast, meeting)
        again = Server(server.port).start()
        try:
            ticks(3, 8, 9, 10)
        finally:
            again.stop()
        assert said(again.sink) == dict.fromkeys(SEATED, UNTOLD[change])

    def test_when_one_mail_is_past_the_fence(self, cast, meeting, sink, change):
        """The server has the first mail in its hands while the change is made."""

        def act() -> None:
            change(cast, meeting)
            connection.close()

        sink.meanwhile = act
        ticks(0, 1, 2, 3)
        found = said(sink)
        first = sink.recipients[0]
        assert found.pop(first) == TOLD[change]
        assert set(map(tuple, found.values())) == {tuple(UNTOLD[change])}

    def test_after_its_mail_was_sent(self, cast, meeting, sink, change):
        ticks(0)
        change(cast, meeting)
        ticks(1, 2, 3)
        assert said(sink) == dict.fromkeys(SEATED, TOLD[change])
