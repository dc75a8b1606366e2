"""Bounces: reports in a real mailbox over IMAP, and the webhook of an email service."""

import datetime as dt
import email
import imaplib
import json
import socket
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from mail import bounces
from mail.bounces import Bounce, parse_bounce, record_bounce
from mail.mailbox import read_bounces
from mail.models import Attempt, Delivery, Suppression
from mail.operations import enqueue
from mail.rules import Place, parse_mailbox_url
from mail.tasks import read_bounce_mailbox
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
USER, PASSWORD = "bounces@portal.test", "open sesame"
SIGN = "name:password"


def report(
    recipient: str, message_id: str = "", *, action: str = "failed", status: str = "5.1.1", how: str = "rfc822"
) -> bytes:
    """Return a delivery status notification as mail servers write it (RFC 3464)."""
    original = {
        "rfc822": f"Content-Type: message/rfc822\n\nMessage-ID: {message_id}\nSubject: A reminder\n\nText\n",
        "headers": f"Content-Type: text/rfc822-headers\n\nSubject: A reminder\nMessage-ID: {message_id}\n",
        "none": "Content-Type: text/plain\n\nNo copy was kept.\n",
    }[how]
    return f"""From: Mail Delivery System <MAILER-DAEMON@mx.example.org>
To: {USER}
Subject: Undelivered Mail Returned to Sender
Message-ID: <report-{recipient}-{action}-{how}@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b1"

--b1
Content-Type: text/plain

Your mail could not be delivered.

--b1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Sun, 22 Nov 2026 18:00:00 +0000

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} No
 such user

--b1
{original}
--b1--
""".replace("\n", "\r\n").encode()


def went(n: int = 1, address: str = "gone@example.org", sent_at: dt.datetime = NOW) -> Delivery:
    row = enqueue(key=f"k{n}", kind="item_due", address=address, person=None, subject_ref="1", now=NOW)
    Delivery.objects.filter(pk=row.pk).update(state="sent", sent_at=sent_at)
    row.refresh_from_db()
    return row


def parsed(raw: bytes) -> list[Bounce]:
    return parse_bounce(email.message_from_bytes(raw))


@pytest.mark.parametrize(("how", "message_id"), [("rfc822", "<x@y>"), ("headers", "<x@y>"), ("none", "")])
def test_report_gives_address_code_and_message_id(how, message_id):
    assert parsed(report("Gone@Example.org", "<x@y>", how=how)) == [
        Bounce("gone@example.org", "5.1.1 550 5.1.1 No such user", True, message_id)
    ]


def test_delay_and_personal_email_are_not_bounces():
    assert parsed(report("a@example.org", "<x@y>", action="delayed", status="4.4.1")) == []
    assert parsed(report("a@example.org", "<x@y>", action="delivered", status="2.0.0")) == []
    assert parsed(b"From: a@example.org\r\nSubject: Out of office\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n") == []
    (full,) = parsed(report("a@example.org", "<x@y>", status="4.2.2"))
    assert not full.is_final


def test_bounce_fails_delivery_and_second_blocks_address():
    first, second = went(1), went(2)
    record_bounce(Bounce("gone@example.org", "5.1.1 no such user", True, first.message_id), NOW)
    first.refresh_from_db()
    assert (first.state, first.reason) == ("failed", "Bounced: 5.1.1 no such user")
    assert first.tries.get().outcome == "bounced"
    assert Suppression.objects.get().suppressed_at is None
    record_bounce(Bounce("gone@example.org", "5.1.1 no such user", True, second.message_id), NOW)
    entry = Suppression.objects.get()
    assert (entry.bounces, entry.suppressed_at, entry.last_code) == (2, NOW, "5.1.1 no such user")


def test_same_report_twice_counts_once():
    row = went()
    for _ in range(3):
        record_bounce(Bounce("gone@example.org", "5.1.1", True, row.message_id), NOW)
    assert Suppression.objects.get().bounces == 1 and Attempt.objects.count() == 1


def test_full_mailbox_fails_delivery_but_not_address():
    row = went()
    record_bounce(Bounce("gone@example.org", "4.2.2 mailbox full", False, row.message_id), NOW)
    row.refresh_from_db()
    assert row.state == "failed" and not Suppression.objects.exists()


def test_report_without_message_id_matches_last_delivery():
    went(1, sent_at=NOW - dt.timedelta(days=2))
    last = went(2, sent_at=NOW - dt.timedelta(days=1))
    went(3, "other@example.org")
    assert record_bounce(Bounce("GONE@example.org", "5.1.1", True), NOW) == last
    old = went(4, "old@example.org", sent_at=NOW - dt.timedelta(days=8))
    assert record_bounce(Bounce("old@example.org", "5.1.1", True), NOW) is None
    old.refresh_from_db()
    assert old.state == "sent"


def test_report_on_unknown_message_is_ignored():
    went()
    assert record_bounce(Bounce("gone@example.org", "5.1.1", True, "<forged@elsewhere>"), NOW) is None
    assert not Suppression.objects.exists() and Delivery.objects.get().state == "sent"


# The mailbox


@pytest.fixture(scope="module")
def server():
    """The port of a real IMAP server (pymap) in memory on the loopback interface."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    command += ["--no-service", "admin", "--no-service", "managesieve"]
    command += ["dict", "--demo-data", "--demo-user", USER, "--demo-password", PASSWORD]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            break
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"pymap does not run: {process.communicate()[1].decode()[-500:]}")
            time.sleep(0.1)
    yield port
    process.terminate()
    process.communicate(timeout=10)


@pytest.fixture
def place(server) -> Place:
    with _box(server) as box:
        box.select("INBOX")
        box.store("1:*", "+FLAGS", r"(\Deleted)")
        box.expunge()
    return parse_mailbox_url(f"imap://bounces%40portal.test:open%20sesame@127.0.0.1:{server}/INBOX")


def _box(port: int) -> imaplib.IMAP4:
    box = imaplib.IMAP4("127.0.0.1", port, timeout=10)
    box.login(USER, PASSWORD)
    return box


def put(place: Place, *mails: bytes) -> None:
    with _box(place.port) as box:
        for mail in mails:
            box.append("INBOX", "", imaplib.Time2Internaldate(NOW), mail)


def flags(place: Place) -> list[bytes]:
    with _box(place.port) as box:
        box.select("INBOX")
        return [line for line in box.fetch("1:*", "(FLAGS)")[1] if line]


def test_reports_are_read_from_a_real_mailbox_once(place):
    rows = [went(1), went(2), went(3, "else@example.org")]
    put(
        place,
        report("gone@example.org", rows[0].message_id),
        report("gone@example.org", rows[1].message_id, how="headers"),
        report("stranger@example.org", "<not@ours>"),
        report("else@example.org", rows[2].message_id, action="delayed", status="4.4.1"),
        b"From: a@example.org\r\nSubject: A question\r\n\r\nWho are you?\r\n",
    )
    assert str(read_bounces(place, NOW)) == "2 bounced, 1 unknown, 2 not reports"
    assert Suppression.objects.get().suppressed_at == NOW
    assert sorted(Delivery.objects.values_list("key", "state")) == [("k1", "failed"), ("k2", "failed"), ("k3", "sent")]
    seen = flags(place)
    assert sum(rb"\Seen" in line for line in seen) == 3 and sum(rb"\Flagged" in line for line in seen) == 2
    assert str(read_bounces(place, NOW)) == "0 bounced, 0 unknown, 0 not reports"
    assert Suppression.objects.get().bounces == 2


def test_unrecorded_report_is_read_again(place, monkeypatch):
    row = went()
    put(place, report("gone@example.org", row.message_id))

    def cut_short(bounce, now):
        raise OSError("power failure")

    monkeypatch.setattr("mail.mailbox.record_bounce", cut_short)
    with pytest.raises(OSError, match="power"):
        read_bounces(place, NOW)
    monkeypatch.setattr("mail.mailbox.record_bounce", bounces.record_bounce)
    assert read_bounces(place, NOW).bounces == 1


def test_command_and_task_read_the_mailbox(place, settings, capsys):
    settings.BOUNCE_MAILBOX_URL = f"imap://bounces%40portal.test:open%20sesame@127.0.0.1:{place.port}"
    rows = [went(1), went(2)]
    put(place, report("gone@example.org", rows[0].message_id))
    call_command("read_bounces")
    assert capsys.readouterr().out.strip() == "1 bounced, 0 unknown, 0 not reports"
    put(place, report("gone@example.org", rows[1].message_id))
    read_bounce_mailbox()
    assert Suppression.objects.get().bounces == 2


def test_wrong_password_and_dead_server_give_clear_errors(place, settings):
    settings.BOUNCE_MAILBOX_URL = f"imap://unknown:wrong@127.0.0.1:{place.port}/INBOX"
    with pytest.raises(CommandError, match="could not be read"):
        call_command("read_bounces")
    settings.BOUNCE_MAILBOX_URL = "imap://unknown:wrong@127.0.0.1:1/INBOX"
    with pytest.raises(CommandError, match="could not be read"):
        call_command("read_bounces")
    read_bounce_mailbox()  # the task logs the error and does not raise
    settings.BOUNCE_MAILBOX_URL = ""
    with pytest.raises(CommandError, match="imaps://user:password@host:993/INBOX"):
        call_command("read_bounces")


@pytest.mark.parametrize("url", ["https://a:b@host/", "imaps://host/INBOX", "imaps://user@host", "mailbox"])
def test_invalid_mailbox_url_is_rejected(url):
    with pytest.raises(ValueError, match="imaps://user:password@host"):
        parse_mailbox_url(url)


# The webhook


@pytest.fixture
def webhook(settings):
    settings.ROOT_URLCONF = "tests.mail.with_webhooks"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SIGN}
    client = Client(enforce_csrf_checks=True)

    def post(secret: str = SIGN, **event: object) -> int:
        body = {"RecordType": "Bounce", "Type": "HardBounce", "Email": "gone@example.org", "ID": 1, **event}
        sign = "Basic " + b64encode(secret.encode()).decode()
        return client.post(
            "/anymail/postmark/tracking/", json.dumps(body), "application/json", HTTP_AUTHORIZATION=sign
        ).status_code

    return post


def test_webhook_records_a_bounce(webhook):
    went()
    Delivery.objects.update(sent_at=dt.datetime.now(dt.UTC))
    assert webhook(Description="The address does not exist.", Details="550 no such user") == 200
    row = Delivery.objects.get()
    assert (row.state, row.last_code) == ("failed", "bounced bounced 550 no such user")
    assert webhook(Details="550 no such user", ID=2) == 200
    assert Suppression.objects.get().bounces == 1, "the same mail comes back once"


def test_webhook_ignores_opens_and_clicks(webhook):
    went()
    for kind in ("Open", "Click", "Delivery"):
        assert webhook(RecordType=kind, Recipient="gone@example.org") == 200
    assert not Attempt.objects.exists() and Delivery.objects.get().state == "sent"


def test_webhook_rejects_a_wrong_secret(webhook):
    went()
    Delivery.objects.update(sent_at=dt.datetime.now(dt.UTC))
    assert webhook(secret="name:wrong") == 400
    assert Delivery.objects.get().state == "sent"


def test_webhook_does_not_exist_without_a_secret():
    assert Client().post("/anymail/postmark/tracking/", "{}", "application/json").status_code == 404
