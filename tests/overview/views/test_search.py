"""Search finds only what the reader can see."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


def found(query: str, client: Client | None = None) -> dict[str, list[str]]:
    answer = (client or Client()).get(reverse("overview:search"), {"q": query})
    assert answer.status_code == 200
    return {str(group.title): [result.title for result in group.results] for group in answer.context["groups"]}


@pytest.fixture
def things(cast):
    factories.OrganizationFactory(name="Naloxone Institute")
    factories.OrganizationFactory(name="Naloxone Secret Office", is_public=False)
    factories.BodyFactory(slug="treatment", name="Naloxone", focus="Treatment")
    objective = factories.ObjectiveFactory(number=2, title="Promote naloxone")
    strategy = factories.StrategyFactory(objective=objective, title="Naloxone in schools")
    factories.ProgressUpdateFactory(
        strategy=strategy, state="published", published_at=NOW, narrative="Naloxone is in every school."
    )
    other = factories.StrategyFactory(objective=objective, title="Vending machines")
    factories.ProgressUpdateFactory(strategy=other, state="submitted", narrative="Naloxone waits for a vendor.")
    factories.MeetingFactory(body=cast.body, title="Naloxone day")
    factories.MeetingFactory(body=cast.body, title="Naloxone among members", visibility="members")
    factories.MeetingFactory(body=cast.body, title="Naloxone draft", status="draft")
    return cast


def test_a_visitor_finds_what_is_public(things):
    assert found("naloxone") == {
        "Organizations": ["Naloxone Institute"],
        "Task forces": ["Naloxone task force"],
        "Objectives": ["Promote naloxone"],
        "Strategies": ["Naloxone in schools"],
        "Meetings": ["Naloxone day"],
        "Progress updates": ["Naloxone in schools"],
    }


def test_members_and_staff_find_more_than_visitors(things):
    member = found("naloxone", things.client("other_primary"))
    assert set(member["Meetings"]) == {"Naloxone day", "Naloxone among members"}
    assert member["Organizations"] == ["Naloxone Institute"]
    staff = found("naloxone", things.client("staff"))
    assert set(staff["Meetings"]) == {"Naloxone day", "Naloxone among members", "Naloxone draft"}
    assert staff["Organizations"] == ["Naloxone Institute", "Naloxone Secret Office"]


def test_people_are_not_found(things):
    assert found("chair") == {}
    assert found("example.org", things.client("representative")) == {}


@pytest.mark.parametrize("words", ["", "   ", "\x00", "%", "_", "zebra", "a" * 5000, "' OR 1=1 --"])
def test_odd_queries_find_nothing(things, words):
    answer = Client().get(reverse("overview:search"), {"q": words})
    assert answer.status_code == 200
    assert answer.context["groups"] == []


def test_the_query_is_escaped():
    page = Client().get(reverse("overview:search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page
    assert "No results" in page


def test_more_than_ten_results_are_cut():
    factories.OrganizationFactory.create_batch(11, work="clinic")
    answer = Client().get(reverse("overview:search"), {"q": "clinic"})
    group = answer.context["groups"][0]
    assert (len(group.results), group.has_more) == (10, True)
    assert "Add a word to narrow the list." in answer.content.decode()
