import datetime as dt

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from reminders.links import preferences_url
from reminders.models import NotificationSettings, Preference
from reminders.rules import OPTIONAL_KINDS, policy_of

pytestmark = pytest.mark.django_db
KINDS = [kind for kind in OPTIONAL_KINDS if not policy_of(kind).is_for_staff]


def off(person) -> set[str]:
    return set(Preference.objects.filter(person=person, frequency="off").values_list("kind", flat=True))


def frequencies(person) -> dict[str, str]:
    """What differs from the default."""
    return dict(Preference.objects.filter(person=person).values_list("kind", "frequency"))


def typed(**values: object) -> dict[str, object]:
    """The page as it comes, with these fields changed."""
    return {kind: policy_of(kind).default_frequency.value for kind in KINDS} | {"weekly_cap": 7} | values


@pytest.fixture
def link(cast):
    return preferences_url(cast.chair, "item_due").removeprefix("http://portal.test")


@pytest.fixture
def strict():
    """A browser to which CSRF matters."""
    return Client(enforce_csrf_checks=True)


def test_a_person_chooses_how_often_what_comes_in_one_save(cast):
    client = cast.client("chair")
    page = client.get("/reminders/").content.decode()
    assert page.count("<select") == len(KINDS) + 1
    until = timezone.localdate() + dt.timedelta(days=10)
    client.post(
        "/reminders/",
        typed(
            item_due="weekly",
            meeting_ahead="immediate",
            progress_late="off",
            weekly_cap=3,
            away_until=until.isoformat(),
            delegate=cast.alternate.pk,
        ),
    )
    assert frequencies(cast.chair) == {"item_due": "weekly", "meeting_ahead": "immediate", "progress_late": "off"}
    wish = NotificationSettings.objects.get(person=cast.chair)
    assert (wish.weekly_cap, wish.away_until, wish.delegate) == (3, until, cast.alternate)
    client.post("/reminders/", typed())
    assert frequencies(cast.chair) == {}
    wish.refresh_from_db()
    assert (wish.weekly_cap, wish.away_until, wish.delegate) == (7, None, None)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"item_due": "hourly"}, "Select a valid choice"),
        ({"weekly_cap": 0}, "greater than or equal to 1"),
        ({"away_until": "2020-01-01"}, "This date has passed"),
        ({"away_until": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(cast, values, words):
    page = cast.client("chair").post("/reminders/", typed(progress_due="weekly", **values)).content.decode()
    assert words in page
    assert '<option value="weekly" selected>' in page
    assert frequencies(cast.chair) == {} and not NotificationSettings.objects.exists()


def test_a_stand_in_speaks_for_one_s_own_organization_and_needs_an_absence(cast):
    client = cast.client("chair")
    until = timezone.localdate().isoformat()
    for person in (cast.other_primary, cast.executive, cast.deactivated, cast.chair):
        page = client.post("/reminders/", typed(away_until=until, delegate=person.pk)).content.decode()
        assert "Select a valid choice" in page
    page = client.post("/reminders/", typed(delegate=cast.alternate.pk)).content.decode()
    assert "Enter the last day you are away" in page
    assert not NotificationSettings.objects.exists()


def test_duty_mail_cannot_be_chosen_and_what_is_for_staff_is_shown_to_staff(cast):
    client = cast.client("chair")
    client.post("/reminders/", typed(meeting_cancelled="off", mail_failed="off"))
    assert frequencies(cast.chair) == {}
    assert 'name="delivery_problems"' not in client.get("/reminders/").content.decode()
    page = cast.client("staff").get("/reminders/").content.decode()
    assert 'name="delivery_problems"' in page and 'name="meeting_canceled"' not in page


def test_a_visitor_is_asked_to_sign_in():
    assert Client().get("/reminders/").status_code == 302


def test_looking_at_the_link_changes_nothing(cast, link, strict):
    for _ in range(100):
        assert strict.get(link).status_code == 200
    assert strict.head(link).status_code == 200
    assert frequencies(cast.chair) == {}


def test_one_click_stops_the_kind_and_twice_is_the_same(cast, link, strict):
    for _ in range(2):
        response = strict.post(link, {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, response.content) == (200, b"You are unsubscribed.")
    assert off(cast.chair) == {"item_due"}


def test_one_click_on_a_merged_mail_stops_all_its_kinds(cast, strict):
    link = preferences_url(cast.chair, "item_due", "meeting_ahead").removeprefix("http://portal.test")
    assert strict.post(link, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert off(cast.chair) == {"item_due", "meeting_ahead"}


def test_a_link_that_stops_nothing_opens_the_page_all_the_same(cast, strict):
    link = preferences_url(cast.chair).removeprefix("http://portal.test")
    page = strict.get(link).content.decode()
    assert "Email settings for The chair" in page and 'name="stop"' not in page
    strict.post(link, {"List-Unsubscribe": "One-Click"})
    assert frequencies(cast.chair) == {}


def test_the_page_s_button_and_its_fields_work_without_signing_in(cast, link, strict):
    assert strict.post(link, {"stop": "1"}).status_code == 302
    assert off(cast.chair) == {"item_due"}
    assert "unsubscribed from: " in strict.get(link).content.decode()
    strict.post(link, typed(item_due="weekly"))
    assert frequencies(cast.chair) == {"item_due": "weekly"}
    assert strict.post(link, typed(item_due="never")).status_code == 400


def test_a_link_opens_nothing_else(cast, link, strict):
    assert strict.get("/home/").status_code != 200
    signer = signing.Signer(salt="reminders.preferences")
    for token in (
        "nonsense",
        signing.Signer().sign_object([cast.chair.pk, "item_due"]),
        signing.dumps([cast.chair.pk, "item_due"], salt="reminders.preferences"),
        signer.sign_object([cast.chair.pk, "meeting_canceled"]),
        signer.sign_object([cast.chair.pk, "item_due+meeting_cancelled"]),
        signer.sign_object([cast.chair.pk, 7]),
        signer.sign_object([10**9, "item_due"]),
        signer.sign_object("word"),
        link.split("/")[2][:-1] + "x",
    ):
        assert strict.get(f"/reminders/{token}/").status_code == 404
        assert strict.post(f"/reminders/{token}/", {"stop": "1"}).status_code == 404
    assert frequencies(cast.chair) == {}


def test_the_link_dies_with_the_account(cast, link, strict):
    cast.chair.is_active = False
    cast.chair.save(update_fields=["is_active"])
    assert strict.get(link).status_code == 404
