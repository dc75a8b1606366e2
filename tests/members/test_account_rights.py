"""Every operation on a person, for every portal role and state of the person's account.

Only an administrator may manage an account that was given a portal role, whatever the state of the account: a closed
administrator whom staff could edit and reopen would give them an administrator's account.
"""

import pytest
from django.core.exceptions import PermissionDenied

from accounts import operations as accounts
from accounts.models import Person
from accounts.rules import PortalRole, SecurityEventKind
from core.operations import OperationNotAllowedError
from members import operations
from members.models import Invitation
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

STATES = {
    "active": {"can_sign_in": True, "is_active": True},
    "listed": {"can_sign_in": False, "is_active": True},
    "invited": {"can_sign_in": False, "is_active": True},
    "closed": {"can_sign_in": True, "is_active": False},
    "closed before sign-in": {"can_sign_in": False, "is_active": False},
}
ROLES = [PortalRole.NONE, PortalRole.STAFF, PortalRole.ADMINISTRATOR]


def edit(actor, person, cast):
    accounts.edit_person(actor=actor, person=person, version=None, now=NOW, email="taken@example.org")


def close(actor, person, cast):
    accounts.deactivate_person(actor=actor, person=person, version=None, reason="Left", now=NOW)


def reopen(actor, person, cast):
    accounts.reactivate_person(actor=actor, person=person, version=None, now=NOW)


def remove_contact(actor, person, cast):
    operations.remove_contact(actor=actor, person=person, version=None, reason="Left", now=NOW)


def invite(actor, person, cast):
    values = {"organization": cast.other_organization, "kind": "representative", "name": person.name, "now": NOW}
    Invitation.objects.all().delete()
    operations.invite(actor=actor, email=person.email, **values)


def invite_all(actor, person, cast):
    Invitation.objects.all().delete()
    row = factories.RepresentationFactory(organization=cast.other_organization, person=person)
    results = operations.invite_all(actor=actor, representations=[row], now=NOW)
    if results.refusals:
        raise OperationNotAllowedError(results.refusals[0])


def invite_again(actor, person, cast):
    invitation = Invitation.objects.filter(email=person.email).first() or Invitation.objects.create(
        organization=cast.other_organization,
        kind="representative",
        email=person.email,
        name=person.name,
        token_hash="x" * 64,
        invited_by=cast.administrator,
        sent_at=NOW,
        expires_at=NOW,
    )
    operations.resend(actor=actor, invitation=invitation, now=NOW)


OPERATIONS = [edit, close, reopen, remove_contact, invite, invite_all, invite_again]


def person_in(state, role, cast):
    person = factories.PersonFactory(portal_role=role, **STATES[state])
    if state == "invited":
        invite(cast.administrator, person, cast)
    return person


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_staff_do_not_manage_accounts_with_a_role(cast, operation, role, state):
    person = person_in(state, role, cast)
    before = Person.objects.filter(pk=person.pk).values().get()
    with pytest.raises((PermissionDenied, OperationNotAllowedError)):
        operation(cast.staff, person, cast)
    assert Person.objects.filter(pk=person.pk).values().get() == before


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("operation", [edit, close, reopen, remove_contact])
def test_staff_manage_accounts_of_members_in_every_state(cast, operation, state):
    operation(cast.staff, person_in(state, PortalRole.NONE, cast), cast)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("operation", [edit, close, reopen])
def test_administrators_manage_every_account(cast, operation, role, state):
    operation(cast.administrator, person_in(state, role, cast), cast)


@pytest.mark.parametrize("state", ["active", "listed", "invited"])
@pytest.mark.parametrize("role", ROLES)
def test_administrators_invite_every_open_account(cast, role, state):
    invite(cast.administrator, person_in(state, role, cast), cast)


@pytest.mark.parametrize("role", ROLES[1:])
def test_closing_an_account_removes_its_portal_role(cast, role):
    person = person_in("active", role, cast)
    close(cast.administrator, person, cast)
    reopen(cast.administrator, person, cast)
    person.refresh_from_db()
    assert (person.is_active, person.portal_role) == (True, PortalRole.NONE)
    assert accounts.SecurityEvent.objects.filter(kind=SecurityEventKind.ROLE_CHANGED, person=person).exists()


def test_staff_may_edit_their_own_record(cast):
    edit(cast.staff, cast.staff, cast)


def test_staff_get_a_refusal_page_for_an_administrator(cast):
    page = cast.client("staff").get(f"/staff/people/{cast.administrator.pk}/edit/")
    assert page.status_code == 403
