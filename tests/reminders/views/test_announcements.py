"""Writing to many: the words, the recipients shown before anything goes, the test, the press and the stop."""

import re

import pytest
from django.urls import reverse

from mail.models import Delivery
from reminders.models import Announcement, Preference
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import run, sent

LIST = "/staff/announcements/"
ADD = "/staff/announcements/add/"
WORDS = {"subject": "We moved", "text": "Write to the **new** address.", "bodies": ["data"]}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def paginate(row, act=""):
    return reverse(f"reminders:announcement{act}", args=[row.pk])


def pressed(text):
    return dict(re.findall(r'name="(version|checksum)" value="([^"]+)"', text))


def test_the_recipients_and_the_mail_are_shown_before_anything_goes(cast):
    Preference.objects.create(person=cast.secretary, kind="announcement", frequency="off", chosen_at=NOW)
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    text = client.get(page).content.decode()
    assert "2 people will get this email" in text and "Recipients: 2" in text and "The chair" in text
    assert "Chair · DX" in text or "Chair, Representative · DX" in text
    assert "Not included: 1" in text and "Unsubscribed from announcements." in text
    assert "<strong>new</strong>" in text and "To Data task force" in text
    assert not Delivery.objects.filter(kind="announcement").exists()
    answer = client.post(page + "send/", pressed(text), follow=True)
    assert "will be sent to 2 people in 5 minutes" in answer.content.decode()
    assert Delivery.objects.filter(kind="announcement").count() == 2


def test_pressing_send_twice_sends_once_and_says_so(cast):
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    values = pressed(client.get(page).content.decode())
    client.post(page + "send/", values)
    answer = client.post(page + "send/", values, follow=True)
    assert "was already sent" in answer.content.decode()
    assert Delivery.objects.filter(kind="announcement").count() == 3


@pytest.mark.parametrize("values", [{}, {"version": "x", "checksum": ""}, {"version": "1"}, {"version": "9" * 30}])
def test_a_press_that_saw_no_recipients_sends_nothing(cast, values):
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    assert client.post(page + "send/", values).url == page
    assert not Delivery.objects.filter(kind="announcement").exists()


def test_what_is_missing_is_said_and_nothing_typed_is_lost(cast):
    client = cast.client("staff")
    text = client.post(ADD, {**WORDS, "bodies": []}).content.decode()
    assert "Select at least one task force, role, sector, or status." in text and "new** address." in text
    text = client.post(ADD, {**WORDS, "is_mandatory": "on"}).content.decode()
    assert "Explain why this notice is required" in text
    text = client.post(ADD, {**WORDS, "subject": "We\r\nBcc: all@example.org"}).content.decode()
    assert "Write this on one line." in text
    text = client.post(ADD, {**WORDS, "text": "x" * 20_001}).content.decode()
    assert "20000" in text
    text = client.post(ADD, {**WORDS, "bodies": ["nowhere"]}).content.decode()
    assert "Select a valid choice" in text
    assert not Announcement.objects.exists()


def test_an_audience_of_nobody_has_no_press(cast):
    client = cast.client("staff")
    page = client.post(ADD, {**WORDS, "bodies": [], "statuses": ["former"]}).url
    text = client.get(page).content.decode()
    assert "No one would get this" in text and "Send to" not in text


def test_a_draft_is_edited_and_two_who_edit_at_once_see_both_texts(cast):
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    form = client.get(page + "edit/").content.decode()
    assert 'value="data" checked' in re.sub(r"\s+", " ", form) or re.search(r'value="data"[^>]*checked', form)
    cast.client("administrator").post(page + "edit/", {**WORDS, "subject": "We moved far", "version": 1})
    answer = client.post(page + "edit/", {**WORDS, "subject": "We moved near", "version": 1})
    text = answer.content.decode()
    assert answer.status_code == 409 and "We moved far" in text and "We moved near" in text
    again = client.post(page + "edit/", {**WORDS, "subject": "We moved near", "version": 2})
    assert again.url == page and Announcement.objects.get().subject == "We moved near"


def test_a_test_goes_to_oneself(cast):
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    answer = client.post(page + "test/", follow=True)
    assert "Test email queued. It will arrive at staff@example.org" in answer.content.decode()
    run(NOW)
    assert [mail.to for mail in sent()] == ["staff@example.org"]


def test_after_the_press_the_page_tells_of_each_mail_and_offers_the_stop(cast):
    client = cast.client("staff")
    page = client.post(ADD, WORDS).url
    client.post(page + "send/", pressed(client.get(page).content.decode()))
    text = client.get(page).content.decode()
    assert "Stop 3 waiting emails" in text and "chair@example.org" in text and "Send to" not in text
    assert "0 of 3 sent" in client.get(LIST).content.decode()
    answer = client.post(page + "stop/", follow=True).content.decode()
    assert "3 waiting emails will not be sent" in answer and "Stopped" in answer
    assert "3 not sent" in client.get(LIST).content.decode()


def test_the_unsubscribe_link_stops_announcements_with_one_click(cast, outbox):
    client = cast.client("staff")
    page = client.post(ADD, {**WORDS, "bodies": [], "roles": ["chair"]}).url
    client.post(page + "send/", pressed(client.get(page).content.decode()))
    run(NOW.replace(hour=19))
    head = next(outbox.glob("*.eml")).read_text()
    link = re.search(r"List-Unsubscribe: <http://[^/]+(/reminders/[^>]+)>", re.sub(r"\r?\n\s+", "", head))[1]
    assert "Announcement" in cast.client("visitor").get(link).content.decode() or "announcement" in head
    answer = cast.client("visitor").post(link, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert Preference.objects.get(person=cast.chair).kind == "announcement"


def test_an_empty_list_says_what_will_be_there(cast):
    assert "No announcements yet" in cast.client("staff").get(LIST).content.decode()


@pytest.mark.parametrize("role", ["chair", "primary", "representative"])
def test_nobody_but_staff_writes_to_many(cast, role):
    client = cast.client(role)
    row = Announcement.objects.create(subject="x", text="y", audience={"bodies": ["data"]}, created_by=cast.staff)
    for url in (LIST, ADD, paginate(row), paginate(row, "_edit")):
        assert client.get(url).status_code == 404
    for url in (ADD, paginate(row, "_send"), paginate(row, "_test"), paginate(row, "_stop")):
        assert client.post(url, WORDS).status_code == 404
    assert not Delivery.objects.filter(kind="announcement").exists()


def make(cast, count):
    for _ in range(count):
        Announcement.objects.create(
            subject="x",
            text="y",
            audience={"bodies": ["data"], "sectors": ["state-agency"]},
            created_by=cast.staff,
            sent_by=cast.staff,
            sent_at=NOW,
        )


def test_the_list_takes_a_fixed_number_of_queries_a_page(cast, django_assert_max_num_queries):
    client = cast.client("staff")

    def count(url):
        client.get(url)
        with django_assert_max_num_queries(40) as context:
            client.get(url)
        return len(context)

    make(cast, 1)
    one = count(LIST)
    make(cast, 2)
    assert count(LIST) == one
    row = Announcement.objects.create(subject="x", text="y", audience={"statuses": ["active"]}, created_by=cast.staff)
    few = count(paginate(row))
    for _ in range(3):
        factories.RepresentationFactory()
    assert count(paginate(row)) == few
