"""Operations on objectives, strategies, their supporting organizations and milestones."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.operations import EditConflictError, OperationNotAllowedError
from objectives.models import Strategy, StrategySupport
from objectives.operations import strategies as operations
from objectives.operations.objectives import edit_objective
from tests import factories
from tests.conftest import TODAY
from tests.objectives.operations.checks import assert_history


def add(cast, **values):
    values = {
        "objective": factories.ObjectiveFactory(), "title": "Share the data", "starts_on": TODAY,
        "lead_organization": cast.organization, "responsible_person": cast.representative, **values,
    }  # fmt: skip
    return operations.add_strategy(actor=cast.chair, body=cast.body, today=TODAY, **values)


def supporters(strategy):
    return {support.organization for support in strategy.supports.filter(ended_on=None)}


def test_a_strategy_is_added_with_its_supporters(cast):
    strategy = add(cast, supports=[cast.other_organization])
    assert supporters(strategy) == {cast.other_organization}
    assert_history(strategy, cast.chair)
    assert_history(strategy.supports.get(), cast.chair)


def test_a_dissolved_body_takes_no_strategy(cast):
    cast.body.dissolved_on = TODAY
    cast.body.save(update_fields=["dissolved_on"])
    with pytest.raises(OperationNotAllowedError):
        operations.add_strategy(actor=cast.staff, body=cast.body, today=TODAY, title="Share the data")
    with pytest.raises(PermissionDenied):
        add(cast)


def test_a_lead_does_not_support_itself(cast):
    assert supporters(add(cast, supports=[cast.organization])) == set()


def test_the_responsible_person_represents_the_lead_organization(cast):
    with pytest.raises(OperationNotAllowedError):
        add(cast, responsible_person=cast.other_primary)
    with pytest.raises(OperationNotAllowedError):
        add(cast, lead_organization=None)
    assert not Strategy.objects.exists()


def test_a_due_date_before_the_start_is_refused(cast):
    with pytest.raises(ValidationError):
        add(cast, due_on=TODAY - dt.timedelta(days=1))


def test_a_removed_supporter_is_ended_and_kept(cast):
    strategy = add(cast, supports=[cast.other_organization])
    operations.edit_strategy(actor=cast.chair, strategy=strategy, today=TODAY, supports=[])
    assert supporters(strategy) == set()
    assert StrategySupport.objects.get(strategy=strategy).ended_on == TODAY


def test_two_edits_of_only_the_supporters_conflict(cast):
    strategy = add(cast)
    operations.edit_strategy(
        actor=cast.chair, strategy=strategy, today=TODAY, supports=[cast.other_organization], version=1
    )
    with pytest.raises(EditConflictError):
        operations.edit_strategy(actor=cast.staff, strategy=strategy, today=TODAY, supports=[], version=1)
    assert_history(strategy, cast.chair)


def test_a_closed_strategy_keeps_its_reason_and_does_not_change(cast, strategy):
    closed = operations.close_strategy(actor=cast.chair, strategy=strategy, today=TODAY, reason="Merged")
    assert (closed.closed_on, closed.close_reason) == (TODAY, "Merged")
    assert_history(closed, cast.chair)
    for actor in (cast.chair, cast.staff):
        with pytest.raises(PermissionDenied):
            operations.close_strategy(actor=actor, strategy=strategy, today=TODAY, reason="Again")
        with pytest.raises(PermissionDenied):
            operations.edit_strategy(actor=actor, strategy=strategy, today=TODAY, title="Again")
        with pytest.raises(PermissionDenied):
            operations.add_milestone(actor=actor, strategy=strategy, title="Again", due_on=TODAY)


def test_a_strategy_that_has_not_started_is_not_closed(cast, strategy):
    with pytest.raises(OperationNotAllowedError):
        operations.close_strategy(
            actor=cast.chair, strategy=strategy, today=strategy.starts_on - dt.timedelta(days=1), reason="Too early"
        )


def test_a_milestone_is_added_reached_and_reopened(cast, strategy):
    milestone = operations.add_milestone(actor=cast.chair, strategy=strategy, title="Agreed", due_on=TODAY)
    reached = operations.complete_milestone(actor=cast.chair, milestone=milestone, today=TODAY, version=1)
    assert reached.done_on == TODAY
    assert_history(reached, cast.chair)
    with pytest.raises(EditConflictError):
        operations.reopen_milestone(actor=cast.chair, milestone=milestone, version=1)
    assert operations.reopen_milestone(actor=cast.chair, milestone=milestone).done_on is None


def test_an_objective_is_edited_with_history(cast):
    objective = factories.ObjectiveFactory(title="Old title")
    assert_history(edit_objective(actor=cast.staff, objective=objective, title="New title"), cast.staff)


# Reassigning


def test_a_strategy_is_reassigned_even_in_an_older_plan(cast):
    older = factories.ObjectiveFactory(plan=factories.PlanFactory(slug="old", is_current=False))
    strategy = factories.StrategyFactory(
        objective=older, body=cast.body, lead_organization=cast.organization, responsible_person=cast.primary
    )
    with pytest.raises(OperationNotAllowedError):
        operations.reassign_strategy(actor=cast.staff, strategy=strategy, responsible_person=cast.other_primary)
    row = operations.reassign_strategy(actor=cast.staff, strategy=strategy, responsible_person=cast.representative)
    assert row.responsible_person == cast.representative
    assert_history(row, cast.staff)
    row = operations.reassign_strategy(actor=cast.staff, strategy=strategy, responsible_person=None)
    assert row.responsible_person is None


def test_merging_reassigns_led_and_supported_strategies_once(cast, strategy):
    old, new = cast.organization, cast.other_organization
    both = add(cast, lead_organization=None, responsible_person=None, supports=[old, new])
    operations.reassign_organization(actor=cast.staff, source=old, target=new, today=TODAY)
    assert not Strategy.objects.filter(lead_organization=old).exists()
    assert not StrategySupport.objects.filter(organization=old).exists()
    assert supporters(both) == {new}
