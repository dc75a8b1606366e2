"""Which roles may call each operation of accounts. The same roles may post the page that leads to it."""

import inspect

from accounts import operations
from accounts.rules import PortalRole
from tests.conftest import NOW, ROLES, Cast
from tests.operation_cases import OperationCase, each_role
from tests.test_permission_table import TABLE

STAFF = frozenset({"staff", "administrator"})
ADMINISTRATORS = frozenset({"administrator"})
SIGNED_IN = frozenset(set(ROLES) - {"visitor", "deactivated"})


def new_person(cast: Cast) -> dict:
    return {"name": "New person", "email": "new@example.org"}


def member(cast: Cast) -> dict:
    return {"person": cast.seated, "version": None, "now": NOW}


def closed_member(cast: Cast) -> dict:
    return {"person": cast.deactivated, "version": None, "now": NOW}


CASES: list[OperationCase] = [
    OperationCase(operations.add_person, STAFF, new_person),
    OperationCase(operations.add_people, STAFF, lambda cast: {"rows": [new_person(cast)], "reason": "Import"}),
    OperationCase(operations.edit_person, STAFF, lambda cast: {**member(cast), "phone": "1"}),
    OperationCase(operations.edit_profile, SIGNED_IN, lambda cast: {"version": None, "phone": "1"}),
    OperationCase(operations.set_portal_role, ADMINISTRATORS, lambda cast: {**member(cast), "role": PortalRole.STAFF}),
    OperationCase(operations.deactivate_person, STAFF, lambda cast: {**member(cast), "reason": "Left"}),
    OperationCase(operations.reactivate_person, STAFF, closed_member),
    OperationCase(operations.clear_contact_fields, STAFF, lambda cast: {**member(cast), "reason": "Left"}),
    OperationCase(operations.start_viewing, STAFF, lambda cast: {"person": cast.seated, "now": NOW}),
]
# Operations that ask for no right of the actor, with the reason.
EXEMPT: dict[str, str] = {
    "end_viewing": "Ends what start_viewing allowed, also once the right to it is lost.",
    "record_export": "Records that a file was taken; the page or command that makes the file asks for the right.",
    "record_security_event": "Records an event that has happened, such as a failed sign-in without an actor.",
}
# The page that leads to each operation, and those that other operations call.
PAGES = {
    "add_person": "members:representation_add",
    "add_people": "exchange:import_apply",
    "edit_person": "members:person_edit",
    "edit_profile": "accounts:profile",
    "set_portal_role": "members:person_role",
    "deactivate_person": "overview:close_account",
    "reactivate_person": "members:person_reactivate",
    "clear_contact_fields": "records:remove_contact",
    "start_viewing": "accounts:view_as",
}


@each_role(CASES)
def test_operation_allows_the_roles_that_have_the_right(cast, case, role):
    case.check(cast, role)


def test_operations_allow_the_roles_that_may_post_their_page():
    assert {str(case): set(case.allowed) for case in CASES} == {name: TABLE[page].post for name, page in PAGES.items()}


def test_every_operation_with_an_actor_has_a_case():
    public = {
        name
        for name, function in inspect.getmembers(operations, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == operations.__name__
        and "actor" in inspect.signature(function).parameters
    }
    assert public == {str(case) for case in CASES} | set(EXEMPT)
