"""Many senders at once: each mail once, on SQLite's file and on PostgreSQL."""

import threading
import time
from collections import Counter

import pytest
from django.db import connection

from mail.models import Delivery
from mail.sending import send_due
from tests.conftest import NOW
from tests.mail.conftest import compose, put

pytestmark = pytest.mark.django_db(transaction=True)


def together(count: int, work) -> list[BaseException]:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_eight_senders_send_each_of_200_mails_once(sink, record_property):
    for n in range(200):
        put(f"p{n}@example.org")
    outcomes: Counter[str] = Counter()
    started = time.monotonic()
    errors = together(8, lambda: outcomes.update(send_due(NOW, compose)))
    record_property("seconds", time.monotonic() - started)
    assert errors == []
    assert outcomes["sent"] == 200
    assert sink.count() == {f"p{n}@example.org": 1 for n in range(200)}
    assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_many_enqueue_one_key():
    assert together(8, lambda: [put(f"p{n}@example.org") for n in range(25)]) == []
    assert Delivery.objects.count() == 25
