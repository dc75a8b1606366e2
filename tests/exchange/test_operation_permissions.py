"""The roles that may call each operation on imports and exports."""

import inspect

from exchange import operations
from exchange.bundle.scope import Scope
from exchange.models import ImportJob
from exchange.plans import plan_fingerprint
from exchange.workbook import plan_import
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role

STAFF = frozenset({"staff", "administrator"})
TABLES = [["People", ["Email", "Person"], [[2, "new@example.org", "New person"]]]]


def job(cast: Cast) -> ImportJob:
    return ImportJob.objects.create(started_by=cast.staff, started_at=NOW, file_name="x", tables=TABLES, total=1)


CASES = [
    OperationCase(
        operations.start_import, STAFF, lambda cast: {"file_name": "x", "tables": TABLES, "total": 1, "now": NOW}
    ),
    OperationCase(
        operations.confirm_import,
        STAFF,
        lambda cast: {
            "job": job(cast),
            "fingerprint": plan_fingerprint(plan_import(TABLES, cast.staff, TODAY).rows),
            "leave_out": False,
            "now": NOW,
        },
    ),
    OperationCase(operations.cancel_import, STAFF, lambda cast: {"job": job(cast), "now": NOW}),
    OperationCase(
        operations.export_records,
        STAFF,
        lambda cast: {"scope": Scope(organization=cast.organization), "now": NOW, "today": TODAY},
    ),
]


@each_role(CASES)
def test_only_staff_import_and_export(cast, case, role):
    case.check(cast, role)


def test_every_operation_with_an_actor_has_a_case():
    own = inspect.getmembers(
        operations, lambda item: inspect.isfunction(item) and item.__module__ == operations.__name__
    )
    with_actor = {
        name for name, item in own if not name.startswith("_") and "actor" in inspect.signature(item).parameters
    }
    assert with_actor == {str(case) for case in CASES}
