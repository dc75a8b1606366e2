import datetime as dt

import pytest
import time_machine

from mail.models import Delivery, Suppression
from mail.operations import pause
from reminders.models import Reminder
from tests.conftest import NOW
from tests.reminders.conftest import run, sent
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
    assert "Would go: 3" in page and page.count("Data task force meets Thu, Dec 3, 10:00 a.m. PT") == 3
    assert "The seated, seated@example.org" in page
    assert fingerprints() == before and sent() == []
    run(NOW)
    assert len(sent()) == 3
    assert "Nothing would go" in client.get(DRY).content.decode()


def test_a_dry_run_names_what_would_stay_and_why(cast, meeting):
    Suppression.objects.create(address="seated@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    page = cast.client("staff").get(DRY).content.decode()
    assert "Would go: 2" in page and "Would not go: 1" in page and "This address refuses mail" in page
    pause(actor=cast.staff, reason="Wrong room.", now=NOW)
    page = cast.client("staff").get(DRY).content.decode()
    assert "Nothing would go" in page and "Paused: Every kind of mail, to everybody." in page


def test_a_mail_of_the_ledger_is_read_as_its_receiver_will(cast, meeting):
    run(NOW)
    row = Delivery.objects.get(person=cast.seated)
    client = cast.client("staff")
    client.get("/staff/")
    before = fingerprints()
    url = f"/staff/reminders/{row.pk}/preview/"
    Reminder.objects.update(state="planned")
    page = client.get(url).content.decode()
    assert "Data task force meets Thu, Dec 3, 10:00 a.m. PT" in page and "METHOD:REQUEST" in page
    assert "I will come" in page and "/answer/…/yes/" in page
    assert client.get(f"/staff/reminders/{row.pk}/").content.decode().count(url) == 1
    Reminder.objects.update(state="sent")
    assert fingerprints() == before


def test_a_mail_that_would_not_go_says_why(cast, meeting):
    run(NOW)
    row = Delivery.objects.get(person=cast.seated)
    with time_machine.travel(NOW + dt.timedelta(days=30)):
        page = cast.client("staff").get(f"/staff/reminders/{row.pk}/preview/").content.decode()
    assert "This mail would not go now" in page and "The meeting is over." in page
