import pytest

from mail.models import Delivery
from mail.operations import enqueue
from tests.conftest import NOW
from tests.mail.composing import compose  # noqa: F401
from tests.mail.sinks import Server


@pytest.fixture
def server(settings):
    """A running SMTP server that receives the email of the portal."""
    server = Server().start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 1
    yield server
    server.stop()


@pytest.fixture
def sink(server):
    return server.sink


def put(address: str = "one@example.org", key: str = "", **values: object) -> Delivery:
    """Add a delivery that is due now."""
    key = key or f"test:{address}"
    return enqueue(key=key, kind="test", address=address, person=None, subject_ref=key, now=NOW, **values)
