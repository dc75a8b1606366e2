"""What pages read: counts from what is published only, at one number of queries whatever the number of rows."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from objectives import queries
from objectives.models import Milestone, StrategySupport
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


def more(cast, objective, count):
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


def count(ask):
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


READS = {
    "objective_rows": lambda cast: queries.objective_rows(TODAY, cast.seated),
    "strategy_rows": lambda cast: queries.strategy_rows(TODAY, body=cast.body, person=cast.seated),
    "strategy_rows of an organization": lambda cast: queries.strategy_rows(TODAY, organization=cast.organization),
    "updates_due_for": lambda cast: queries.updates_due_for(cast.representative, TODAY),
    "updates_page": lambda cast: queries.updates_page(cast.chair, TODAY),
    "late_strategies": lambda cast: [row.strategy.body.name for row in queries.late_strategies(TODAY)],
    "publication_queue": lambda cast: [u.author.name for u, _ in queries.publication_queue(cast.staff)],
    "latest_published": lambda cast: [u.strategy.body.name for u in queries.latest_published(5)],
    "diary": lambda cast: [u.strategy.title for u in queries.update_history(cast.body, cast.seated, 9)],
    "grid": lambda cast: queries.grid(),
}


@pytest.mark.parametrize("name", READS)
def test_the_number_of_queries_is_the_same_for_one_row_and_for_three(cast, objective, name):
    more(cast, objective, 1)
    once = count(lambda: READS[name](cast))
    more(cast, objective, 2)
    assert count(lambda: READS[name](cast)) == once


def test_an_objective_counts_published_words_only_and_shows_the_worst(cast, objective, strategy):
    publish(strategy, "off_track", days=41)
    other = factories.StrategyFactory(objective=objective, body=cast.body)
    publish(other, "on_track")
    factories.ProgressUpdateFactory(strategy=other, state="submitted", status="off_track", submitted_at=NOW)
    factories.StrategyFactory(objective=objective, body=cast.body)
    (row,) = queries.objective_rows(TODAY, VISITOR)
    assert row.sentence == ("1 of 3 strategies on track, one off track, one not reported yet, oldest word 41 days old.")
    assert (row.worst, row.worst_row.strategy, row.bodies, row.waiting_count) == ("off_track", strategy, [cast.body], 0)
    assert queries.objective_rows(TODAY, cast.primary)[0].waiting_count == 1


def test_the_latest_published_word_speaks_for_a_strategy(cast, strategy):
    publish(strategy, "off_track", days=50)
    latest = publish(strategy, "on_track", days=5)
    assert queries.published_now([strategy.pk]) == {strategy.pk: latest}


def test_a_confirmed_word_is_as_young_as_its_confirmation(cast, strategy):
    publish(strategy, days=200, confirmed_on=days_ago(1))
    (row,) = queries.strategy_rows(TODAY, body=cast.body)
    assert not row.stale and row.update.last_reported_on == days_ago(1)


def test_closed_strategies_and_those_of_older_plans_leave_the_counts(cast, objective, strategy):
    factories.StrategyFactory(objective=objective, body=cast.body, closed_on=TODAY)
    older = factories.ObjectiveFactory(plan=factories.PlanFactory(slug="old", is_current=False), number=1)
    factories.StrategyFactory(objective=older, body=cast.body)
    assert [row.strategy for row in queries.strategy_rows(TODAY, body=cast.body)] == [strategy]
    assert queries.grid() == {(objective.pk, cast.body.pk): 1}
    assert len(queries.strategy_rows(TODAY, objective=older)) == 1


def test_an_organization_that_is_not_public_is_not_named_to_a_visitor(cast, objective):
    hidden = factories.OrganizationFactory(is_public=False)
    strategy = factories.StrategyFactory(objective=objective, body=cast.body, lead_organization=hidden)
    StrategySupport.objects.create(strategy=strategy, organization=hidden)
    assert queries.strategy_rows(TODAY, body=cast.body)[0].lead is None
    assert queries.contributing_organizations(objective, VISITOR) == []
    assert queries.supporters_of(strategy, VISITOR) == []
    assert queries.strategy_rows(TODAY, body=cast.body, person=cast.staff)[0].lead == hidden


def test_an_organization_carries_what_it_leads_and_what_it_supports_now(cast, strategy):
    StrategySupport.objects.create(strategy=strategy, organization=cast.other_organization)
    gone = factories.OrganizationFactory()
    StrategySupport.objects.create(strategy=strategy, organization=gone, ended_on=TODAY)
    for organization, found in ((cast.organization, 1), (cast.other_organization, 1), (gone, 0)):
        assert len(queries.strategy_rows(TODAY, organization=organization)) == found


# What is owed


@pytest.mark.parametrize(("days", "owed", "late"), [(70, 0, 0), (77, 1, 0), (91, 1, 0), (92, 1, 1), (120, 1, 29)])
def test_the_responsible_person_owes_two_weeks_ahead_and_then_until_it_is_said(cast, strategy, days, owed, late):
    publish(strategy, days=days)
    found = queries.updates_due_for(cast.representative, TODAY)
    assert (len(found), sum(row.days_late for row in found)) == (owed, late)


def test_a_submitted_word_settles_what_is_owed(cast, strategy):
    publish(strategy, days=120)
    factories.ProgressUpdateFactory(strategy=strategy, state="submitted", submitted_at=NOW, reported_on=TODAY)
    assert queries.updates_due_for(cast.representative, TODAY) == []


def test_what_is_done_owes_nothing(cast, strategy):
    publish(strategy, "done", days=300)
    assert queries.updates_due_for(cast.representative, TODAY) == [] == queries.late_strategies(TODAY)


def test_the_chair_owes_only_after_a_week_and_at_once_where_nobody_answers(cast, strategy):
    update = publish(strategy, days=97)
    assert queries.updates_due_for(cast.chair, TODAY) == []
    update.reported_on = days_ago(98)
    update.save(update_fields=["reported_on"])
    assert len(queries.updates_due_for(cast.chair, TODAY)) == 1
    update.reported_on = days_ago(80)
    update.save(update_fields=["reported_on"])
    cast.representative.representations.update(ended_on=TODAY)
    assert [row.strategy for row in queries.updates_due_for(cast.chair, TODAY)] == [strategy]
    assert queries.updates_due_for(cast.representative, TODAY) == []


def test_what_was_returned_is_owed_by_its_author(cast, strategy):
    update = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.seated, state="returned", return_reason="Name it."
    )
    (row,) = queries.updates_due_for(cast.seated, TODAY)
    assert row.returned == update


def test_a_visitor_and_a_person_without_a_strategy_owe_nothing(cast, strategy):
    assert queries.updates_due_for(VISITOR, TODAY) == queries.updates_due_for(cast.other_primary, TODAY) == []
