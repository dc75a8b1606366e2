"""Every operation of the app with every role, as in the permission table of the pages."""

import inspect
from types import ModuleType
from typing import Any

from objectives.models import Milestone, Objective, ProgressUpdate, Strategy
from objectives.operations import objectives, strategies, updates
from tests import factories
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role

STAFF = frozenset({"staff", "administrator"})
MANAGERS = STAFF | {"chair"}
WRITERS = MANAGERS | {"seated", "secretary", "representative"}
MODULES: list[ModuleType] = [objectives, strategies, updates]


def objective(cast: Cast) -> Objective:
    return factories.ObjectiveFactory(number=1)


def strategy(cast: Cast) -> Strategy:
    """A strategy of the task force, with a responsible person who has no seat on it."""
    return factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )


def milestone(cast: Cast) -> Milestone:
    return Milestone.objects.create(strategy=strategy(cast), title="First step", due_on=TODAY)


def update(cast: Cast, **values: Any) -> ProgressUpdate:
    return factories.ProgressUpdateFactory(strategy=strategy(cast), author=cast.seated, **values)


def submitted(cast: Cast) -> ProgressUpdate:
    return update(cast, state="submitted", submitted_at=NOW)


def submitted_where_the_chair_publishes(cast: Cast) -> ProgressUpdate:
    cast.body.chair_may_publish = True
    cast.body.save(update_fields=["chair_may_publish"])
    return submitted(cast)


def draft_arguments(cast: Cast) -> dict[str, Any]:
    return {"strategy": strategy(cast), "status": "on_track", "narrative": "It moves.", "today": TODAY}


def others_draft_arguments(cast: Cast) -> dict[str, Any]:
    draft = update(cast)
    values = {"status": "on_track", "narrative": "It moves.", "today": TODAY}
    return {"strategy": draft.strategy, "update": draft, "version": draft.version, **values}


def published_strategy(cast: Cast) -> Strategy:
    return update(cast, state="published", published_at=NOW).strategy


CASES: list[OperationCase] = [
    OperationCase(
        objectives.edit_objective, STAFF, lambda cast: {"objective": objective(cast), "title": "Promote data sharing"}
    ),
    OperationCase(
        strategies.add_strategy,
        MANAGERS,
        lambda cast: {
            "body": cast.body, "objective": objective(cast), "title": "Share the data", "starts_on": TODAY,
            "today": TODAY,
        },
    ),
    OperationCase(
        strategies.edit_strategy, MANAGERS, lambda cast: {"strategy": strategy(cast), "title": "New", "today": TODAY}
    ),
    OperationCase(
        strategies.close_strategy,
        MANAGERS,
        lambda cast: {"strategy": strategy(cast), "today": TODAY, "reason": "Merged"},
    ),
    OperationCase(
        strategies.reassign_strategy, STAFF, lambda cast: {"strategy": strategy(cast), "responsible_person": None}
    ),
    OperationCase(
        strategies.add_milestone,
        MANAGERS,
        lambda cast: {"strategy": strategy(cast), "title": "First step", "due_on": TODAY},
    ),
    OperationCase(
        strategies.complete_milestone, MANAGERS, lambda cast: {"milestone": milestone(cast), "today": TODAY}
    ),
    OperationCase(strategies.reopen_milestone, MANAGERS, lambda cast: {"milestone": milestone(cast)}),
    OperationCase(
        strategies.reassign_organization,
        STAFF,
        lambda cast: {
            "source": strategy(cast).lead_organization, "target": cast.other_organization, "today": TODAY,
        },
    ),
    OperationCase(updates.save_draft, WRITERS, draft_arguments),
    OperationCase(updates.save_draft, MANAGERS | {"seated"}, others_draft_arguments),
    OperationCase(
        updates.submit_update, MANAGERS | {"seated"}, lambda cast: {"update": update(cast), "now": NOW, "today": TODAY}
    ),
    OperationCase(updates.write_and_submit, WRITERS, lambda cast: {**draft_arguments(cast), "now": NOW}),
    OperationCase(
        updates.write_and_submit, MANAGERS | {"seated"}, lambda cast: {**others_draft_arguments(cast), "now": NOW}
    ),
    OperationCase(updates.publish_update, STAFF, lambda cast: {"update": submitted(cast), "now": NOW}),
    OperationCase(
        updates.publish_update,
        MANAGERS,
        lambda cast: {"update": submitted_where_the_chair_publishes(cast), "now": NOW},
    ),
    OperationCase(updates.publish_updates, STAFF, lambda cast: {"updates": [(submitted(cast), 1)], "now": NOW}),
    OperationCase(
        updates.publish_updates,
        MANAGERS,
        lambda cast: {"updates": [(submitted_where_the_chair_publishes(cast), 1)], "now": NOW},
    ),
    OperationCase(updates.return_update, STAFF, lambda cast: {"update": submitted(cast), "reason": "Name it."}),
    OperationCase(
        updates.return_update,
        MANAGERS,
        lambda cast: {"update": submitted_where_the_chair_publishes(cast), "reason": "Name it."},
    ),
    OperationCase(updates.confirm_status, WRITERS, lambda cast: {"strategy": published_strategy(cast), "today": TODAY}),
]  # fmt: skip
EXEMPT: dict[str, str] = {}


@each_role(CASES)
def test_an_operation_runs_only_for_the_allowed_roles(cast, case, role):
    case.check(cast, role)


def test_every_operation_with_an_actor_is_in_the_table():
    operations = {
        name
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and "actor" in inspect.signature(function).parameters
    }
    assert operations == {str(case) for case in CASES} | set(EXEMPT)
