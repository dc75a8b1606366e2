"""Which role may call which operation on the workgroup, bodies, seats, terms and requirements."""

import datetime as dt
import inspect
from typing import Any

import pytest

from taskforces import operations
from taskforces.models import HistoryEvent, Requirement, Seat, Term
from tests import factories
from tests.conftest import TODAY, Cast
from tests.operation_cases import OperationCase, each_role

STAFF = frozenset({"staff", "administrator"})
LEADERS = STAFF | {"chair"}


def vacant_seat(cast: Cast) -> Seat:
    return factories.SeatFactory(body=cast.body, organization=cast.organization)


def term(cast: Cast) -> Term:
    return Term.objects.get(person=cast.seated)


def requirement(cast: Cast) -> Requirement:
    return Requirement.objects.create(body=cast.body, region="northern", since_on=TODAY)


def history_event(cast: Cast) -> HistoryEvent:
    return HistoryEvent.objects.create(
        workgroup=cast.body.workgroup, key="start", when="Jan 2014", starts_on=TODAY, event="Start", source="Minutes"
    )


def event_values() -> dict[str, Any]:
    return {"when": "Feb 2015", "starts_on": TODAY, "event": "First meeting", "source": "Minutes"}


def merge(cast: Cast) -> dict[str, Any]:
    return {"source": cast.organization, "target": cast.other_organization, "today": TODAY}


CASES: list[OperationCase] = [
    OperationCase(
        operations.edit_workgroup,
        STAFF,
        lambda cast: {"workgroup": cast.body.workgroup, "version": None, "program": "Example program"},
    ),
    OperationCase(
        operations.add_history_event, STAFF, lambda cast: {"workgroup": cast.body.workgroup, **event_values()}
    ),
    OperationCase(
        operations.edit_history_event,
        STAFF,
        lambda cast: {"row": history_event(cast), "version": None, "event": "First meeting"},
    ),
    OperationCase(
        operations.add_body,
        STAFF,
        lambda cast: {"workgroup": cast.body.workgroup, "name": "Prevention", "slug": "prevention"},
    ),
    OperationCase(
        operations.edit_body, STAFF, lambda cast: {"body": cast.body, "version": None, "focus": "Another focus."}
    ),
    OperationCase(
        operations.add_seat,
        LEADERS,
        lambda cast: {"body": cast.body, "role": "member", "organization": cast.organization},
    ),
    OperationCase(
        operations.close_seat, LEADERS, lambda cast: {"seat": vacant_seat(cast), "version": None, "today": TODAY}
    ),
    OperationCase(
        operations.fill_seat,
        LEADERS,
        lambda cast: {
            "seat": vacant_seat(cast),
            "person": cast.alternate,
            "starts_on": TODAY,
            "planned_end_on": None,
            "today": TODAY,
        },
    ),
    OperationCase(
        operations.renew_term,
        LEADERS,
        lambda cast: {
            "term": term(cast),
            "version": None,
            "planned_end_on": TODAY + dt.timedelta(days=90),
            "today": TODAY,
        },
    ),
    OperationCase(
        operations.end_term,
        LEADERS,
        lambda cast: {"term": term(cast), "version": None, "ended_on": TODAY, "reason": "Left", "today": TODAY},
    ),
    OperationCase(
        operations.replace_member,
        LEADERS,
        lambda cast: {"term": term(cast), "successor": cast.alternate, "ended_on": TODAY, "reason": "Left"},
    ),
    OperationCase(operations.reassign_organization, STAFF, merge),
    OperationCase(
        operations.add_requirement,
        STAFF,
        lambda cast: {"body": cast.body, "sector": None, "region": "northern", "minimum": 1, "today": TODAY},
    ),
    OperationCase(
        operations.change_requirement,
        STAFF,
        lambda cast: {"requirement": requirement(cast), "version": None, "minimum": 2},
    ),
    OperationCase(operations.end_requirement, STAFF, lambda cast: {"requirement": requirement(cast), "today": TODAY}),
]
EXEMPT: dict[str, str] = {}


@each_role(CASES)
def test_only_the_allowed_roles_may_call_an_operation(cast, case, role):
    case.check(cast, role)


def test_every_operation_with_an_actor_has_a_case():
    own = inspect.getmembers(
        operations, lambda item: inspect.isfunction(item) and item.__module__ == operations.__name__
    )
    with_actor = {
        name for name, item in own if not name.startswith("_") and "actor" in inspect.signature(item).parameters
    }
    assert with_actor == {str(case) for case in CASES} | set(EXEMPT)


@pytest.mark.parametrize("case", [case for case in CASES if "chair" in case.allowed], ids=str)
def test_a_chair_may_not_change_the_roster_of_another_body(cast, case):
    other = factories.BodyFactory(slug="other", name="Other")
    Seat.objects.filter(terms__person=cast.chair).update(body=other)
    OperationCase(case.operation, STAFF, case.arguments).check(cast, "chair")
