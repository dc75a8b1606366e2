"""Which roles may call each operation of action items. The same roles may open its page."""

import datetime as dt
import inspect

from actionitems import operations
from actionitems.models import ActionItem
from tests import factories
from tests.conftest import TODAY, Cast
from tests.operation_cases import OperationCase, each_role
from tests.test_permission_table import TABLE

STAFF = frozenset({"staff", "administrator"})
EDITORS = STAFF | {"chair"}
OWNERS = EDITORS | {"representative", "primary", "alternate"}
SEATED = EDITORS | {"seated", "secretary"}
LATER = dt.date(2026, 12, 20)


def item_of(cast: Cast) -> ActionItem:
    return factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )


def addition(cast: Cast) -> dict:
    return {"body": cast.body, "today": TODAY, "text": "Send the list", "due_on": LATER, "owner_person": cast.seated}


def change(cast: Cast) -> dict:
    return {"item": item_of(cast), "version": None, "today": TODAY, "text": "Send both lists"}


def new_status(cast: Cast) -> dict:
    return {"item": item_of(cast), "status": "in_progress", "today": TODAY}


def completion(cast: Cast) -> dict:
    return {"item": item_of(cast), "today": TODAY}


def new_date(cast: Cast) -> dict:
    return {"item": item_of(cast), "due_on": LATER, "today": TODAY}


def handover(cast: Cast) -> dict:
    factories.RepresentationFactory(organization=cast.organization, kind="alternate")
    return {"item": item_of(cast)}


def merge(cast: Cast) -> dict:
    return {"source": cast.other_organization, "target": cast.organization, "today": TODAY}


def departure(cast: Cast) -> dict:
    return {"item": item_of(cast), "organization": cast.organization, "successor": cast.seated}


CASES: list[OperationCase] = [
    OperationCase(operations.add, SEATED, addition),
    OperationCase(operations.edit, EDITORS, change),
    OperationCase(operations.change_status, OWNERS, new_status),
    OperationCase(operations.complete, OWNERS, completion),
    OperationCase(operations.postpone, OWNERS, new_date),
    OperationCase(operations.reassign_to_alternate, OWNERS - STAFF, handover),
    OperationCase(operations.reassign_organization, STAFF, merge),
    OperationCase(operations.reassign, STAFF, departure),
]
# Operations that no person has a right to, with the reason.
EXEMPT: dict[str, str] = {}
# The page that leads to each operation; only an email link leads to `reassign_to_alternate`.
PAGES = {
    "add": "actionitems:add",
    "edit": "actionitems:edit",
    "change_status": "actionitems:change_status",
    "complete": "actionitems:done",
    "postpone": "actionitems:change_status",
    "reassign_organization": "overview:merge",
    "reassign": "overview:end_representation",
}


@each_role(CASES)
def test_operation_allows_the_roles_that_have_the_right(cast, case, role):
    case.check(cast, role)


def test_operations_allow_the_roles_that_may_post_their_page():
    allowed = {str(case): set(case.allowed) for case in CASES if str(case) != "reassign_to_alternate"}
    assert allowed == {name: TABLE[page].post for name, page in PAGES.items()}


def test_every_operation_with_an_actor_has_a_case():
    public = {
        name
        for name, function in inspect.getmembers(operations, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == operations.__name__
        and "actor" in inspect.signature(function).parameters
    }
    assert public == {str(case) for case in CASES} | set(EXEMPT)
