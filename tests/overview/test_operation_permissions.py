"""Which role may call which operation that spans apps."""

import inspect
from typing import Any

from members.models import Representation
from overview import operations
from overview.operations import Successors
from tests import factories
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role

STAFF = frozenset({"staff", "administrator"})


def merge_arguments(cast: Cast) -> dict[str, Any]:
    return {
        "source": cast.organization,
        "source_version": None,
        "target": cast.other_organization,
        "target_version": None,
        "today": TODAY,
    }


def end_arguments(cast: Cast) -> dict[str, Any]:
    return {
        "representation": Representation.objects.get(person=cast.representative),
        "version": None,
        "ended_on": TODAY,
        "reason": "Changed jobs",
        "successors": Successors(),
        "now": NOW,
        "today": TODAY,
    }


def close_arguments(cast: Cast) -> dict[str, Any]:
    return {
        "person": factories.PersonFactory(),
        "version": None,
        "reason": "Left the department",
        "handoffs": {},
        "now": NOW,
        "today": TODAY,
    }


CASES = [
    OperationCase(operations.merge_organizations, STAFF, merge_arguments),
    OperationCase(operations.end_representation, STAFF, end_arguments),
    OperationCase(operations.close_account, STAFF, close_arguments),
]


@each_role(CASES)
def test_only_staff_merge_and_offboard(cast, case, role):
    case.check(cast, role)


def test_every_operation_with_an_actor_has_a_case():
    own = inspect.getmembers(
        operations, lambda item: inspect.isfunction(item) and item.__module__ == operations.__name__
    )
    with_actor = {
        name for name, item in own if not name.startswith("_") and "actor" in inspect.signature(item).parameters
    }
    assert with_actor == {str(case) for case in CASES}
