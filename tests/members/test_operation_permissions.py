"""Which roles may call each operation of members. The same roles may post the page that leads to it."""

import inspect
import pkgutil
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied

from core.operations import OperationNotAllowedError
from members import operations
from members.models import FormerName, Proposal
from members.operations import confirmations, invitations, on_behalf, organizations, representations
from members.operations.on_behalf import OnBehalf
from members.rules import ConfirmedVia, JoinRequestState, OrganizationStatus, RepresentationKind
from tests import factories
from tests.conftest import NOW, TODAY, Cast
from tests.operation_cases import OperationCase, each_role
from tests.test_permission_table import TABLE

STAFF = frozenset({"staff", "administrator"})
MANAGERS = frozenset({"primary", "alternate"})


def request(cast: Cast) -> dict:
    return {"organization": cast.organization, "now": NOW, "today": TODAY}


def confirmation(cast: Cast) -> dict:
    return {**request(cast), "via": ConfirmedVia.SIGNED_IN}


def changes(cast: Cast) -> dict:
    values = {"organization": cast.organization, "version": None, "values": {"acronym": "DOX"}, "note": "", "now": NOW}
    return {**values, "people_note": ""}


def former_member(cast: Cast) -> dict:
    return {"person": factories.PersonFactory(), "version": None, "reason": "Left", "now": NOW}


def invitation(cast: Cast) -> dict:
    values = {"organization": cast.organization, "email": "new@example.org", "name": "New person", "now": NOW}
    return {**values, "kind": RepresentationKind.REPRESENTATIVE}


def open_invitation(cast: Cast) -> dict:
    return {"invitation": operations.invite(actor=cast.staff, **invitation(cast)), "now": NOW}


def listed_people(cast: Cast) -> dict:
    person = factories.PersonFactory(can_sign_in=False)
    row = factories.RepresentationFactory(organization=cast.organization, person=person)
    return {"representations": [row], "now": NOW}


def join_request(state: str = JoinRequestState.WAITING) -> dict:
    return {"request": factories.JoinRequestFactory(state=state), "version": None}


def accepted_request(cast: Cast) -> dict:
    return {**join_request(), "organization": None, "invites": True, "answer": "", "now": NOW}


def told_by_phone(cast: Cast) -> dict:
    return {"on_behalf": OnBehalf(cast.primary, "phone", NOW)}


def new_organization(cast: Cast) -> dict:
    return {"name": "New organization", "sector": cast.organization.sector, "today": TODAY}


def edited(cast: Cast) -> dict:
    return {"organization": cast.organization, "version": None, "today": TODAY, "acronym": "DOX"}


def leave(cast: Cast) -> dict:
    values = {"organization": cast.organization, "version": None, "status": OrganizationStatus.ON_LEAVE}
    return {**values, "since_on": TODAY, "reason": "Asked to pause", "now": NOW, "today": TODAY}


def former_name(cast: Cast) -> dict:
    return {"name": "Former name", "until_on": None, "today": TODAY}


def corrected_name(cast: Cast) -> dict:
    former = FormerName.objects.create(organization=cast.organization, name="Fromer name")
    return {**former_name(cast), "former": former, "version": None}


def merge(cast: Cast) -> dict:
    return {"source": cast.other_organization, "target": cast.organization, "today": TODAY}


def open_proposal(cast: Cast) -> dict:
    proposal = Proposal.objects.create(
        organization=cast.organization,
        proposed_by=cast.primary,
        proposed_at=NOW,
        values={"acronym": "DOX"},
        seen={"acronym": cast.organization.acronym},
    )
    return {"proposal": proposal, "version": None, "now": NOW}


def representation(cast: Cast) -> dict:
    values = {"organization": cast.other_organization, "person": cast.seated, "kind": RepresentationKind.ALTERNATE}
    return {**values, "starts_on": TODAY, "today": TODAY, "planned_end_on": None}


def imported_organization(cast: Cast) -> dict:
    return {"rows": [{"key": "new", "name": "New", "sector": cast.organization.sector}], "reason": "Import"}


def imported_representation(cast: Cast) -> dict:
    row = {"key": "other", "email": cast.seated.email, "kind": RepresentationKind.ALTERNATE, "starts_on": TODAY}
    return {"rows": [row], "reason": "Import", "today": TODAY}


def correction(cast: Cast) -> dict:
    values = {"representation": cast.seated.representations.get(), "version": None, "reason": "Import"}
    return {**values, "today": TODAY, "kind": RepresentationKind.ALTERNATE}


def appointment(cast: Cast) -> dict:
    return {**representation(cast), "person": None, "name": "New person", "email": "new@example.org", "position": ""}


def departure(cast: Cast) -> dict:
    values = {"representation": cast.seated.representations.get(), "ended_on": TODAY}
    return {**values, "reason": "Left", "today": TODAY}


CASES: list[OperationCase] = [
    OperationCase(operations.request_confirmation, STAFF, request),
    OperationCase(operations.request_all_confirmations, STAFF, lambda cast: {"now": NOW, "today": TODAY}),
    OperationCase(operations.confirm_organization, MANAGERS, confirmation),
    OperationCase(
        operations.confirm_with_changes, MANAGERS, lambda cast: {**changes(cast), "via": "signed_in", "today": TODAY}
    ),
    OperationCase(operations.remove_contact, STAFF, former_member),
    OperationCase(operations.invite, STAFF, invitation),
    OperationCase(operations.invite_all, STAFF, listed_people),
    OperationCase(operations.resend, STAFF, open_invitation),
    OperationCase(
        operations.resend_all, STAFF, lambda cast: {"invitations": [open_invitation(cast)["invitation"]], "now": NOW}
    ),
    OperationCase(operations.revoke, STAFF, open_invitation),
    OperationCase(operations.accept_join_request, STAFF, accepted_request),
    OperationCase(operations.decline_join_request, STAFF, lambda cast: {**join_request(), "answer": "", "now": NOW}),
    OperationCase(operations.mark_join_request_spam, STAFF, lambda cast: {**join_request(), "now": NOW}),
    OperationCase(operations.reopen_join_request, STAFF, lambda cast: join_request(JoinRequestState.SPAM)),
    OperationCase(operations.represented_person, STAFF, told_by_phone),
    OperationCase(
        operations.record_act_on_behalf,
        STAFF,
        lambda cast: {**told_by_phone(cast), "row": cast.organization, "what": "Confirmed"},
    ),
    OperationCase(operations.add_organization, STAFF, new_organization),
    OperationCase(organizations.add_organizations, STAFF, imported_organization),
    OperationCase(operations.edit_organization, STAFF, edited),
    OperationCase(operations.change_status, STAFF, leave),
    OperationCase(
        operations.add_former_name, STAFF, lambda cast: {**former_name(cast), "organization": cast.organization}
    ),
    OperationCase(operations.edit_former_name, STAFF, corrected_name),
    OperationCase(operations.reassign_organization, STAFF, merge),
    OperationCase(operations.propose, MANAGERS, changes),
    OperationCase(operations.accept_proposal, STAFF, lambda cast: {**open_proposal(cast), "today": TODAY}),
    OperationCase(operations.decline_proposal, STAFF, lambda cast: {**open_proposal(cast), "answer": "No"}),
    OperationCase(operations.add_representation, STAFF, representation),
    OperationCase(representations.add_representations, STAFF, imported_representation),
    OperationCase(representations.correct_representation, STAFF, correction),
    OperationCase(operations.appoint_representative, STAFF, appointment),
    OperationCase(operations.end_representation, STAFF, departure),
]
# Operations that ask for no right of the actor, with the reason.
EXEMPT: dict[str, str] = {
    "submit_join_request": "The form is public. The actor is only named in the history if someone is signed in.",
    "set_status": "A step of operations that have checked the right, one of them an invited person's acceptance.",
    "start_status_period": "A step of operations that have checked the right.",
    "correct_status_period": "A step of operations that have checked the right.",
    "add_first_status_periods": "A step of operations that have checked the right.",
    "cancel_confirmation": "A step of operations that have checked the right.",
}
# The page that leads to each operation.
PAGES = {
    "request_confirmation": "overview:ask_organizations",
    "request_all_confirmations": "overview:ask_organizations",
    "confirm_organization": "members:confirm",
    "confirm_with_changes": "members:confirm",
    "remove_contact": "records:remove_contact",
    "invite": "members:invite",
    "invite_all": "members:invite_all",
    "resend": "members:invitation_resend",
    "resend_all": "members:resend_all",
    "revoke": "members:invitation_revoke",
    "accept_join_request": "members:join_request",
    "decline_join_request": "members:join_request_decline",
    "mark_join_request_spam": "members:join_request_spam",
    "reopen_join_request": "members:join_request_reopen",
    "represented_person": "members:confirm_on_behalf",
    "record_act_on_behalf": "members:confirm_on_behalf",
    "add_organization": "members:organization_add",
    "add_organizations": "exchange:import_apply",
    "edit_organization": "members:organization_edit",
    "change_status": "members:organization_status",
    "add_former_name": "members:former_name_add",
    "edit_former_name": "members:former_name_edit",
    "reassign_organization": "overview:merge",
    "propose": "members:propose",
    "accept_proposal": "members:proposal",
    "decline_proposal": "members:proposal",
    "add_representation": "members:representation_add",
    "add_representations": "exchange:import_apply",
    "correct_representation": "exchange:import_apply",
    "appoint_representative": "members:representation_add",
    "end_representation": "overview:end_representation",
}


@each_role(CASES)
def test_operation_allows_the_roles_that_have_the_right(cast, case, role):
    case.check(cast, role)


def test_operations_allow_the_roles_that_may_post_their_page():
    assert {str(case): set(case.allowed) for case in CASES} == {name: TABLE[page].post for name, page in PAGES.items()}


def test_every_operation_with_an_actor_has_a_case():
    modules = {info.name for info in pkgutil.iter_modules(operations.__path__)}
    public = {
        name
        for module in (import_module(f"members.operations.{name}") for name in modules)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if not name.startswith("_")
        and function.__module__ == module.__name__
        and "actor" in inspect.signature(function).parameters
    }
    assert public == {str(case) for case in CASES} | set(EXEMPT)


@pytest.mark.parametrize("role", ["primary", "alternate", "executive"])
def test_contacts_may_confirm_by_their_link(cast, role):
    values = {**request(cast), "via": ConfirmedVia.LINK}
    assert confirmations.confirm_organization(actor=cast.people[role], **values).confirmed_by == cast.people[role]


@pytest.mark.parametrize("role", ["representative", "other_primary", "staff", "deactivated"])
@pytest.mark.parametrize("is_change", [False, True])
def test_others_may_not_confirm_by_a_link(cast, role, is_change):
    values = {**request(cast), "via": ConfirmedVia.LINK}
    operation = confirmations.confirm_with_changes if is_change else confirmations.confirm_organization
    if is_change:
        values |= {"version": None, "values": {"acronym": "DOX"}, "people_note": "", "note": ""}
    with pytest.raises(PermissionDenied):
        operation(actor=cast.people[role], **values)


def test_a_closed_contact_may_not_confirm_by_link(cast):
    cast.primary.is_active = False
    cast.primary.save(update_fields=["is_active"])
    with pytest.raises(PermissionDenied):
        confirmations.confirm_organization(actor=cast.primary, **request(cast), via=ConfirmedVia.LINK)


def test_staff_enter_nothing_on_behalf_of_themselves(cast):
    with pytest.raises(PermissionDenied):
        on_behalf.represented_person(cast.staff, OnBehalf(cast.staff, "phone", NOW))


def test_the_system_may_manage_membership(cast):
    assert operations.request_confirmation(actor=None, **request(cast)).asked_by is None


def test_a_bulk_invitation_continues_after_a_refusal(cast):
    rows = [cast.primary.representations.get(), listed_people(cast)["representations"][0]]
    results = invitations.invite_all(actor=cast.staff, representations=rows, now=NOW)
    assert (len(results.invitations), len(results.refusals)) == (1, 1)
    with pytest.raises(OperationNotAllowedError):
        operations.invite(actor=cast.staff, **{**invitation(cast), "email": rows[0].person.email, "kind": "primary"})
