"""The public scorecard."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def read() -> str:
    return " ".join(Client().get(reverse("overview:progress")).content.decode().split())


def published(objective, status: str, reported_on: dt.date = dt.date(2026, 11, 1)):
    strategy = factories.StrategyFactory(objective=objective)
    factories.ProgressUpdateFactory(
        strategy=strategy, status=status, state="published", published_at=NOW, reported_on=reported_on
    )
    return strategy


def test_strategies_are_counted_by_what_was_published_of_them():
    objective = factories.ObjectiveFactory(number=1, title="Share data")
    published(objective, "on_track")
    published(objective, "on_track")
    published(objective, "off_track")
    silent = factories.StrategyFactory(objective=objective)
    factories.ProgressUpdateFactory(strategy=silent, status="done", state="submitted")
    answer = Client().get(reverse("overview:progress"))
    assert answer.context["totals"] == [
        (2, "On track", "good"),
        (1, "Off track", "bad"),
        (1, "Not reported yet", "neutral"),
    ]
    assert "2 of 4 strategies on track. Off track: 1. Not reported yet: 1." in read()


def test_a_status_past_its_rhythm_says_how_old_it_is():
    published(factories.ObjectiveFactory(number=1), "on_track", NOW.date() - dt.timedelta(days=94))
    assert "On track, last confirmed 94 days ago" in read()


def test_without_objectives_it_says_what_will_be_here():
    factories.WorkgroupFactory()
    assert "No objectives yet" in read()


def test_the_number_of_queries_does_not_grow_with_the_rows():
    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            read()
        return len(queries)

    published(factories.ObjectiveFactory(number=1), "on_track")
    count()
    one = count()
    published(factories.ObjectiveFactory(number=2), "at_risk")
    published(factories.ObjectiveFactory(number=3), "done")
    assert count() == one
