import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from mail.models import Attempt, Delivery, Suppression
from mail.rules import DeliveryState
from reminders import operations
from reminders.models import Heartbeat
from reminders.operations import PreferenceChoice, save_preferences
from reminders.queries import failed_count, upcoming_reminders
from tests import factories
from tests.conftest import NOW
from tests.faults.processes import where_it_is_noon

pytestmark = pytest.mark.django_db
URL = "/staff/reminders/"


def row(n: int = 0, **values: object) -> Delivery:
    values = {"state": DeliveryState.SENT, "kind": "meeting_ahead", "address": f"p{n}@example.org", **values}
    return Delivery.objects.create(
        key=f"k{n}",
        created_at=NOW,
        deliver_after=NOW,
        expires_at=NOW,
        next_attempt_at=NOW,
        message_id=f"<{n}@x>",
        **values,
    )


@pytest.mark.parametrize("name", ["visitor", "representative", "chair"])
def test_only_staff_know_of_it(cast, name):
    pk = row(state=DeliveryState.FAILED).pk
    client = cast.client(name)
    outside = 302 if name == "visitor" else 404
    for url in (URL, f"{URL}{pk}/"):
        assert client.get(url).status_code == outside
    for url in (f"{URL}{pk}/resend/", f"{URL}confirm-clock/"):
        assert client.post(url).status_code == outside
    assert Delivery.objects.get().state == "failed"


def test_filters_by_person_kind_and_state(cast):
    row(1, person=cast.chair)
    row(2, kind="invitation", state=DeliveryState.FAILED, reason="The mail server refused this address.")
    client = cast.client("staff")

    def shown(**query: str) -> set[str]:
        return {delivery.key for delivery in client.get(URL, query).context["page"]}

    assert shown() == {"k1", "k2"}
    assert shown(q="the chair") == {"k1"}
    assert shown(q="p2@") == {"k2"}
    assert shown(kind="invitation") == {"k2"}
    assert shown(state="sent") == {"k1"}
    assert shown(state="stuck") == {"k2"}
    assert failed_count() == 1
    assert "The mail server refused this address." in client.get(URL).content.decode()


def test_rows_take_the_same_queries(cast):
    client = cast.client("staff")
    counts = set()
    for n in (1, 2, 3):
        row(n, person=factories.PersonFactory())
        with CaptureQueriesContext(connection) as context:
            client.get(URL)
        if n > 1:  # the first visit also writes when the person was last seen
            counts.add(len(context))
    assert len(counts) == 1


def test_what_goes_next_is_shown_before_it_is_planned(cast):
    Person.objects.update(time_zone=where_it_is_noon())
    start = timezone.now() + dt.timedelta(days=30)
    factories.MeetingFactory(body=cast.body, starts_at=start, scheduled_at=timezone.now())
    assert {item.recipient.email for item in upcoming_reminders(timezone.now())} == {
        "seated@example.org",
        "secretary@example.org",
        "chair@example.org",
    }
    assert "seated@example.org" in cast.client("staff").get(URL).content.decode()
    operations.tick(timezone.now(), by_operator=True)
    assert upcoming_reminders(timezone.now()) == []


def test_a_failed_mail_shows_its_tries_and_can_be_sent_again(cast):
    failed = row(state=DeliveryState.FAILED, reason="The mail server refused this address or this message.")
    Attempt.objects.create(delivery=failed, at=NOW, outcome="refused", code="550 no such user")
    Suppression.objects.create(address=failed.address, bounces=2, first_at=NOW, suppressed_at=NOW)
    client = cast.client("staff")
    page = client.get(f"{URL}{failed.pk}/").content.decode()
    assert "550 no such user" in page and "Sending again unblocks it" in page
    response = client.post(f"{URL}{failed.pk}/resend/")
    assert response.url == reverse("reminders:delivery", args=[failed.pk])
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("pending", 0)
    assert Suppression.objects.get().suppressed_at is None
    assert failed.tries.last().code == "requested by The staff"


def test_a_sent_mail_cannot_be_sent_again(cast):
    done = row()
    client = cast.client("staff")
    assert "Send again" not in client.get(f"{URL}{done.pk}/").content.decode()
    response = client.post(f"{URL}{done.pk}/resend/", follow=True)
    assert "has not failed" in response.content.decode()
    done.refresh_from_db()
    assert done.state == "sent"


def test_the_clock_shows_and_staff_confirm_it(cast):
    client = cast.client("staff")
    assert "It has not run yet." in client.get(URL).content.decode()
    now = timezone.now()
    Heartbeat.objects.create(pk=1, beat_at=now)
    assert "Running" in client.get(URL).content.decode()
    Heartbeat.objects.update(beat_at=now - dt.timedelta(minutes=6))
    assert "Stopped" in client.get(URL).content.decode()
    Heartbeat.objects.update(held_at=now, hold_reason="The last tick was 80 hours ago.")
    assert "80 hours ago" in client.get(URL).content.decode()
    client.post(f"{URL}confirm-clock/")
    assert Heartbeat.objects.get().held_at is None


def test_staff_see_who_is_away_and_who_has_had_their_mails_of_the_week(cast):
    client = cast.client("staff")
    today = timezone.localdate()
    for n, kind in enumerate(("digest", "meeting_ahead", "meeting_scheduled"), start=1):
        row(n, person=cast.seated, kind=kind)
    Delivery.objects.update(created_at=timezone.now())
    save_preferences(actor=cast.seated, choice=PreferenceChoice({}, weekly_cap=3), now=NOW)
    assert client.get(URL).context["limited"] == []
    save_preferences(actor=cast.seated, choice=PreferenceChoice({}, weekly_cap=2), now=NOW)
    away = PreferenceChoice({}, away_until=today, delegate=cast.primary)
    save_preferences(actor=cast.chair, choice=away, now=NOW)
    response = client.get(URL)
    assert [(held.person, held.emails, held.is_at_cap) for held in response.context["limited"]] == [
        (cast.chair, 0, False),
        (cast.seated, 2, True),
    ]
    page = " ".join(response.content.decode().split())
    assert "The primary is the delegate" in page and "2 of 2 emails this week" in page
