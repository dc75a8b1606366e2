"""A mail server that refuses, says later, stalls, or is away for hours; and a mail that cannot be built."""

import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from mail.models import CircuitBreaker, Delivery, Suppression
from mail.sending import send_due
from members.models import Representation
from reminders.models import Reminder
from reminders.operations import tick
from tests import factories
from tests.conftest import NOW
from tests.faults.conftest import repeated, states
from tests.mail.conftest import compose, put
from tests.mail.sinks import Server

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
MINUTE = dt.timedelta(minutes=1)
NAMES = {"bad": 100, "slow": 100, "good": 300}


def test_100_refused_100_put_off_twice_and_300_good_are_400_sent_and_100_failed_after_one_try(sink):
    bad, slow, good = ([f"{name}{n}@example.org" for n in range(count)] for name, count in NAMES.items())
    for address in (*bad, *slow, *good):
        put(address)
    sink.scripts = {address: ["rcpt 550 no such user"] for address in bad}
    sink.scripts |= {address: ["rcpt 451 later", "rcpt 451 later"] for address in slow}
    for minutes in (0, 2, 5):
        send_due(NOW + minutes * MINUTE, compose)
    assert states() == {"sent": 400, "failed": 100}
    assert sink.count() == dict.fromkeys((*slow, *good), 1)
    assert {sink.tries[address] for address in bad} == {1}
    assert {sink.tries[address] for address in slow} == {3}
    assert {sink.tries[address] for address in good} == {1}
    assert set(Delivery.objects.filter(state="failed").values_list("address", flat=True)) == set(bad)
    assert set(Suppression.objects.values_list("bounces", "suppressed_at")) == {(1, None)}


def test_a_server_that_is_down_and_then_up_sends_200_mails_once(server):
    addresses = {put(f"p{n}@example.org").address for n in range(200)}
    server.stop()
    for minutes in range(8):
        send_due(NOW + minutes * MINUTE, compose)
    assert set(states()) <= {"pending", "retry"}
    again = Server(server.port).start()
    try:
        for minutes in range(8, 20):
            send_due(NOW + minutes * MINUTE, compose)
    finally:
        again.stop()
    assert again.sink.count() == dict.fromkeys(addresses, 1)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_server_that_takes_a_mail_and_stalls_gets_two_copies_of_each_and_then_they_are_unknown(sink, settings):
    settings.EMAIL_TIMEOUT = 1
    sink.stalls_for = 3
    addresses = [put(f"p{n}@example.org").address for n in range(5)]
    sink.scripts = {address: ["stall taken"] * 9 for address in addresses}
    for minutes in (0, 20, 31, 62, 120, 240, 480):
        send_due(NOW + minutes * MINUTE, compose)
    assert sink.count() == dict.fromkeys(addresses, 2)
    assert repeated(sink) == 5
    assert len(set(sink.contents)) == 5
    assert set(Delivery.objects.values_list("state", "indeterminate_count")) == {("unknown", 2)}


def test_a_server_that_is_away_for_three_hours_while_300_are_due_gets_each_of_them_once_and_none_fails(cast, server):
    people = factories.PersonFactory.create_batch(300)
    for person in people:
        factories.TermFactory(seat=factories.SeatFactory(body=cast.full, organization=None), person=person)
    Representation.objects.all().delete()  # the cast keeps out of it
    factories.MeetingFactory(body=cast.full, title="Full Workgroup")
    server.stop()
    for minutes in range(0, 180, 6):
        tick(NOW + minutes * MINUTE)
    assert set(states()) <= {"pending", "retry"} and sum(states().values()) == 300
    again = Server(server.port).start()
    try:
        for minutes in range(180, 300, 6):
            tick(NOW + minutes * MINUTE)
    finally:
        again.stop()
    assert again.sink.count() == {person.email: 1 for person in people}
    assert states() == {"sent": 300}
    assert set(Reminder.objects.filter(kind="meeting_scheduled").values_list("state", flat=True)) == {"sent"}
    assert not CircuitBreaker.objects.filter(open_until__isnull=False).exists()


def test_a_mail_whose_template_raises_fails_alone_and_is_not_tried_for_ever(cast, sink, settings, tmp_path):
    """The template of a section is broken for meeting notices, and not for action items."""
    original = Path(django_settings.BASE_DIR, "templates/reminders/mail/section.txt").read_text()
    broken = tmp_path / "reminders/mail/section.txt"
    broken.parent.mkdir(parents=True)
    broken.write_text('{% if section.calendar %}{% include "there/is/none.txt" %}{% endif %}' + original)
    (engine,) = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]}]
    factories.MeetingFactory(body=cast.body)
    morning = dt.datetime(2026, 12, 3, 16, 0, tzinfo=dt.UTC)
    for person in (cast.alternate, cast.primary, cast.representative):
        item = factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=person)
        type(item).objects.filter(pk=item.pk).update(created_at=NOW - dt.timedelta(days=10))
    for minutes in range(3):
        tick(NOW + minutes * MINUTE, by_operator=True)
        tick(morning + minutes * MINUTE, by_operator=True)
    seated = {"seated@example.org", "secretary@example.org", "chair@example.org"}
    owners = {"alternate@example.org", "primary@example.org", "representative@example.org"}
    assert sink.count() == dict.fromkeys(owners, 1)
    failed = Delivery.objects.filter(state="failed")
    assert set(failed.filter(kind="meeting_scheduled").values_list("address", flat=True)) == seated
    assert all("TemplateDoesNotExist" in row.reason for row in failed)
    assert not Delivery.objects.filter(state__in=("pending", "retry", "claimed")).exists()
