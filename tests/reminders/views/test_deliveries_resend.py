import pytest

from mail.models import Delivery, Suppression
from mail.rules import DeliveryState
from tests.conftest import NOW
from tests.reminders.views.test_delivery_log import row

pytestmark = pytest.mark.django_db
URL = "/staff/reminders/resend-all/"


def test_who_gets_it_again_is_shown_first_and_one_press_sends_all(cast):
    failed = row(1, state=DeliveryState.FAILED, reason="The mail server refused this address or this message.")
    unknown = row(2, state=DeliveryState.UNKNOWN, subject="Data task force meets")
    row(3)
    refused = row(4, state=DeliveryState.FAILED)
    Suppression.objects.create(address=refused.address, bounces=2, first_at=NOW, suppressed_at=NOW)
    client = cast.client("staff")
    page = client.get(URL).content.decode()
    assert "p1@example.org" in page and "p2@example.org" in page and "Send 2 emails again" in page
    assert "p3@example.org" not in page and "p4@example.org" not in page
    response = client.post(URL, {"delivery": [failed.pk, unknown.pk, refused.pk]}, follow=True)
    assert "2 emails queued" in response.content.decode()
    states = dict(Delivery.objects.values_list("key", "state"))
    assert states == {"k1": "pending", "k2": "pending", "k3": "sent", "k4": "failed"}
    assert failed.tries.get().code == "requested by The staff"
    assert "Nothing to send again" in client.get(URL).content.decode()


def test_only_what_was_shown_is_sent(cast):
    row(1, state=DeliveryState.FAILED)
    cast.client("staff").post(URL, {"delivery": ["x", "999"]})
    assert Delivery.objects.get().state == "failed"
