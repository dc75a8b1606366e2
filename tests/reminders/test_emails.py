"""Every kind of mail, read as its receiver: in the text and in the HTML."""

import datetime as dt
import html
import re

import html5lib
import pytest
from icalendar import Calendar

from accounts.rules import NOTIFIED_EVENTS
from meetings import operations as meetings
from reminders.composing import COMPOSERS
from reminders.subjects import SUBJECTS
from reminders.subjects.follow_ups.registry import FOLLOW_UP_TYPES
from tests import factories
from tests.conftest import NOW
from tests.plain_language import find_replaced_words
from tests.reminders.conftest import run, sent
from tests.reminders.sample_emails import STAGES, Mails

pytestmark = pytest.mark.django_db
_URL = re.compile(r"https?://\S+")
OF_ACCOUNTS = ("invitation", "join_answer", "account_notice")
# What a mail's foot says of how to change that it comes; each says one.
HOWS = (
    "Unsubscribe or change your email settings",
    "Manage your email settings",
    "Required notice: ",
    "Reply to this email to reach them.",
    "To stop these copies, ask ",
    "Not expecting this? Ignore it.",
    "This answers your request.",
    "You can't turn it off",
)


@pytest.fixture
def mails(cast):
    return Mails(cast)


def test_every_kind_of_mail_that_can_be_built_is_read_here(mails):
    everything = list(mails.all())
    assert {mail.kind for mail in everything} == set(COMPOSERS)
    assert {mail.kind for mail in everything} >= {kind for subject in SUBJECTS for kind in subject.kinds}
    names = {mail.name for mail in everything}
    assert len(names) == len(everything)
    assert names >= {f"follow-up {type_.slug}" for type_ in FOLLOW_UP_TYPES}
    assert names >= {f"organization_confirm {stage}" for stage in STAGES}
    assert names >= {f"account_notice {kind} by The {who}" for kind in NOTIFIED_EVENTS for who in ("seated", "staff")}


def test_the_html_of_every_mail_parses_without_an_error(mails):
    for mail in mails.all():
        markup = mail.message.html
        html5lib.HTMLParser(strict=True).parse(markup)
        for word in ("<supply>", "<sources>", "<of>", "<without>", "<more>", "<no>", "<D>", "<friends>", "<statewide>"):
            assert word not in markup, mail.name
        assert "&amp;amp;" not in markup and "&amp;lt;" not in markup, mail.name


def test_every_email_uses_plain_words(mails):
    for mail in mails.all():
        message = mail.message
        assert find_replaced_words(f"{message.subject} {message.text} {message.html}") == set(), mail.name


def test_the_text_of_every_mail_reads_in_72_columns(mails):
    for mail in mails.all():
        text = mail.message.text
        for line in text.splitlines():
            assert len(line) <= 72 or _URL.fullmatch(line.strip()), (mail.name, line)
        assert "\n\n\n" not in text
        assert "&amp;" not in text and "&lt;" not in text, mail.name
        assert not re.search(r"\bNone\b(?! yet)", text), mail.name


def test_every_mail_is_safe_in_the_dark_and_tracks_nobody(mails):
    for mail in mails.all():
        message = mail.message
        assert '<meta name="color-scheme" content="light dark">' in message.html
        assert not re.search(r"<(img|script|link|iframe|style)\b", message.html)
        painted = set(re.findall(r"background[^:]*:([^;\"]+)", message.html))
        assert painted <= {"#046b99"}
        for url in _URL.findall(message.html + message.text):
            assert url.startswith(("http://portal.test/", "https://meet.example.org/secret-room")), (mail.name, url)


def test_every_mail_says_why_it_came_how_to_change_that_and_who_sends_it(mails):
    for mail in mails.all():
        message = mail.message
        foot_of_text = " ".join(message.text.rpartition("\n--\n")[2].split())
        foot_of_html = " ".join(
            html.unescape(re.sub(r"<[^>]+>", " ", message.html.rpartition("border-top:1px")[2])).split()
        )
        for foot in (foot_of_text, foot_of_html):
            assert re.search(r"You're receiving this (copy )?because ", foot), (mail.name, foot)
            said = [how for how in HOWS if how in foot]
            assert len(said) == 1, (mail.name, said, foot)
            # What goes to accounts and invited people is of a floor that knows no Workgroup yet.
            sender = "Workgroup portal" if mail.kind in OF_ACCOUNTS else "Statewide Example Workgroup"
            assert f"Sent by {sender} " in foot, mail.name


def test_what_can_be_stopped_says_so_to_the_mail_program_and_nothing_else_does(mails):
    for mail in mails.all():
        headers = mail.message.headers
        assert ("List-Unsubscribe" in headers) == mail.can_be_stopped, mail.name
        assert headers.get("List-Unsubscribe-Post") == ("List-Unsubscribe=One-Click" if mail.can_be_stopped else None)


def test_text_and_html_hold_the_same_addresses(mails):
    for mail in mails.all():
        message = mail.message
        in_html = set(re.findall(r'href="(http[^"]+)"', message.html))
        assert in_html == set(_URL.findall(message.text)), mail.name


def test_every_mail_has_one_button_unless_there_is_nothing_to_press(mails):
    for mail in mails.all():
        to_read = mail.kind == "announcement" or "address_changed" in mail.name
        assert mail.message.html.count("background-color:#046b99") == (0 if to_read else 1), mail.name


def test_the_same_mail_built_later_is_the_same(mails):
    for mail in mails.all():
        assert mail.build(NOW + dt.timedelta(hours=2)) == mail.build(NOW), mail.name


def test_every_subject_says_what_or_when_in_a_line_that_a_phone_shows(mails):
    subjects = {mail.name: mail.message.subject for mail in mails.all()}
    assert all(0 < len(subject.partition(":")[0]) <= 60 for subject in subjects.values()), subjects
    assert subjects["minutes_waiting"] == "Minutes to publish: Data task force, Thu, Nov 19"
    assert subjects["term_ending"] == "Your term ends Sun, Dec 6: Data task force"
    assert subjects["term_past"] == "The secretary's term ended Sat, Nov 21: Data task force"
    assert subjects["delivery_problems"] == "15 email delivery problems"
    assert subjects["rsvp_missing"] == "RSVP: Data task force, Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["organization_confirm asked"] == "Please confirm DX's information by Sun, Dec 6"
    assert subjects["invitation to new@example.org"].startswith("Invitation: represent ")


def test_a_mail_of_one_thing_has_one_button_and_its_answers(mails):
    def labels(kind: str) -> list[str]:
        markup = mails.message(kind).html
        assert markup.count("background-color:#046b99") == 1
        return [" ".join(label.split()) for label in re.findall(r"<a [^>]*>([^<]+)</a>", markup)]

    item = [
        "Mark it done",
        "Set a new due date",
        "Report a problem",
        "Reassign to my alternate",
        "Open the action item",
    ]
    assert labels("item_due")[:5] == item
    assert labels("item_escalated")[0] == "Open the action item"
    assert labels("meeting_scheduled")[1:5] == [
        "Yes, I&#x27;ll attend",
        "No, I can&#x27;t attend",
        "My alternate will attend",
        "Open the meeting and agenda",
    ]
    assert labels("meeting_canceled") == ["Open the meeting", "Manage your email settings"]
    assert labels("progress_due")[:2] == ["Write an update", "No change: confirm status"]


def test_subjects_say_what_and_when(mails):
    subjects = {mail.name: mail.message.subject for mail in mails.reminders()}
    assert subjects["meeting_scheduled"] == "New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["meeting_changed"] == "Changed: Data task force, Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["meeting_ahead"] == "Meeting in 11 days: Data task force, Thu, Dec 3, 10:00 a.m. PT"
    assert subjects["item_due"].startswith("Due Thu, Dec 10: Send the county list")
    assert subjects["progress_due"].startswith("Progress update due ")


def test_the_merged_mail_gives_each_thing_its_own_answers(mails):
    message = mails.merged()
    markup, text = message.html, message.text
    assert [title.strip() for title in re.findall(r"<h2[^>]*>([^<]+)", markup)] == [
        "Data task force, Thu, Dec 3, 10:00 a.m. PT",
        "Send the county list &amp; its &lt;sources&gt; to the Data task force before the next meeting",
        mails.strategy.title,
    ]
    for word in ("My alternate will attend", ">Mark it done<", "Write an update"):
        assert "".join(markup.split()).count("".join(word.split())) == 1 and word.strip("<>") in text
    assert markup.count("background-color:#046b99") == 1
    assert "You have 3 items" in text


def test_an_answer_that_was_given_is_not_offered_again(mails):
    mails.meeting.rsvps.create(person=mails.cast.seated, answer="yes", responded_at=NOW)
    html = mails.message("meeting_ahead").html
    assert "Yes, I&#x27;ll attend" not in html and "No, I can&#x27;t attend" in html and "Your response" in html
    assert "Yes, I&#x27;ll attend" in mails.message("meeting_changed").html


def test_a_calendar_follows_a_meeting_that_is_scheduled_moved_and_cancelled(cast):
    meeting = factories.MeetingFactory(body=cast.body, scheduled_at=NOW)
    run()
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4))
    run(NOW + dt.timedelta(minutes=1))
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_time=dt.time(13))
    run(NOW + dt.timedelta(minutes=2))
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NOW)
    run(NOW + dt.timedelta(minutes=3))
    found = []
    for mail in sent():
        if mail.to == cast.seated.email:
            calendar = Calendar.from_ical(mail.calendar)
            (event,) = calendar.walk("VEVENT")
            assert str(calendar["METHOD"]) == mail.calendar_method
            assert str(event["ATTENDEE"]) == f"mailto:{cast.seated.email}"
            local = f"{event['DTSTART'].dt:%m-%d %H:%M}"
            found.append((mail.calendar_method, str(event["UID"]), event["SEQUENCE"], str(event["STATUS"]), local))
    uid = str(meeting.uid)
    assert found == [
        ("REQUEST", uid, 0, "CONFIRMED", "12-03 10:00"),
        ("REQUEST", uid, 1, "CONFIRMED", "12-04 10:00"),
        ("REQUEST", uid, 2, "CONFIRMED", "12-04 13:00"),
        ("CANCEL", uid, 3, "CANCELLED", "12-04 13:00"),
    ]
