import datetime as dt
import re

import pytest
import time_machine

from mail.models import Delivery, Suppression
from mail.operations import pause
from reminders.models import Reminder
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import clear_outbox, run, sent
from tests.world import fingerprints

pytestmark = pytest.mark.django_db
DRY = "/staff/reminders/dry-run/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def test_a_dry_run_shows_what_would_go_and_writes_nothing(cast, meeting):
    client = cast.client("staff")
    client.get(DRY)
    before = fingerprints()
    page = client.get(DRY).content.decode()
    assert "Would be sent: 3" in page and page.count("New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT") == 3
    assert "The seated" in page and "seated@example.org" in page
    assert fingerprints() == before and sent() == []
    run(NOW)
    assert len(sent()) == 3
    assert "Nothing would be sent" in client.get(DRY).content.decode()


def test_a_dry_run_names_what_would_stay_and_why(cast, meeting):
    for name in ("seated", "alternate"):  # no one is left to stand in
        Suppression.objects.create(address=f"{name}@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    page = cast.client("staff").get(DRY).content.decode()
    assert "Would be sent: 2" in page and "Would not be sent: 1" in page and "This address is blocked" in page
    pause(actor=cast.staff, reason="Wrong room.", now=NOW)
    page = cast.client("staff").get(DRY).content.decode()
    assert "Nothing would be sent" in page and "Paused: All email, to everyone." in page


def test_a_mail_of_the_ledger_is_read_as_its_receiver_will(cast, meeting):
    run(NOW)
    row = Delivery.objects.get(person=cast.seated)
    client = cast.client("staff")
    client.get("/staff/")
    before = fingerprints()
    url = f"/staff/reminders/{row.pk}/preview/"
    Reminder.objects.update(state="planned")
    page = client.get(url).content.decode()
    assert "New meeting: Data task force, Thu, Dec 3, 10:00 a.m. PT" in page and "METHOD:REQUEST" in page
    assert "Yes, I&#x27;ll attend" in page and "/answer/…/yes/" in page
    assert set(re.findall(r"/answer/([^/]+)/", page)) == {"…", "%E2%80%A6"}, "staff could answer in another's name"
    assert client.get(f"/staff/reminders/{row.pk}/").content.decode().count(url) == 1
    Reminder.objects.update(state="sent")
    assert fingerprints() == before


def test_a_mail_that_would_not_go_says_why(cast, meeting):
    run(NOW)
    row = Delivery.objects.get(person=cast.seated)
    with time_machine.travel(NOW + dt.timedelta(days=30)):
        page = cast.client("staff").get(f"/staff/reminders/{row.pk}/preview/").content.decode()
    assert "This email would not be sent now" in page and "The meeting is over." in page


AHEAD = "/staff/reminders/upcoming/"


@pytest.fixture
def items(cast, meeting):
    """Three things of one person: a meeting, and two items due within the week."""
    run(NOW)
    clear_outbox()
    for days in (4, 5):
        item = factories.ActionItemFactory(
            body=cast.body,
            owner_organization=cast.organization,
            owner_person=cast.seated,
            due_on=TODAY + dt.timedelta(days=days),
        )
        type(item).objects.filter(pk=item.pk).update(created_at=NOW - dt.timedelta(days=30))


def test_the_week_ahead_is_shown_by_day_and_person_before_anything_is_planned(cast, items):
    client = cast.client("staff")
    client.get("/staff/")
    before = fingerprints()
    page = client.get(AHEAD)
    text = page.content.decode()
    assert [(day, [person.email for person, _ in people]) for day, people in page.context["days"]] == [
        (dt.date(2026, 11, 25), ["seated@example.org"]),
        (dt.date(2026, 11, 26), ["chair@example.org", "seated@example.org", "secretary@example.org"]),
        (dt.date(2026, 11, 27), ["seated@example.org"]),
    ]
    assert "3 reminders in one email" in text and "Upcoming meeting, Action item due" in text
    assert fingerprints() == before


def test_what_goes_is_what_was_shown(cast, items):
    shown = {
        (str(mail.day), mail.person.email)
        for _, people in cast.client("staff").get(AHEAD).context["days"]
        for _, mails in people
        for mail in mails
    }
    gone = set()
    for hours in range(24 * 6):
        now = NOW + dt.timedelta(hours=hours, minutes=5)
        run(now)
        gone |= {(str(now.astimezone(cast.seated.zone).date()), mail.to) for mail in sent()}
        clear_outbox()
    assert gone == shown


def test_a_mail_of_the_week_ahead_is_read_as_its_receiver_will(cast, items):
    client = cast.client("staff")
    url = f"{AHEAD}day:{cast.seated.pk}:2026-11-26/"
    assert url in client.get(AHEAD).content.decode()
    page = client.get(url).content.decode()
    assert "You have 3 items" in page and "Mark it done" in page and "Yes, I&#x27;ll attend" in page
    assert "/answer/…/done/" in page and "To The seated, seated@example.org" in page
    assert set(re.findall(r"/answer/([^/]+)/", page)) == {"…", "%E2%80%A6"}, "staff could answer in another's name"
    assert client.get(f"{AHEAD}day:{cast.seated.pk}:2026-12-24/").status_code == 404


def test_one_person_s_week_leads_to_a_pause_and_a_pause_shows(cast, items):
    client = cast.client("staff")
    page = client.get(AHEAD, {"person": cast.seated.pk}).content.decode()
    assert "Emails to The seated in the next 7 days" in page and "The chair" not in page
    assert "/staff/reminders/pauses/?address=seated%40example.org" in page
    pause(actor=cast.staff, reason="On a trip.", now=NOW, person=cast.seated)
    assert client.get(AHEAD).content.decode().count("</span> Paused</span>") == 3


@pytest.mark.parametrize("rows", [1, 3])
def test_the_week_ahead_takes_the_same_queries(cast, meeting, rows, django_assert_num_queries):
    for _ in range(rows):
        item = factories.ActionItemFactory(
            body=cast.body, owner_organization=cast.organization, owner_person=cast.seated, due_on=TODAY
        )
        type(item).objects.filter(pk=item.pk).update(
            due_on=TODAY + dt.timedelta(days=4), created_at=NOW - dt.timedelta(days=30)
        )
    client = cast.client("staff")
    client.get(AHEAD)
    with django_assert_num_queries(38):
        client.get(AHEAD)
