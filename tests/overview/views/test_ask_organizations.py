"""Before all organizations are asked, staff read whom it reaches and what it says."""

import pytest
from django.urls import reverse

from members import operations
from members.models import Confirmation
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
PAGE = reverse("overview:ask_organizations")


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def test_recipients_and_text_come_first_and_nothing_is_asked_by_looking(cast):
    page = cast.client("staff").get(PAGE).content.decode()
    assert "Ask 2 organizations by 2 mails" in page
    assert "The primary, primary@example.org" in page and "The other_primary" in page
    assert "Please confirm DX&#x27;s information by Sun, Dec 6" in page
    assert "a link of the person" in page and "/confirm/" not in page
    assert not Confirmation.objects.exists()


def test_the_press_asks_those_who_are_due(cast):
    operations.confirm_organization(
        actor=cast.primary, organization=cast.organization, via="signed_in", now=NOW, today=TODAY
    )
    answer = cast.client("staff").post(PAGE, follow=True)
    assert "1 organization asked." in answer.content.decode()
    question = Confirmation.objects.open().get()
    assert (question.organization, question.asked_by) == (cast.other_organization, cast.staff)
    assert "Nobody is due" in cast.client("staff").get(PAGE).content.decode()


def test_who_has_nobody_to_ask_is_said(cast):
    factories.OrganizationFactory(name="An Empty Department")
    page = cast.client("staff").get(PAGE).content.decode()
    assert "1 due with nobody to ask" in page and "Ask 2 organizations by 2 mails" in page
    cast.client("staff").post(PAGE)
    assert Confirmation.objects.open().count() == 2


def test_home_asks_the_primary_and_one_press_there_confirms(cast):
    operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    for role, is_asked in (("primary", True), ("alternate", True), ("representative", False), ("other_primary", False)):
        text = cast.client(role).get("/home/").content.decode()
        assert ("Is the record of DX still right?" in text) == is_asked, role
    answer = cast.client("primary").post(
        reverse("members:confirm", args=["dx"]), {"act": "confirm", "next": "/home/"}, follow=True
    )
    text = answer.content.decode()
    assert "The record of DX is confirmed." in text and "still right?" not in text


def test_the_console_shows_the_silent(cast, time_machine):
    operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    assert "Call, then confirm" not in cast.client("staff").get("/staff/").content.decode()
    time_machine.shift(42 * 24 * 3600)
    page = cast.client("staff").get("/staff/").content.decode()
    assert "Has not said whether its record is still right" in page
