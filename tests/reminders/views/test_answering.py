import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine
from django.core import signing
from django.db import connection
from django.test import Client

from actionitems.models import ActionItem
from meetings.models import RSVP
from reminders.links import answer_url, preferences_url
from reminders.models import UsedLink
from reminders.rules import LinkPurpose
from reminders.subjects import LINK_ACTIONS, action_items, progress
from reminders.subjects.meetings import responses
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW
from tests.world import fingerprints

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def browser():
    """Someone who is not signed in, to whom CSRF matters, with a mail program's empty cookie jar."""
    return Client(enforce_csrf_checks=True)


def path_of(url: str) -> str:
    return url.removeprefix("http://portal.test")


def links_of(buttons) -> dict[str, str]:
    return {url.rstrip("/").rsplit("/", 1)[1]: path_of(url) for url in (button.url for button in buttons)}


@pytest.fixture
def item(cast):
    return factories.ActionItemFactory(body=cast.body, owner_organization=cast.organization, owner_person=cast.seated)


@pytest.fixture
def item_links(cast, item):
    return links_of(action_items.action_buttons(item, cast.seated, "7d"))


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


@pytest.fixture
def meeting_links(cast, meeting):
    return links_of(responses.action_buttons(meeting, cast.seated, "7d"))


@pytest.fixture
def update(cast):
    strategy = factories.StrategyFactory(body=cast.body, lead_organization=cast.organization)
    return factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=NOW)


def words(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_hundred_looks_change_nothing(item_links, meeting_links, browser):
    before = fingerprints()
    for url in [*item_links.values(), *meeting_links.values()]:
        assert browser.head(url).status_code == 200
        for _ in range(100 if "/done/" in url else 3):
            assert browser.get(url).status_code == 200
    assert fingerprints() == before and not UsedLink.objects.exists()


def test_one_press_marks_an_item_done_and_the_second_finds_how_it_stands(cast, item, item_links, browser):
    page = browser.get(item_links["done"])
    assert "Is it done?" in words(page) and "responding as The seated." in words(page)
    assert "no-store" in page["Cache-Control"]
    assert "You marked it done." in words(browser.post(item_links["done"]))
    item.refresh_from_db()
    latest = item.history.first()
    assert (item.status, latest.history_user, latest.history_change_reason) == ("done", cast.seated, "By link")
    again = browser.post(item_links["done"])
    assert again.status_code == 410 and "A link works only once" in words(again) and "<dd>Done</dd>" in words(again)
    assert browser.get(item_links["done"]).status_code == 410
    other = browser.post(item_links["blocked"], {"note": "No data."})
    assert other.status_code == 409 and "is already “Done”" in words(other)
    assert item.history.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_eight_presses_at_once_one_counts(item, item_links):
    def press(_: int) -> int:
        try:
            return Client().post(item_links["new-date"], {"due_on": "2026-12-24"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, range(8)))
    assert sorted(answers) == [200] + [410] * 7
    assert item.history.count() == 2 and UsedLink.objects.count() == 1


def test_the_history_page_says_that_it_came_by_a_link(cast, item, item_links, browser):
    browser.post(item_links["done"])
    page = words(cast.client("chair").get(f"/action-items/{item.pk}/"))
    assert "The seated, by email link" in page


def test_a_new_date_is_asked_for_and_kept(item, item_links, browser):
    for wrong in ("", "2026-11-22", "2027-12-31", "soon"):
        response = browser.post(item_links["new-date"], {"due_on": wrong, "note": "Waiting for the county."})
        assert response.status_code == 400 and "Waiting for the county." in words(response)
    assert not UsedLink.objects.exists()
    response = browser.post(item_links["new-date"], {"due_on": "2026-12-24", "note": "Waiting for the county."})
    assert "now due Thu, Dec 24" in words(response)
    item.refresh_from_db()
    assert (item.due_on, item.status, item.status_note) == (
        dt.date(2026, 12, 24),
        "in_progress",
        "Waiting for the county.",
    )
    stale = browser.get(item_links["done"])
    assert stale.status_code == 409 and "is now Thu, Dec 24" in words(stale)


def test_blocked_says_why(item, item_links, browser):
    assert browser.post(item_links["blocked"], {"note": " "}).status_code == 400
    assert "marked it as blocked" in words(browser.post(item_links["blocked"], {"note": "No data."}))
    item.refresh_from_db()
    assert (item.status, item.status_note) == ("blocked", "No data.")
    assert "blocked" not in links_of(action_items.action_buttons(item, item.owner_person, "7d"))


def test_an_item_goes_to_the_alternate(cast, item, item_links, browser):
    assert "It now belongs to The alternate" in words(browser.post(item_links["reassign"]))
    item.refresh_from_db()
    assert item.owner_person == cast.alternate and item.owner_organization == cast.organization
    refused = browser.post(item_links["done"])
    assert refused.status_code == 409 and "now belongs to The alternate, DX" in words(refused)
    item.refresh_from_db()
    assert item.status == "open"


def test_without_an_alternate_nothing_is_offered(cast, item):
    cast.alternate.is_active = False
    cast.alternate.save(update_fields=["is_active"])
    assert set(links_of(action_items.action_buttons(item, cast.seated, "7d"))) == {"done", "new-date", "blocked"}


def test_who_no_longer_sees_the_item_learns_nothing_of_it(cast, item, item_links, browser):
    cast.seated.representations.update(ended_on=NOW.date())
    Term.objects.filter(person=cast.seated).update(ended_on=NOW.date())
    response = browser.post(item_links["done"])
    assert response.status_code == 409 and item.text not in words(response)
    item.refresh_from_db()
    assert item.status == "open"


@pytest.mark.parametrize(
    ("purpose", "saved"),
    [
        ("yes", "You&#x27;re attending."),
        ("no", "You&#x27;re not attending."),
        ("alternate", "Your alternate is attending."),
    ],
)
def test_a_meeting_is_answered(cast, meeting, meeting_links, browser, purpose, saved):
    assert saved in words(browser.post(meeting_links[purpose]))
    said = RSVP.objects.get()
    assert (said.person, said.answer, said.history.get().history_change_reason) == (cast.seated, purpose, "By link")
    assert browser.post(meeting_links[purpose]).status_code == 410
    other = "no" if purpose == "yes" else "yes"
    browser.post(meeting_links[other])
    said.refresh_from_db()
    assert said.answer == other


def test_whoever_speaks_for_no_organization_has_no_alternate_to_send(cast, meeting):
    guest = factories.PersonFactory()
    factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=guest)
    assert set(links_of(responses.action_buttons(meeting, guest, "7d"))) == {"yes", "no"}


def test_a_moved_a_cancelled_and_a_past_meeting_take_no_answer(meeting, meeting_links, browser):
    def refused() -> str:
        response = browser.post(meeting_links["yes"])
        assert response.status_code == 409
        return words(response)

    meeting.schedule_version = 1
    meeting.save(update_fields=["schedule_version"])
    assert "was moved to Thu, Dec 3, 10:00–11:30 a.m. PT" in refused()
    meeting.schedule_version, meeting.status = 0, "canceled"
    meeting.save(update_fields=["schedule_version", "status"])
    assert "was canceled" in refused()
    with time_machine.travel(dt.datetime(2026, 12, 4, tzinfo=dt.UTC)):
        assert browser.post(meeting_links["yes"]).status_code == 410
    assert not RSVP.objects.exists() and not UsedLink.objects.exists()


def test_an_unchanged_status_is_confirmed_once(cast, update, browser):
    (url,) = links_of(progress.action_buttons(update.strategy, cast.chair, dt.date(2026, 12, 1), "7d")).values()
    page = words(browser.get(url))
    assert "The first counties share their data." in page and "On track" in page
    assert "You confirmed the status." in words(browser.post(url))
    update.refresh_from_db()
    latest = update.history.first()
    assert (update.confirmed_on, update.confirmed_by) == (dt.date(2026, 11, 22), cast.chair)
    assert latest.history_change_reason == "By link: No change"
    assert browser.post(url).status_code == 410


def test_what_was_reported_since_is_not_confirmed(cast, update, browser):
    (url,) = links_of(progress.action_buttons(update.strategy, cast.chair, dt.date(2026, 12, 1), "7d")).values()
    newer = factories.ProgressUpdateFactory(
        strategy=update.strategy, state="submitted", reported_on=dt.date(2026, 11, 20), narrative="News."
    )
    assert progress.action_buttons(update.strategy, cast.chair, dt.date(2026, 12, 1), "7d") == []
    assert "A newer update is waiting" in words(browser.post(url))
    newer.state, newer.published_at = "published", NOW
    newer.save()
    refused = browser.post(url)
    assert refused.status_code == 409 and "Progress was already reported on Fri, Nov 20." in words(refused)
    assert not UsedLink.objects.exists()


def test_a_link_opens_nothing_but_its_own(cast, item, item_links, browser):
    token = item_links["done"].split("/")[2]
    good = [cast.seated.pk, item.pk, "2026-12-10 7d", int(NOW.timestamp()) + 60]
    signer = signing.Signer(salt="reminders.answer.done")
    for url in (
        f"/answer/{token}/blocked/",
        f"/answer/{token}/reassign/",
        f"/answer/{token}/yes/",
        f"/answer/{token}/anything/",
        f"/answer/{token[:-1]}x/done/",
        f"/answer/{signing.Signer().sign_object(good)}/done/",
        f"/answer/{signer.sign_object(good[:3])}/done/",
        f"/answer/{signer.sign_object([10**9, *good[1:]])}/done/",
        f"/answer/{signer.sign_object('word')}/done/",
        f"/answer/{path_of(preferences_url(cast.seated, 'item_due')).split('/')[2]}/done/",
        f"/reminders/{token}/",
    ):
        assert browser.get(url).status_code == 404
        assert browser.post(url, {"note": "x"}).status_code == 404
    assert ActionItem.objects.get().status == "open"
    assert browser.get("/home/").status_code == 302


def test_it_answers_for_its_own_person_whoever_is_signed_in(cast, item, item_links):
    client = cast.client("chair")
    assert "responding as The seated." in words(client.get(item_links["done"]))
    client.post(item_links["done"])
    assert item.history.first().history_user == cast.seated


def test_an_expired_link_says_what_to_do(cast, item, item_links, browser):
    with time_machine.travel(dt.datetime(2027, 1, 21, 1, tzinfo=dt.UTC)):
        response = browser.post(item_links["done"])
        assert response.status_code == 410 and "Sign in to respond" in words(response)
    with time_machine.travel(dt.datetime(2027, 1, 20, 23, tzinfo=dt.UTC)):
        assert browser.get(item_links["done"]).status_code == 200
    item.refresh_from_db()
    assert item.status == "open"


def test_the_links_of_a_closed_account_do_nothing(cast, item, item_links, browser):
    cast.seated.is_active = False
    cast.seated.save(update_fields=["is_active"])
    response = browser.post(item_links["done"])
    assert response.status_code == 403 and item.text not in words(response)
    item.refresh_from_db()
    assert item.status == "open"


def test_the_same_mail_built_again_has_the_same_links_and_the_next_mail_has_others(cast, item, item_links):
    with time_machine.travel(NOW + dt.timedelta(days=3)):
        assert links_of(action_items.action_buttons(item, cast.seated, "7d")) == item_links
    assert set(item_links.values()).isdisjoint(links_of(action_items.action_buttons(item, cast.seated, "1d")).values())


def test_the_token_is_nowhere_in_the_database(item_links, browser):
    browser.post(item_links["done"])
    kept = UsedLink.objects.get()
    assert kept.digest not in item_links["done"] and item_links["done"].split("/")[2] not in repr(vars(kept))


def test_what_is_asked_is_one_of_the_purposes_and_each_purpose_has_a_press():
    assert set(LINK_ACTIONS) == set(LinkPurpose)


def test_links_come_from_the_site_s_own_address(cast, settings):
    settings.SITE_URL = "https://sos.example.org"
    url = answer_url("done", cast.seated, 1, "x", NOW)
    assert url.startswith("https://sos.example.org/answer/")
