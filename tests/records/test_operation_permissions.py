"""Which role may call which operation on legal holds and contact data."""

import datetime as dt
import inspect

from records import operations
from records.models import LegalHold
from tests import factories
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role

STAFF = frozenset({"staff", "administrator"})


def hold(cast: Cast) -> LegalHold:
    return LegalHold.objects.create(
        matter="Case 7", organization=cast.organization, placed_by=cast.staff, placed_at=NOW
    )


def former_person(cast: Cast):
    person = factories.PersonFactory()
    factories.RepresentationFactory(
        organization=cast.organization, person=person, starts_on=dt.date(2020, 1, 1), ended_on=dt.date(2023, 1, 31)
    )
    return person


CASES: list[OperationCase] = [
    OperationCase(
        operations.place_hold, STAFF, lambda cast: {"matter": "Case 7", "organization": cast.organization, "now": NOW}
    ),
    OperationCase(
        operations.lift_hold, STAFF, lambda cast: {"hold": hold(cast), "version": None, "reason": "Closed", "now": NOW}
    ),
    OperationCase(
        operations.remove_contact,
        STAFF,
        lambda cast: {"person": former_person(cast), "version": None, "now": NOW, "today": TODAY},
    ),
    OperationCase(
        operations.reassign_organization,
        STAFF,
        lambda cast: {"source": cast.organization, "target": cast.other_organization, "today": TODAY},
    ),
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
