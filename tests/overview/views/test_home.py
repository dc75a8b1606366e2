"""Home: what one owes with its press, what comes next, what changed, by who looks."""

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
def owing(cast):
    """A late strategy, an item due in three days and an unanswered meeting, all of the seated person."""
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


def test_what_one_owes_stands_by_date_each_with_its_press(cast, owing):
    text = home(cast, "seated").content.decode()
    assert "You owe (3)" in text
    places = [text.index(words) for words in ("Share the figures", "Send the list", "Next data meeting")]
    assert places == sorted(places)
    for name, row in (
        ("objectives:write_update", owing["strategy"]),
        ("objectives:confirm_status", owing["strategy"]),
        ("actionitems:done", owing["item"]),
        ("meetings:answer", owing["meeting"]),
    ):
        assert reverse(name, args=[row.pk]) in text


def test_each_press_works_from_home_and_leads_back_to_it(cast, owing):
    client = cast.client("seated")
    update = owing["update"]
    presses = [
        (
            reverse("objectives:confirm_status", args=[owing["strategy"].pk]),
            {"update": update.pk, "version": update.version, "next": HOME},
        ),
        (reverse("actionitems:done", args=[owing["item"].pk]), {"next": HOME}),
        (reverse("meetings:answer", args=[owing["meeting"].pk]), {"answer": "yes", "next": HOME}),
    ]
    for url, values in presses:
        assert client.post(url, values).url == HOME
    text = client.get(HOME).content.decode()
    assert "You owe nothing. Thank you." in text and "Next comes" in text
    assert RSVP.objects.get(person=cast.seated).answer == "yes"


def test_nothing_owed_and_nothing_ahead_says_so_kindly(cast):
    text = home(cast, "representative").content.decode()
    assert "You owe nothing. Thank you." in text and "No meeting ahead" in text


def test_another_persons_things_are_not_owed(cast, owing):
    text = home(cast, "other_primary").content.decode()
    assert "Share the figures" not in text and "Send the list" not in text


def test_a_meeting_that_is_answered_stands_under_next_meetings_with_the_answer_pressed(cast, owing):
    RSVP.objects.create(meeting=owing["meeting"], person=cast.seated, answer="no", responded_at=NOW)
    text = home(cast, "seated").content.decode()
    assert text.index("Next meetings") < text.index("Next data meeting")
    assert 'value="no" aria-pressed="true"' in text


def test_ones_task_forces_stand_with_the_role_and_the_chair_can_reach_the_roster(cast):
    text = home(cast, "chair").content.decode()
    assert reverse("taskforces:detail", args=["data"]) in text
    assert reverse("taskforces:roster", args=["data"]) in text
    assert reverse("taskforces:roster", args=["data"]) not in home(cast, "seated").content.decode()


def test_what_was_published_since_one_was_last_here_is_new_and_what_came_before_is_not(cast):
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


def test_news_of_other_bodies_and_drafts_of_meetings_do_not_show(cast):
    other = factories.BodyFactory(slug="other", name="Other")
    factories.ProgressUpdateFactory(
        strategy=factories.StrategyFactory(body=other, title="Elsewhere"),
        state="published",
        published_at=NOW - dt.timedelta(days=1),
    )
    factories.MeetingFactory(body=cast.body, title="Only a draft", status="draft", scheduled_at=None)
    new = home(cast, "seated").content.decode().split("New since")[1]
    assert "Elsewhere" not in new and "Only a draft" not in new


def test_a_meeting_scheduled_since_is_new(cast):
    factories.MeetingFactory(
        body=cast.body, title="Freshly scheduled", scheduled_at=NOW - dt.timedelta(days=1), visibility="body"
    )
    new = home(cast, "seated").content.decode().split("New since")[1]
    assert "Freshly scheduled" in new and "Meeting scheduled yesterday" in new


def test_staff_find_the_console_first(cast):
    text = home(cast, "staff").content.decode()
    assert text.index(reverse("overview:console") + '">Open the staff console') < text.index("You owe")
    assert "Open the staff console" not in home(cast, "chair").content.decode()


def test_an_executive_contact_reads_what_they_can_see_and_whom_to_ask(cast):
    text = home(cast, "executive").content.decode()
    assert "An executive contact gets the mail" in text and "Workgroup staff" in text
    assert "You owe" not in text


def test_a_person_of_a_former_organization_and_one_whose_representation_ended_read_why(cast):
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert "The organization is former." in home(cast, "representative").content.decode()
    Representation.objects.filter(person=cast.other_primary).update(ended_on=TODAY)
    assert "This ended on" in home(cast, "other_primary").content.decode()


@pytest.mark.parametrize("role", ["seated", "chair", "staff"])
def test_home_takes_the_same_queries_for_one_row_and_for_three(cast, role, django_assert_max_num_queries):
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
