"""Home: the to-do list with its buttons, next meetings and activity, for each role."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Person
from meetings.models import RSVP
from members.models import Representation
from members.rules import OrganizationStatus
from tests import factories
from tests.conftest import NOW, TODAY

HOME = "/home/"


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def home(cast, role):
    return cast.client(role).get(HOME)


@pytest.fixture
def todo(cast):
    """An overdue update, an item due in three days and an unanswered meeting of the seated person."""
    strategy = factories.StrategyFactory(
        body=cast.body,
        title="Share the figures",
        lead_organization=cast.organization,
        responsible_person=cast.seated,
        starts_on=dt.date(2026, 5, 1),
    )
    update = factories.ProgressUpdateFactory(
        strategy=strategy, state="published", published_at=NOW - dt.timedelta(days=150), reported_on=dt.date(2026, 6, 1)
    )
    item = factories.ActionItemFactory(
        body=cast.body, text="Send the list", owner_person=cast.seated, due_on=TODAY + dt.timedelta(days=3)
    )
    meeting = factories.MeetingFactory(body=cast.body, title="Next data meeting")
    return {"strategy": strategy, "update": update, "item": item, "meeting": meeting}


def test_a_visitor_is_sent_to_sign_in(cast):
    assert home(cast, "visitor").url == f"{reverse('account_login')}?next=/home/"


def test_the_todo_list_is_by_date_with_buttons(cast, todo):
    text = home(cast, "seated").content.decode()
    assert "Your to-do list (3)" in text
    positions = [text.index(title) for title in ("Share the figures", "Send the list", "Next data meeting")]
    assert positions == sorted(positions)
    for name, row in (
        ("objectives:write_update", todo["strategy"]),
        ("objectives:confirm_status", todo["strategy"]),
        ("actionitems:done", todo["item"]),
        ("meetings:answer", todo["meeting"]),
    ):
        assert reverse(name, args=[row.pk]) in text


def test_each_button_works_and_returns_to_home(cast, todo):
    client = cast.client("seated")
    update = todo["update"]
    buttons = [
        (
            reverse("objectives:confirm_status", args=[todo["strategy"].pk]),
            {"update": update.pk, "version": update.version, "next": HOME},
        ),
        (reverse("actionitems:done", args=[todo["item"].pk]), {"next": HOME}),
        (reverse("meetings:answer", args=[todo["meeting"].pk]), {"answer": "yes", "next": HOME}),
    ]
    for url, values in buttons:
        assert client.post(url, values).url == HOME
    text = client.get(HOME).content.decode()
    assert "You're all caught up." in text and "Coming up:" in text
    assert RSVP.objects.get(person=cast.seated).answer == "yes"


def test_an_empty_home(cast):
    text = home(cast, "representative").content.decode()
    assert "You're all caught up." in text and "No upcoming meetings" in text


def test_work_of_others_is_not_listed(cast, todo):
    text = home(cast, "other_primary").content.decode()
    assert "Share the figures" not in text and "Send the list" not in text


def test_an_answered_meeting_shows_the_pressed_answer(cast, todo):
    RSVP.objects.create(meeting=todo["meeting"], person=cast.seated, answer="no", responded_at=NOW)
    text = home(cast, "seated").content.decode()
    assert text.index("Next meetings") < text.index("Next data meeting")
    assert 'value="no" aria-pressed="true"' in text


def test_task_forces_link_the_roster_for_the_chair(cast):
    text = home(cast, "chair").content.decode()
    assert reverse("taskforces:detail", args=["data"]) in text
    assert reverse("taskforces:roster", args=["data"]) in text
    assert reverse("taskforces:roster", args=["data"]) not in home(cast, "seated").content.decode()


def test_activity_since_the_last_visit(cast):
    last_here = NOW - dt.timedelta(days=3)
    Person.objects.filter(pk=cast.seated.pk).update(last_seen_at=last_here)
    for title, days in (("Came later", 1), ("Came before", 5)):
        factories.ProgressUpdateFactory(
            strategy=factories.StrategyFactory(body=cast.body, title=title),
            state="published",
            published_at=NOW - dt.timedelta(days=days),
        )
    client = cast.client("seated")
    for _ in range(2):
        new = client.get(HOME).content.decode().split("New since")[1]
        assert "Came later" in new and "Came before" not in new


def test_activity_of_other_bodies_and_drafts_is_hidden(cast):
    other = factories.BodyFactory(slug="other", name="Other")
    factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=other, title="Elsewhere"),
        state="published",
        published_at=NOW - dt.timedelta(days=1),
    )
    factories.MeetingFactory(body=cast.body, title="Only a draft", status="draft", scheduled_at=None)
    new = home(cast, "seated").content.decode().split("New since")[1]
    assert "Elsewhere" not in new and "Only a draft" not in new


def test_a_newly_scheduled_meeting_is_activity(cast):
    factories.MeetingFactory(
        body=cast.body, title="Freshly scheduled", scheduled_at=NOW - dt.timedelta(days=1), visibility="body"
    )
    new = home(cast, "seated").content.decode().split("New since")[1]
    assert "Freshly scheduled" in new and "Meeting scheduled yesterday" in new


def test_staff_see_the_console_link_first(cast):
    text = home(cast, "staff").content.decode()
    assert text.index(reverse("overview:console") + '">Open the staff console') < text.index("Your to-do list")
    assert "Open the staff console" not in home(cast, "chair").content.decode()


def test_an_executive_contact_sees_whom_to_contact(cast):
    text = home(cast, "executive").content.decode()
    assert "An executive contact gets emails" in text and "Workgroup staff" in text
    assert "Your to-do list" not in text


def test_a_person_without_rights_sees_the_reason(cast):
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert "status is former." in home(cast, "representative").content.decode()
    Representation.objects.filter(person=cast.other_primary).update(ended_on=TODAY)
    assert "This ended on" in home(cast, "other_primary").content.decode()


@pytest.mark.parametrize("role", ["seated", "chair", "staff"])
def test_query_count_is_the_same_for_more_rows(cast, role, django_assert_max_num_queries):
    def add():
        strategy = factories.StrategyFactory(
            body=cast.body, lead_organization=cast.organization, responsible_person=cast.seated
        )
        factories.ProgressUpdateFactory(
            strategy=strategy,
            state="published",
            published_at=NOW - dt.timedelta(days=2),
            reported_on=dt.date(2026, 6, 1),
        )
        factories.ActionItemFactory(body=cast.body, owner_person=cast.people[role])
        factories.MeetingFactory(body=cast.body)

    def count():
        client = cast.client(role)
        client.get(HOME)
        with django_assert_max_num_queries(100) as context:
            client.get(HOME)
        return len(context)

    add()
    one = count()
    add()
    add()
    assert count() == one
