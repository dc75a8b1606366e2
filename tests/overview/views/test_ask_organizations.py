"""Staff review recipients and message before all organizations are asked to confirm."""

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


def test_the_page_previews_recipients_and_message(cast):
    page = cast.client("staff").get(PAGE).content.decode()
    assert "2 organizations will be asked." in page and "Send 2 emails" in page
    assert "The primary, primary@example.org" in page and "The other_primary" in page
    assert "Please confirm DX&#x27;s information by Sun, Dec 6" in page
    assert "personal link)" in page and "/confirm/" not in page
    assert not Confirmation.objects.exists()


def test_the_button_asks_organizations_that_are_due(cast):
    operations.confirm_organization(
        actor=cast.primary, organization=cast.organization, via="signed_in", now=NOW, today=TODAY
    )
    cast.client("staff").post(PAGE)
    confirmation = Confirmation.objects.open().get()
    assert (confirmation.organization, confirmation.asked_by) == (cast.other_organization, cast.staff)
    assert cast.client("staff").get(PAGE).context["rows"] == []


def test_organizations_without_a_contact_are_listed(cast):
    factories.OrganizationFactory(name="An Empty Department")
    page = cast.client("staff").get(PAGE).content.decode()
    assert "1 organization can't be asked" in page and "An Empty Department" in page
    cast.client("staff").post(PAGE)
    assert Confirmation.objects.open().count() == 2


def test_the_primary_confirms_from_home(cast):
    operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    for role, is_asked in (("primary", True), ("alternate", True), ("representative", False), ("other_primary", False)):
        text = cast.client(role).get("/home/").content.decode()
        assert ("Is this information still correct for DX?" in text) == is_asked, role
    answer = cast.client("primary").post(
        reverse("members:confirm", args=["dx"]), {"act": "confirm", "next": "/home/"}, follow=True
    )
    assert answer.redirect_chain == [("/home/", 302)]
    assert "Is this information still correct" not in answer.content.decode()
    assert not Confirmation.objects.open().exists()


def test_the_console_lists_unanswered_confirmations(cast, time_machine):
    operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    url = reverse("members:confirm_on_behalf", args=["dx"])
    assert url not in cast.client("staff").get("/staff/").content.decode()
    time_machine.shift(42 * 24 * 3600)
    page = cast.client("staff").get("/staff/").content.decode()
    assert "Has not confirmed its information" in page and url in page
