import datetime as dt
import logging

import pytest

from mail.messages import Message
from mail.models import Delivery
from mail.operations import enqueue
from tests.conftest import NOW
from tests.mail.sinks import Server


@pytest.fixture
def server(settings):
    """A running SMTP sink that the portal's mail goes to."""
    server = Server().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
    yield server
    if server.controller.loop.is_running():
        server.stop()


@pytest.fixture
def sink(server):
    return server.sink


def compose(delivery: Delivery, now: dt.datetime) -> Message:
    """A plain message for any delivery."""
    return Message(f"Hello {delivery.subject_ref}", "Hello\n.\n..dots\n", "<p>Hello</p>")


def put(address: str = "one@example.org", key: str = "", **values: object) -> Delivery:
    """A delivery that is due now."""
    key = key or f"test:{address}"
    return enqueue(key=key, kind="test", address=address, person=None, subject_ref=key, now=NOW, **values)


@pytest.fixture(autouse=True)
def quiet_sink():
    """The sink's own log says every line of every conversation."""
    logging.getLogger("mail.log").setLevel(logging.ERROR)
