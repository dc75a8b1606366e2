"""Every kind of reminder's mail, read as its receiver: in the text and in the HTML."""

import datetime as dt
import re
from collections.abc import Iterator

import html5lib
import pytest

from mail.messages import Message
from meetings.models import AgendaItem
from reminders.emails import PIECES, message_for, piece_of
from reminders.emails.making import merged
from reminders.guards import check
from reminders.models import Reminder
from reminders.rules import ReminderKind
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
_URL = re.compile(r"https?://\S+")


class Mails:
    """One reminder of each kind about a thing for which it may go at NOW."""

    def __init__(self, cast) -> None:
        self.cast = cast
        factories.WorkgroupFactory()
        self.meeting = factories.MeetingFactory(body=cast.body, place="Room 74.463 & the hall")
        for position, title in enumerate(("Welcome", "Naloxone <supply> by county", "Next steps"), start=1):
            AgendaItem.objects.create(meeting=self.meeting, position=position, title=title, minutes_long=10)
        self.item = factories.ActionItemFactory(
            body=cast.body,
            owner_organization=cast.organization,
            owner_person=cast.seated,
            text="Send the county list & its <sources> to the Data task force before the next meeting",
        )
        self.strategy = factories.StrategyFactory(
            body=cast.body, lead_organization=cast.organization, responsible_person=cast.seated
        )
        factories.ProgressUpdateFactory(strategy=self.strategy, state="published", published_at=NOW)

    def subject(self, kind: str):
        return self.meeting if kind.startswith("meeting") else self.item if kind.startswith("item") else self.strategy

    def reminder(self, kind: str) -> Reminder:
        person = self.cast.chair if kind in ("item_escalated", "progress_late") else self.cast.seated
        subject = self.subject(kind)
        return Reminder(
            key=f"{kind}:{subject.pk}:2026-12-10:7d:p{person.pk}:mail",
            kind=kind,
            recipient=person,
            subject_id=subject.pk,
            speaks_of="0" if kind.startswith("meeting") else "2026-12-10",
            due_at=NOW,
            not_after=NOW,
            created_at=NOW,
        )

    def message(self, kind: str) -> Message:
        reminder = self.reminder(kind)
        subject, _ = check(reminder, NOW)
        return message_for(reminder, subject, NOW)

    def merged(self) -> Message:
        pieces = []
        for kind in (ReminderKind.MEETING_AHEAD, ReminderKind.ITEM_DUE, ReminderKind.PROGRESS_DUE):
            reminder = self.reminder(kind)
            pieces.append((reminder, piece_of(reminder, check(reminder, NOW)[0], NOW)))
        return merged(self.cast.seated, pieces, "3 things wait for you, the first on Thu, Dec 3")

    def all(self) -> Iterator[tuple[str, Message]]:
        for kind in KINDS:
            yield kind, self.message(kind)
        yield "merged", self.merged()


KINDS = [kind for kind in PIECES if kind.startswith(("meeting", "item", "progress"))]


@pytest.fixture
def mails(cast):
    return Mails(cast)


def test_the_html_of_every_mail_parses_without_an_error(mails):
    for kind, message in mails.all():
        html5lib.HTMLParser(strict=True).parse(message.html)
        assert "<supply>" not in message.html and "<sources>" not in message.html, kind


def test_the_text_of_every_mail_reads_in_72_columns(mails):
    for kind, message in mails.all():
        for line in message.text.splitlines():
            assert len(line) <= 72 or _URL.fullmatch(line.strip()), (kind, line)
        assert "\n\n\n" not in message.text
        assert "&amp;" not in message.text and "None" not in message.text, kind


def test_every_mail_is_safe_in_the_dark_and_tracks_nobody(mails):
    for _, message in mails.all():
        assert '<meta name="color-scheme" content="light dark">' in message.html
        assert not re.search(r"<(img|script|link|iframe|style)\b", message.html)
        painted = set(re.findall(r"background[^:]*:([^;\"]+)", message.html))
        assert painted <= {"#046b99"}
        for url in _URL.findall(message.html + message.text):
            assert url.startswith(("http://portal.test/", "https://meet.example.org/secret-room")), url


def test_every_mail_says_why_it_came_how_to_change_that_and_who_sends_it(mails):
    for kind, message in mails.all():
        for part in (message.text, message.html):
            flat = " ".join(part.split())
            assert "You get this because" in flat, kind
            assert "Stop these reminders or choose others" in flat or "Everybody who belongs gets the news" in flat
            assert "Sent by Statewide Example Workgroup" in flat


def test_text_and_html_hold_the_same_addresses(mails):
    for kind, message in mails.all():
        in_html = set(re.findall(r'href="(http[^"]+)"', message.html))
        assert in_html == set(_URL.findall(message.text)), kind


def test_a_mail_of_one_thing_has_one_button_and_its_answers(mails):
    def labels(kind: str) -> list[str]:
        html = mails.message(kind).html
        assert html.count("background-color:#046b99") == 1
        return [" ".join(label.split()) for label in re.findall(r"<a [^>]*>([^<]+)</a>", html)]

    item = ["Mark it done", "Still on it, new date", "It is blocked", "Hand to my alternate", "Open the action item"]
    assert labels("item_due")[:5] == item
    assert labels("item_escalated")[0] == "Open the action item"
    assert labels("meeting_scheduled")[1:5] == [
        "I will come",
        "I will not come",
        "My alternate comes",
        "See the meeting and its agenda",
    ]
    assert labels("meeting_cancelled") == ["See the meeting", "Choose what else we write to you about"]
    assert labels("progress_due")[:2] == ["Write the update", "Status unchanged"]


def test_subjects_say_what_and_when(mails):
    subjects = {kind: message.subject for kind, message in mails.all()}
    assert subjects["meeting_scheduled"] == "Data task force meets Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["meeting_changed"] == "Changed: Data task force meets Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["meeting_ahead"] == "Data task force meets in 11 days: Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["item_due"].startswith("Due Thu, Dec 10: Send the county list")
    assert subjects["progress_due"].startswith("Progress update due ")


def test_the_merged_mail_gives_each_thing_its_own_answers(mails):
    message = mails.merged()
    html, text = message.html, message.text
    assert [title.strip() for title in re.findall(r"<h2[^>]*>([^<]+)", html)] == [
        "Data task force, Thu, Dec 3, 10:00 a.m. PT",
        "Send the county list &amp; its &lt;sources&gt; to the Data task force before the next meeting",
        mails.strategy.title,
    ]
    for word in ("I will come", "Mark it done", "Write the update"):
        assert html.count(word) == 1 and text.count(word) == 1
    assert html.count("background-color:#046b99") == 1
    assert "3 things wait for you." in text


def test_an_answer_that_was_given_is_not_offered_again(mails):
    mails.meeting.rsvps.create(person=mails.cast.seated, answer="yes", said_at=NOW)
    html = mails.message("meeting_ahead").html
    assert "I will come" not in html and "I will not come" in html and "Your answer" in html
    assert "I will come" in mails.message("meeting_changed").html


def test_the_same_mail_built_later_is_the_same(mails):
    first = mails.message("item_due")
    reminder = mails.reminder("item_due")
    again = message_for(reminder, check(reminder, NOW)[0], NOW + dt.timedelta(hours=2))
    assert (again.text, again.html, again.headers) == (first.text, first.html, first.headers)
