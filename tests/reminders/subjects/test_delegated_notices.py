"""News of meetings while a person is away or no mail reaches them: with the entry in who stands in's own name."""

import datetime as dt

import pytest
from icalendar import Calendar

from mail.models import Suppression
from meetings import operations as meetings
from reminders.models import Reminder
from reminders.operations import PreferenceChoice, save_preferences
from tests.conftest import NOW
from tests.reminders.conftest import SEATED, clear_outbox, run, send_notices, sent

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
# The meeting is on December 3.
BACK_BEFORE, AWAY = dt.date(2026, 12, 1), dt.date(2026, 12, 30)


def leave(cast, until: dt.date | None = AWAY) -> None:
    save_preferences(actor=cast.chair, choice=PreferenceChoice({}, away_until=until, delegate=cast.primary), now=NOW)


def refuse(address: str) -> None:
    Suppression.objects.create(address=address, bounces=2, first_at=NOW, suppressed_at=NOW)


def move(cast, meeting, by=DAY) -> None:
    meeting.refresh_from_db()
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_on=meeting.starts_on + by)


def receivers() -> set[str]:
    found = [mail.to for mail in sent()]
    assert len(found) == len(set(found))
    return set(found)


def mail_to(email: str):
    (mail,) = [mail for mail in sent() if mail.to == email]
    return mail


def attendee(mail) -> tuple[str, str]:
    """The method of the mail's calendar entry, and whom it invites."""
    calendar = Calendar.from_ical(mail.calendar)
    return str(calendar["METHOD"]), str(calendar.walk("VEVENT")[0]["ATTENDEE"])


def test_who_stands_in_gets_the_entry_in_their_own_name_and_learns_why(cast, meeting):
    leave(cast)
    run()
    run(NOW + DAY / 24)
    assert receivers() == SEATED - {"chair@example.org"} | {"primary@example.org"}
    mail = mail_to("primary@example.org")
    assert attendee(mail) == ("REQUEST", "mailto:primary@example.org")
    text = " ".join(mail.text.split())
    assert "You're covering for The chair." in text and "The chair is away until" in text
    assert "/answer/" not in mail.text and "/answer/" not in mail.html
    (row,) = Reminder.objects.filter(recipient=cast.primary)
    assert row.delegated_from == cast.chair


def test_a_person_who_is_back_by_then_gets_the_news_themselves(cast, meeting):
    leave(cast, BACK_BEFORE)
    run()
    assert receivers() == SEATED


def test_an_address_that_refuses_mail_sends_the_news_to_the_alternate(cast, meeting):
    refuse("seated@example.org")
    run()
    assert receivers() == SEATED - {"seated@example.org"} | {"alternate@example.org"}
    mail = mail_to("alternate@example.org")
    assert attendee(mail) == ("REQUEST", "mailto:alternate@example.org")
    assert "we can't deliver email to The seated" in " ".join(mail.text.split())


def test_who_knew_of_it_before_the_absence_is_stood_in_for_from_then_on(cast, meeting):
    send_notices(meeting)
    leave(cast)
    run()
    assert receivers() == {"primary@example.org"}


@pytest.mark.parametrize("is_back", [False, True])
@pytest.mark.parametrize("act", ["move", "cancel"])
def test_a_change_reaches_who_was_told_in_the_other_s_place_even_after_their_return(cast, meeting, act, is_back):
    leave(cast)
    run()
    clear_outbox()
    if is_back:
        leave(cast, None)
        run(NOW + DAY)
        assert receivers() == {"chair@example.org"}  # the entry for a calendar of their own
        clear_outbox()
    if act == "move":
        move(cast, meeting)
    else:
        meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NOW)
    run(NOW + DAY + DAY / 24)
    run(NOW + DAY + DAY / 12)
    away = set() if is_back else {"chair@example.org"}
    assert receivers() == SEATED - away | {"primary@example.org"}
    mail = mail_to("primary@example.org")
    assert mail.subject.startswith(f"On behalf of The chair: {'Changed' if act == 'move' else 'Canceled'}: ")
    assert attendee(mail) == ("REQUEST" if act == "move" else "CANCEL", "mailto:primary@example.org")
    text = " ".join(mail.text.split())
    assert ("You were covering for The chair." if is_back else "You're covering for The chair.") in text


def test_moved_past_the_return_both_learn_of_it(cast, meeting):
    leave(cast, dt.date(2026, 12, 5))
    run()
    clear_outbox()
    move(cast, meeting, 10 * DAY)
    run(NOW + DAY / 24)
    assert receivers() == SEATED | {"primary@example.org"}
    assert mail_to("primary@example.org").subject.startswith("On behalf of The chair: Changed: ")
    assert not mail_to("chair@example.org").subject.startswith("Changed")


def test_who_was_not_told_in_the_other_s_place_is_not_told_of_the_end(cast, meeting):
    send_notices(meeting)
    leave(cast)
    meetings.cancel(actor=cast.staff, meeting=meeting, version=None, reason="No quorum", now=NOW)
    run()
    assert receivers() == SEATED - {"chair@example.org"}


def test_first_news_that_waits_for_who_stands_in_does_not_go_once_the_person_is_back(cast, meeting):
    leave(cast)
    night = NOW + dt.timedelta(hours=11)  # 21:00 in California
    run(night)
    leave(cast, None)
    run(night + dt.timedelta(hours=11))
    assert receivers() == SEATED
    assert set(Reminder.objects.filter(recipient=cast.primary).values_list("state", "reason")) == {
        ("skipped", "The chair is back.")
    }


def test_who_belongs_in_their_own_right_gets_one_mail(cast, meeting):
    save_preferences(actor=cast.chair, choice=PreferenceChoice({}, away_until=AWAY, delegate=cast.seated), now=NOW)
    run()
    assert receivers() >= SEATED - {"chair@example.org"}
    assert Reminder.objects.get(recipient=cast.seated).delegated_from is None
