"""Queries for pages: counts include only published updates, and the number of queries is constant."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives.models import Milestone, StrategySupport
from objectives.queries import objectives, strategies, updates
from tests import factories
from tests.conftest import NOW, TODAY

VISITOR = AnonymousUser()


def days_ago(days: int) -> dt.date:
    return TODAY - dt.timedelta(days=days)


def publish(strategy, status="on_track", days=10, **values):
    return factories.ProgressUpdateFactory(
        strategy=strategy, state="published", status=status, reported_on=days_ago(days), published_at=NOW, **values
    )


@pytest.fixture
def objective(cast):
    return factories.ObjectiveFactory(number=1)


@pytest.fixture
def strategy(cast, objective):
    return factories.StrategyFactory(
        objective=objective, body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )


def add_strategies(cast, objective, count):
    for number in range(count):
        strategy = factories.StrategyFactory(
            objective=objective, body=cast.body, lead_organization=cast.organization,
            responsible_person=cast.representative, starts_on=days_ago(200),
        )  # fmt: skip
        publish(strategy, author=cast.seated)
        factories.ProgressUpdateFactory(strategy=strategy, author=cast.chair, state="submitted", submitted_at=NOW)
        factories.ProgressUpdateFactory(strategy=strategy, author=cast.secretary, state="draft")
        Milestone.objects.create(strategy=strategy, title=f"Step {number}", due_on=TODAY)
        StrategySupport.objects.create(strategy=strategy, organization=cast.other_organization)


def count_queries(read):
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


READS = {
    "objective_rows": lambda cast: objectives.objective_rows(TODAY, cast.seated),
    "strategy_rows": lambda cast: strategies.strategy_rows(TODAY, body=cast.body, person=cast.seated),
    "strategy_rows of an organization": lambda cast: strategies.strategy_rows(TODAY, organization=cast.organization),
    "updates_due_for": lambda cast: updates.updates_due_for(cast.representative, TODAY),
    "updates_page": lambda cast: updates.updates_page(cast.chair, TODAY),
    "late_strategies": lambda cast: [row.strategy.body.name for row in updates.late_strategies(TODAY)],
    "publication_queue": lambda cast: [u.author.name for u, _ in updates.publication_queue(cast.staff)],
    "latest_published": lambda cast: [u.strategy.body.name for u in updates.latest_published(5)],
    "update_history": lambda cast: [u.strategy.title for u in updates.update_history(cast.body, cast.seated, 9)],
    "strategy_counts": lambda cast: objectives.strategy_counts(),
}


@pytest.mark.parametrize("name", READS)
def test_one_row_and_three_take_the_same_queries(cast, objective, name):
    add_strategies(cast, objective, 1)
    once = count_queries(lambda: READS[name](cast))
    add_strategies(cast, objective, 2)
    assert count_queries(lambda: READS[name](cast)) == once


def test_an_objective_counts_only_published_updates(cast, objective, strategy):
    publish(strategy, "off_track", days=41)
    other = factories.StrategyFactory(objective=objective, body=cast.body)
    publish(other, "on_track")
    factories.ProgressUpdateFactory(strategy=other, state="submitted", status="off_track", submitted_at=NOW)
    factories.StrategyFactory(objective=objective, body=cast.body)
    (row,) = objectives.objective_rows(TODAY, VISITOR)
    assert row.counts == {"on_track": 1, "off_track": 1}
    assert (row.total, row.unreported_count, row.stale_count, row.oldest_report_on) == (3, 1, 0, days_ago(41))
    assert (row.worst_status, row.worst_row.strategy, row.bodies) == ("off_track", strategy, [cast.body])
    assert row.pending_count == 0
    assert row.sentence == (
        "1 of 3 strategies on track. Off track: 1. Not reported yet: 1. Oldest update: 41 days ago."
    )
    assert objectives.objective_rows(TODAY, cast.primary)[0].pending_count == 1


def test_the_latest_published_update_is_the_current_one(cast, strategy):
    publish(strategy, "off_track", days=50)
    latest = publish(strategy, "on_track", days=5)
    assert strategies.published_now([strategy.pk]) == {strategy.pk: latest}


def test_a_confirmed_update_has_the_date_of_its_confirmation(cast, strategy):
    publish(strategy, days=200, confirmed_on=days_ago(1))
    (row,) = strategies.strategy_rows(TODAY, body=cast.body)
    assert not row.is_stale and row.update.last_reported_on == days_ago(1)


def test_closed_strategies_and_older_plans_are_not_counted(cast, objective, strategy):
    factories.StrategyFactory(objective=objective, body=cast.body, closed_on=TODAY)
    older = factories.ObjectiveFactory(plan=factories.PlanFactory(slug="old", is_current=False), number=1)
    factories.StrategyFactory(objective=older, body=cast.body)
    assert [row.strategy for row in strategies.strategy_rows(TODAY, body=cast.body)] == [strategy]
    assert objectives.strategy_counts() == {(objective.pk, cast.body.pk): 1}
    assert len(strategies.strategy_rows(TODAY, objective=older)) == 1


def test_a_visitor_does_not_see_a_private_organization(cast, objective):
    hidden = factories.OrganizationFactory(is_public=False)
    strategy = factories.StrategyFactory(objective=objective, body=cast.body, lead_organization=hidden)
    StrategySupport.objects.create(strategy=strategy, organization=hidden)
    assert strategies.strategy_rows(TODAY, body=cast.body)[0].lead is None
    assert objectives.contributing_organizations(objective, VISITOR) == []
    assert strategies.supporters_of(strategy, VISITOR) == []
    assert strategies.strategy_rows(TODAY, body=cast.body, person=cast.staff)[0].lead == hidden


def test_an_organization_has_what_it_leads_and_supports_now(cast, strategy):
    StrategySupport.objects.create(strategy=strategy, organization=cast.other_organization)
    former = factories.OrganizationFactory()
    StrategySupport.objects.create(strategy=strategy, organization=former, ended_on=TODAY)
    for organization, found in ((cast.organization, 1), (cast.other_organization, 1), (former, 0)):
        assert len(strategies.strategy_rows(TODAY, organization=organization)) == found


# Due updates


@pytest.mark.parametrize(("days", "due", "late"), [(70, 0, 0), (77, 1, 0), (91, 1, 0), (92, 1, 1), (120, 1, 29)])
def test_an_update_is_listed_from_two_weeks_before_it_is_due(cast, strategy, days, due, late):
    publish(strategy, days=days)
    found = updates.updates_due_for(cast.representative, TODAY)
    assert (len(found), sum(row.days_late for row in found)) == (due, late)


def test_no_update_is_due_once_one_is_submitted(cast, strategy):
    publish(strategy, days=120)
    factories.ProgressUpdateFactory(strategy=strategy, state="submitted", submitted_at=NOW, reported_on=TODAY)
    assert updates.updates_due_for(cast.representative, TODAY) == []


def test_no_update_is_due_after_a_final_status(cast, strategy):
    publish(strategy, "done", days=300)
    assert updates.updates_due_for(cast.representative, TODAY) == [] == updates.late_strategies(TODAY)


def test_an_update_is_due_from_the_chair_after_a_week(cast, strategy):
    update = publish(strategy, days=97)
    assert updates.updates_due_for(cast.chair, TODAY) == []
    update.reported_on = days_ago(98)
    update.save(update_fields=["reported_on"])
    assert len(updates.updates_due_for(cast.chair, TODAY)) == 1
    update.reported_on = days_ago(80)
    update.save(update_fields=["reported_on"])
    cast.representative.representations.update(ended_on=TODAY)
    assert [row.strategy for row in updates.updates_due_for(cast.chair, TODAY)] == [strategy]
    assert updates.updates_due_for(cast.representative, TODAY) == []


def test_a_returned_update_is_listed_for_its_author(cast, strategy):
    update = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.seated, state="returned", return_reason="Name it."
    )
    (row,) = updates.updates_due_for(cast.seated, TODAY)
    assert row.returned == update


def test_no_update_is_due_from_a_visitor_or_another_person(cast, strategy):
    assert updates.updates_due_for(VISITOR, TODAY) == updates.updates_due_for(cast.other_primary, TODAY) == []
