"""Entries on behalf of members: from the person's page, the item, the meeting and the strategy; and their log."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Person
from actionitems.models import ActionItem
from meetings.models import RSVP
from members import operations
from members.models import ActOnBehalf
from objectives.models import ProgressUpdate
from tests import factories
from tests.conftest import NOW, TODAY

NOTE = "Reported by The representative by phone, entered by The staff on"


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def item(cast):
    return factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative, text="Send the list"
    )


def entry_data(person, **values):
    return {"said_by": person.pk, "how": "phone", **values}


def test_the_persons_page_has_a_button_for_each_task(cast, item):
    strategy = factories.StrategyFactory(
        body=cast.body,
        title="Share the figures",
        lead_organization=cast.organization,
        responsible_person=cast.seated,
    )
    factories.ActionItemFactory(body=cast.body, owner_organization=None, owner_person=cast.seated, text="Call them")
    published = factories.ProgressUpdateFactory(
        strategy=strategy, state="published", published_at=NOW, reported_on=dt.date(2026, 3, 1)
    )
    meeting = factories.MeetingFactory(body=cast.body)
    page = reverse("members:person", args=[cast.seated.pk])
    client = cast.client("staff")
    text = client.get(page).content.decode()
    assert "To do (3)" in text and "Share the figures" in text and "Call them" in text and meeting.title in text
    done = ActionItem.objects.get(text="Call them")
    for url, values in (
        (reverse("actionitems:on_behalf", args=[done.pk]), {"what": "done"}),
        (reverse("meetings:answer_on_behalf", args=[meeting.pk]), {"answer": "no"}),
        (
            reverse("objectives:update_on_behalf", args=[strategy.pk]),
            {"what": "confirm_status", "update": published.pk, "version": published.version},
        ),
    ):
        assert url in text
        assert client.post(url, entry_data(cast.seated, next=page, **values)).url == page
    text = client.get(page).content.decode()
    assert "Nothing outstanding" in text and ActOnBehalf.objects.filter(person=cast.seated).count() == 3


def test_staff_confirm_an_organization_for_its_primary(cast):
    operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    page = reverse("members:person", args=[cast.primary.pk])
    client = cast.client("staff")
    text = client.get(page).content.decode()
    assert "Is this information still correct for DX?" in text
    url = reverse("members:confirm_on_behalf", args=["dx"])
    assert url in text and client.post(url, entry_data(cast.primary, next=page)).url == page
    act = ActOnBehalf.objects.get()
    assert (act.person, act.actor) == (cast.primary, cast.staff)
    assert "Nothing outstanding" in client.get(page).content.decode()


def test_a_person_without_an_account_has_tasks_too(cast, item):
    Person.objects.filter(pk=cast.representative.pk).update(can_sign_in=False)
    text = cast.client("staff").get(reverse("members:person", args=[cast.representative.pk])).content.decode()
    assert "To do (1)" in text and "Send the list" in text


def test_staff_cannot_make_entries_for_themselves(cast):
    factories.ActionItemFactory(body=cast.body, owner_organization=None, owner_person=cast.staff, text="Mine")
    text = cast.client("staff").get(reverse("members:person", args=[cast.staff.pk])).content.decode()
    assert "Mine" in text and "said_by" not in text


def test_an_item_shows_who_gave_and_who_made_the_entry(cast, item):
    url = reverse("actionitems:on_behalf", args=[item.pk])
    client = cast.client("staff")
    form = client.get(url, {"person": cast.representative.pk}).content.decode()
    assert f'<option value="{cast.representative.pk}" selected>' in form and "New due date" in form
    answer = client.post(url, entry_data(cast.representative, what="blocked", note="Waits for data", version=1))
    assert answer.url == reverse("actionitems:detail", args=[item.pk])
    text = cast.client("chair").get(answer.url).content.decode()
    assert NOTE in text and "Waits for data" in text and url not in text


def test_missing_fields_are_errors_and_keep_the_input(cast, item):
    url = reverse("actionitems:on_behalf", args=[item.pk])
    client = cast.client("staff")
    text = client.post(url, entry_data(cast.representative, what="new_date", note="In two weeks")).content.decode()
    assert "Enter the new due date." in text and "In two weeks" in text
    text = client.post(url, {"what": "done"}).content.decode()
    assert text.count("This field is required.") >= 2
    text = client.post(url, entry_data(cast.representative, what="new_date", due_on="2026-01-01")).content.decode()
    assert "Enter a date from tomorrow" in text
    item.refresh_from_db()
    assert item.status == "open" and not ActOnBehalf.objects.exists()


def test_a_new_due_date_given_by_phone(cast, item):
    url = reverse("actionitems:on_behalf", args=[item.pk])
    cast.client("staff").post(url, entry_data(cast.representative, what="new_date", due_on="2026-12-20"))
    item.refresh_from_db()
    assert item.due_on == dt.date(2026, 12, 20)


def test_an_item_with_an_old_version_is_a_conflict(cast, item):
    url = reverse("actionitems:on_behalf", args=[item.pk])
    ActionItem.objects.filter(pk=item.pk).update(version=5)
    answer = cast.client("staff").post(url, entry_data(cast.representative, what="done", version=1))
    assert answer.status_code == 409
    assert not ActOnBehalf.objects.exists()


@pytest.mark.parametrize("role", ["representative", "primary", "seated", "chair", "executive"])
def test_only_staff_can_make_entries(cast, item, role):
    meeting, strategy = factories.MeetingFactory(body=cast.body), factories.StrategyFactory(body=cast.body)
    client = cast.client(role)
    for url in (
        reverse("actionitems:on_behalf", args=[item.pk]),
        reverse("meetings:answer_on_behalf", args=[meeting.pk]),
        reverse("objectives:update_on_behalf", args=[strategy.pk]),
        reverse("overview:on_behalf_entries"),
    ):
        values = entry_data(cast.seated, what="done", answer="yes", narrative="x")
        assert client.get(url).status_code in (403, 404)
        assert client.post(url, values).status_code in (403, 404, 405)
    assert not ActOnBehalf.objects.exists()


def test_a_meeting_shows_who_entered_the_rsvp(cast):
    meeting = factories.MeetingFactory(body=cast.body)
    url = reverse("meetings:answer_on_behalf", args=[meeting.pk])
    page = reverse("meetings:detail", args=[meeting.pk])
    client = cast.client("staff")
    assert f"{url}?person={cast.seated.pk}" in client.get(page).content.decode()
    assert client.post(url, entry_data(cast.seated, answer="yes")).url == page
    for role in ("chair", "seated"):
        text = cast.client(role).get(page).content.decode()
        assert "Reported by The seated by phone, entered by The staff on" in text and "Change response" not in text
    cast.client("seated").post(reverse("meetings:answer", args=[meeting.pk]), {"answer": "no"})
    assert "entered by The staff" not in client.get(page).content.decode()
    assert RSVP.objects.get(person=cast.seated).answer == "no"


def test_a_visitor_sees_no_names_of_a_confirmed_update(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )
    update = factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=NOW)
    url = reverse("objectives:update_on_behalf", args=[strategy.pk])
    values = entry_data(cast.representative, what="confirm_status", update=update.pk, version=update.version)
    page = cast.client("staff").post(url, values).url
    assert NOTE in cast.client("chair").get(page).content.decode()
    visitor = cast.client("visitor").get(page).content.decode()
    assert "No change, confirmed on" in visitor and "The representative" not in visitor and "The staff" not in visitor


def test_a_new_update_on_behalf_is_submitted(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )
    url = reverse("objectives:update_on_behalf", args=[strategy.pk])
    client = cast.client("staff")
    text = client.post(url, entry_data(cast.representative, what="at_risk")).content.decode()
    assert "Describe what they told you in at least one sentence." in text
    client.post(url, entry_data(cast.representative, what="at_risk", narrative="Two counties wait."))
    update = ProgressUpdate.objects.get()
    assert (update.state, update.author, update.reported_on) == ("submitted", cast.staff, TODAY)
    assert NOTE in cast.client("chair").get(reverse("objectives:strategy", args=[strategy.pk])).content.decode()


def test_a_newer_published_update_is_a_conflict(cast):
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )
    seen = factories.ProgressUpdateFactory(strategy=strategy, state="published", published_at=NOW)
    newer = factories.ProgressUpdateFactory(
        strategy=strategy, state="published", published_at=NOW, reported_on=TODAY, narrative="The newer word."
    )
    url = reverse("objectives:update_on_behalf", args=[strategy.pk])
    values = entry_data(cast.representative, what="confirm_status", update=seen.pk, version=seen.version)
    answer = cast.client("staff").post(url, values)
    text = answer.content.decode()
    assert answer.status_code == 409 and "The newer word." in text
    assert f'name="update" value="{newer.pk}"' in text
    assert not ActOnBehalf.objects.exists()


def make_entries(cast, count):
    for _ in range(count):
        row = factories.ActionItemFactory(body=cast.body, owner_person=cast.representative)
        ActOnBehalf.objects.create(
            actor=cast.staff,
            person=cast.representative,
            how="mail",
            at=NOW,
            what=f"“{row.text}” is done",
            model="actionitems.ActionItem",
            row_id=row.pk,
            version=2,
        )


def test_the_log_is_filtered_and_links_histories(cast):
    make_entries(cast, 1)
    act = ActOnBehalf.objects.get()
    client, url = cast.client("staff"), reverse("overview:on_behalf_entries")
    text = client.get(url).content.decode()
    assert act.what in text and reverse("overview:history", args=["item", act.row_id]) in text
    assert act.what in client.get(url, {"q": "representative", "how": "mail"}).content.decode()
    assert "No results" in client.get(url, {"how": "phone"}).content.decode()
    assert client.get(url, {"how": "smoke"}).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_log_query_count_is_the_same_for_more_rows(cast, rows, django_assert_num_queries):
    make_entries(cast, rows)
    client, url = cast.client("staff"), reverse("overview:on_behalf_entries")
    client.get(url)
    with django_assert_num_queries(5):
        client.get(url)


def test_person_query_count_is_the_same_for_more_tasks(cast, django_assert_max_num_queries):
    client, url = cast.client("staff"), reverse("members:person", args=[cast.representative.pk])

    def count():
        client.get(url)
        with django_assert_max_num_queries(60) as context:
            client.get(url)
        return len(context)

    factories.ActionItemFactory(body=cast.body, owner_person=cast.representative)
    make_entries(cast, 1)
    one = count()
    make_entries(cast, 2)
    assert count() == one
