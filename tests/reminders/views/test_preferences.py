import pytest
from django.core import signing
from django.test import Client

from reminders.links import preferences_url
from reminders.models import Preference
from reminders.rules import OPTIONAL_KINDS

pytestmark = pytest.mark.django_db


def off(person) -> set[str]:
    return set(Preference.objects.filter(person=person).values_list("kind", flat=True))


@pytest.fixture
def link(cast):
    return preferences_url(cast.chair, "item_due").removeprefix("http://portal.test")


@pytest.fixture
def strict():
    """A browser to which CSRF matters."""
    return Client(enforce_csrf_checks=True)


def test_a_person_chooses_what_comes(cast):
    client = cast.client("chair")
    page = client.get("/reminders/").content.decode()
    assert page.count("checked") == len(OPTIONAL_KINDS)
    client.post("/reminders/", {"wanted": ["meeting_ahead", "progress_due"]})
    assert off(cast.chair) == set(OPTIONAL_KINDS) - {"meeting_ahead", "progress_due"}
    client.post("/reminders/", {"wanted": ["item_due"]})
    assert "item_due" not in off(cast.chair) and "meeting_ahead" in off(cast.chair)
    client.post("/reminders/", {})
    assert off(cast.chair) == set(OPTIONAL_KINDS)


def test_an_unknown_kind_and_a_duty_kind_are_refused(cast):
    client = cast.client("chair")
    for kind in ("meeting_cancelled", "anything"):
        assert "Select a valid choice" in client.post("/reminders/", {"wanted": [kind]}).content.decode()
    assert off(cast.chair) == set()


def test_a_visitor_is_asked_to_sign_in():
    assert Client().get("/reminders/").status_code == 302


def test_looking_at_the_link_changes_nothing(cast, link, strict):
    for _ in range(100):
        assert strict.get(link).status_code == 200
    assert strict.head(link).status_code == 200
    assert off(cast.chair) == set()


def test_one_click_stops_the_kind_and_twice_is_the_same(cast, link, strict):
    for _ in range(2):
        response = strict.post(link, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, response.content) == (200, b"Stopped.")
    assert off(cast.chair) == {"item_due"}


def test_the_page_s_button_and_boxes_work_without_signing_in(cast, link, strict):
    assert strict.post(link, {"stop": "1"}).status_code == 302
    assert off(cast.chair) == {"item_due"}
    assert "are stopped" in strict.get(link).content.decode()
    strict.post(link, {"wanted": ["item_due"]})
    assert off(cast.chair) == set(OPTIONAL_KINDS) - {"item_due"}


def test_a_link_opens_nothing_else(cast, link, strict):
    assert strict.get("/home/").status_code != 200
    signer = signing.Signer(salt="reminders.preferences")
    for token in (
        "nonsense",
        signing.Signer().sign_object([cast.chair.pk, "item_due"]),
        signing.dumps([cast.chair.pk, "item_due"], salt="reminders.preferences"),
        signer.sign_object([cast.chair.pk, "meeting_cancelled"]),
        signer.sign_object([10**9, "item_due"]),
        signer.sign_object("word"),
        link.split("/")[2][:-1] + "x",
    ):
        assert strict.get(f"/reminders/{token}/").status_code == 404
        assert strict.post(f"/reminders/{token}/", {"stop": "1"}).status_code == 404
    assert off(cast.chair) == set()


def test_the_link_dies_with_the_account(cast, link, strict):
    cast.chair.is_active = False
    cast.chair.save(update_fields=["is_active"])
    assert strict.get(link).status_code == 404
