"""The public scorecard."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taskforces.rules import BodyKind
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


def test_strategies_are_counted_by_published_status():
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


def test_an_overdue_status_shows_its_age():
    published(factories.ObjectiveFactory(number=1), "on_track", NOW.date() - dt.timedelta(days=94))
    assert "On track, last confirmed 94 days ago" in read()


def test_an_empty_scorecard():
    factories.WorkgroupFactory()
    assert "No objectives yet" in read()


def test_the_matrix_links_each_cell_to_its_objective():
    objective = factories.ObjectiveFactory(number=4, title="Share data")
    factories.StrategyFactory.create_batch(2, objective=objective)
    page = read()
    cell = page.split('<td data-label="Data">')[1].split("</td>")[0]
    assert f'href="{reverse("objectives:detail", args=[4])}#data"' in cell
    assert cell.count("●") == 2
    assert "2 strategies of Data for objective 4" in cell


def test_the_full_workgroup_is_a_column_with_its_own_strategy():
    full = factories.BodyFactory(kind=BodyKind.FULL, slug="workgroup", name="Example Workgroup")
    objective = factories.ObjectiveFactory(number=1)
    factories.StrategyFactory(objective=objective)
    assert 'data-label="Example Workgroup"' not in read()
    factories.StrategyFactory(objective=objective, body=full)
    assert 'data-label="Example Workgroup"' in read()


def test_query_count_is_the_same_for_more_rows():
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
