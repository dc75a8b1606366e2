"""Sending deliveries to a real SMTP server with failures."""

import datetime as dt

import pytest

from mail import rules
from mail.messages import Message, Skip
from mail.models import Attempt, CircuitBreaker, Delivery, Suppression
from mail.operations import enqueue, message_id
from mail.sending import claim, recover, send_due
from mail.transport import Transport
from tests.conftest import NOW
from tests.mail.conftest import compose, put

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("address", "state"))


def test_due_email_is_sent_once_with_its_headers(sink):
    row = put()
    assert send_due(NOW, compose)["sent"] == 1
    assert send_due(NOW + MINUTE, compose).total() == 0
    (mail,) = sink.mails
    row.refresh_from_db()
    assert (row.state, row.attempts, row.subject) == ("sent", 1, "Hello test:one@example.org")
    assert mail["Message-ID"] == row.message_id == message_id(row.key)
    assert mail["Date"] == row.date_header == "Sun, 22 Nov 2026 18:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"] == "one@example.org"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == "Hello\n.\n..dots\n"
    assert [attempt.outcome for attempt in row.tries.all()] == ["sent"]


def test_same_key_is_one_delivery():
    assert put(key="k").pk == put(key="k").pk
    assert Delivery.objects.count() == 1


def test_many_emails_share_a_connection(sink):
    for n in range(30):
        put(f"p{n}@example.org")
    assert send_due(NOW, compose)["sent"] == 30
    assert set(sink.count().values()) == {1}
    assert sink.conversations == 1


def test_delivery_waits_until_it_is_due(sink):
    put(deliver_after=NOW + MINUTE)
    assert send_due(NOW, compose).total() == 0
    assert send_due(NOW + MINUTE, compose)["sent"] == 1


def test_rejected_address_fails_alone(sink):
    for name in ("a", "bad", "c"):
        put(f"{name}@example.org")
    sink.scripts["bad@example.org"] = ["rcpt 550 no such user"]
    send_due(NOW, compose)
    assert states() == {"a@example.org": "sent", "bad@example.org": "failed", "c@example.org": "sent"}
    row = Delivery.objects.get(address="bad@example.org")
    assert "550" in row.last_code and row.reason
    assert Suppression.objects.get().bounces == 1


def test_message_rejected_after_data_fails(sink):
    put()
    sink.scripts["one@example.org"] = ["data 554 looks like spam"]
    send_due(NOW, compose)
    assert states() == {"one@example.org": "failed"}


def test_two_hard_bounces_suppress_the_address(sink):
    for n in range(3):
        sink.scripts["bad@example.org"] = ["rcpt 550 no such user"]
        put("bad@example.org", key=f"k{n}")
        send_due(NOW + n * MINUTE, compose)
    assert sink.tries["bad@example.org"] == 2
    assert Suppression.objects.get().suppressed_at
    assert "blocked" in Delivery.objects.get(key="k2").reason


def test_deferred_message_is_retried_with_growing_waits(sink):
    row = put()
    sink.scripts["one@example.org"] = ["rcpt 451 later", "rcpt 451 later"]
    send_due(NOW, compose)
    row.refresh_from_db()
    assert row.state == "retry" and row.attempts == 1
    assert 54 <= (row.next_attempt_at - NOW).total_seconds() <= 68
    assert send_due(NOW + dt.timedelta(seconds=50), compose).total() == 0
    send_due(NOW + 2 * MINUTE, compose)
    row.refresh_from_db()
    assert 108 <= (row.next_attempt_at - NOW - 2 * MINUTE).total_seconds() <= 134
    send_due(NOW + 5 * MINUTE, compose)
    assert states() == {"one@example.org": "sent"}
    assert sink.count() == {"one@example.org": 1}


def test_deferred_message_fails_when_it_expires(sink):
    row = put(expires_at=NOW + dt.timedelta(seconds=30))
    sink.scripts["one@example.org"] = ["rcpt 451 later"]
    send_due(NOW, compose)
    row.refresh_from_db()
    assert row.state == "failed" and "deferred" in row.reason


def test_deferred_message_fails_after_a_day(sink):
    put(expires_at=NOW + dt.timedelta(days=5))
    sink.scripts["one@example.org"] = ["rcpt 451 later"] * 100
    for hour in range(30):
        send_due(NOW + dt.timedelta(hours=hour, minutes=hour * 6), compose)
    assert states() == {"one@example.org": "failed"}
    assert sink.tries["one@example.org"] < 30


@pytest.mark.parametrize(
    "answer", ["421 closing", "530 sign in", "535 bad password", "550 sender not allowed", "451 try"]
)
def test_reply_to_mail_from_decides_on_circuit_breaker(sink, answer):
    put()
    sink.mail_from = [answer]
    send_due(NOW, compose)
    row = Delivery.objects.get()
    concerns_all = not answer.startswith("451")
    assert row.state == "retry"
    assert row.attempts == (0 if concerns_all else 1)
    assert CircuitBreaker.objects.filter(open_until__isnull=False).exists() == concerns_all


def test_server_down_opens_circuit_and_counts_no_attempt(server):
    for n in range(5):
        put(f"p{n}@example.org")
    port = server.port
    server.stop()
    assert send_due(NOW, compose)["down"] == 1
    circuit = CircuitBreaker.objects.get()
    assert circuit.seconds == 60 and "Error" in circuit.last_error
    assert send_due(NOW + dt.timedelta(seconds=30), compose).total() == 0
    send_due(NOW + dt.timedelta(seconds=90), compose)
    circuit.refresh_from_db()
    assert circuit.seconds == 120
    assert set(Delivery.objects.values_list("attempts", "state")) == {(0, "retry"), (0, "pending")}
    again = type(server)(port).start()
    try:
        counts = send_due(NOW + 10 * MINUTE, compose)
        assert counts["sent"] == 5
        assert set(again.sink.count().values()) == {1}
    finally:
        again.stop()
    circuit.refresh_from_db()
    assert (circuit.open_until, circuit.seconds) == (None, 0)


def test_circuit_wait_doubles_up_to_an_hour():
    waits = [0]
    for _ in range(9):
        waits.append(rules.circuit_wait(waits[-1]))
    assert waits[1:] == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_address_that_closes_the_server_blocks_no_other(sink):
    put("bad@example.org")
    put("good@example.org")
    sink.scripts["bad@example.org"] = ["rcpt 421 go away"] * 9
    send_due(NOW, compose)
    send_due(NOW + 2 * MINUTE, compose)
    assert states()["good@example.org"] == "sent"


def test_connection_lost_after_data_is_retried_once(sink):
    put()
    sink.scripts["one@example.org"] = ["drop"]
    assert send_due(NOW, compose)["unsure"] == 1
    assert send_due(NOW + 29 * MINUTE, compose).total() == 0
    assert send_due(NOW + 31 * MINUTE, compose)["sent"] == 1


def test_message_that_may_have_arrived_becomes_unknown(sink):
    row = put(expires_at=NOW + MINUTE)
    sink.scripts["one@example.org"] = ["drop"]
    send_due(NOW, compose)
    send_due(NOW + dt.timedelta(hours=1), compose)
    row.refresh_from_db()
    assert row.state == "unknown"


def test_late_delivery_expires(sink):
    row = put(expires_at=NOW + MINUTE)
    assert send_due(NOW + 2 * MINUTE, compose)["expired"] == 1
    row.refresh_from_db()
    assert row.state == "expired" and row.reason
    assert not sink.mails


def test_stale_email_is_not_sent_even_without_expiry(sink):
    row = put(expires_at=NOW + MINUTE)
    send_due(NOW + 2 * MINUTE, compose, may_expire=False)
    row.refresh_from_db()
    assert row.state == "pending" and not sink.mails


def test_skipped_delivery_stores_the_reason(sink):
    put()
    send_due(NOW, lambda delivery, now: Skip("The meeting was canceled."))
    row = Delivery.objects.get()
    assert (row.state, row.reason) == ("skipped", "The meeting was canceled.")
    assert not sink.mails and not Attempt.objects.exists()


def test_composer_error_fails_only_its_delivery(sink):
    for name in ("a", "broken", "c"):
        put(f"{name}@example.org")

    def fragile(delivery: Delivery, now: dt.datetime) -> Message:
        if delivery.address.startswith("broken"):
            raise LookupError("no such template")
        return compose(delivery, now)

    counts = send_due(NOW, fragile)
    assert counts == {"sent": 2, "failed": 1, "expired": 0, "unknown": 0}
    assert send_due(NOW + MINUTE, fragile).total() == 0
    assert "no such template" in Delivery.objects.get(state="failed").reason


@pytest.mark.parametrize("nasty", ["Hi\r\nBcc: evil@example.org", "Hi\nX-Evil: 1\n\nbody", "Hi\x00\u2028there"])
def test_subject_and_headers_cannot_inject_headers(sink, nasty):
    put()
    send_due(NOW, lambda delivery, now: Message(nasty, "text", "<p>h</p>", headers={"List-Unsubscribe": f"<{nasty}>"}))
    (mail,) = sink.mails
    assert sink.recipients == ["one@example.org"]
    assert mail["Bcc"] is None and mail["X-Evil"] is None
    assert "\n" not in mail["Subject"]
    assert set(mail.keys()) == {
        "Content-Type",
        "MIME-Version",
        "Subject",
        "From",
        "To",
        "List-Unsubscribe",
        "Message-ID",
        "Date",
        "Auto-Submitted",
    }


@pytest.mark.parametrize("address", ["a@example.org\r\nRCPT TO:<evil@example.org>", "a@example.org, evil@example.org"])
def test_invalid_address_fails_and_is_not_retried(sink, address):
    enqueue(key="k", kind="test", address=address, person=None, subject_ref="", now=NOW)
    send_due(NOW, compose)
    assert send_due(NOW + MINUTE, compose).total() == 0
    assert Delivery.objects.get().state == "failed" and not sink.recipients


def test_worker_lost_before_sending_frees_the_row(sink):
    put()
    claim(NOW, 5)
    assert claim(NOW + MINUTE, 5) == []
    assert send_due(NOW + 6 * MINUTE, compose)["sent"] == 1


def test_worker_lost_while_sending_is_retried_once(sink):
    row = put()
    for attempt, state in ((1, "retry"), (2, "unknown")):
        start = NOW + attempt * dt.timedelta(hours=1)
        (mine,) = claim(start, 5)
        Delivery.objects.filter(pk=mine.pk).update(send_started_at=start)
        assert recover(start + 6 * MINUTE)["unsure"] == 1
        row.refresh_from_db()
        assert row.state == state
    assert send_due(NOW + dt.timedelta(hours=5), compose).total() == 0


def test_slow_worker_can_still_record_its_result(server, monkeypatch):
    """The lease expired while sending, but no other worker claimed the row, so the result counts."""
    put()
    real = Transport.send

    def slow(self: Transport, envelope: object) -> object:
        answer = real(self, envelope)
        recover(NOW + dt.timedelta(hours=1))
        return answer

    monkeypatch.setattr(Transport, "send", slow)
    send_due(NOW, compose)
    assert states() == {"one@example.org": "sent"}


def test_worker_without_its_claim_sends_nothing(server):
    put()

    def dawdle(delivery: Delivery, now: dt.datetime) -> Message:
        claim(NOW + 6 * MINUTE, 5)
        return compose(delivery, now)

    assert send_due(NOW, dawdle)["lost"] == 1
    assert not server.sink.mails


def test_wait_between_attempts_is_capped():
    waits = [rules.retry_wait(n, 0.5).total_seconds() for n in range(1, 9)]
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert rules.retry_wait(1, 0).total_seconds() == pytest.approx(54)
    assert rules.retry_wait(9, 1).total_seconds() == pytest.approx(3960)
