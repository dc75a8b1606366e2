"""What is done to people: by staff, by administrators, by themselves."""

import threading

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from accounts import operations
from accounts.models import Person, SecurityEvent
from accounts.rules import PortalRole, SecurityEventKind
from core.operations import EditConflictError, OperationNotAllowedError
from tests.conftest import NOW
from tests.factories import PersonFactory


def set_role(actor, person, role, version=None):
    return operations.set_portal_role(actor=actor, person=person, version=version, role=role, now=NOW)


@pytest.mark.django_db
def test_administrator_sets_a_role_and_it_is_recorded(cast):
    set_role(cast.administrator, cast.primary, PortalRole.STAFF)
    cast.primary.refresh_from_db()
    assert cast.primary.portal_role == PortalRole.STAFF
    event = SecurityEvent.objects.get(kind=SecurityEventKind.ROLE_CHANGED)
    assert (event.actor, event.person, event.detail) == (cast.administrator, cast.primary, "None to Workgroup staff")


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["staff", "primary", "deactivated"])
def test_others_cannot_set_a_role(cast, role):
    actor = cast.people[role]
    with pytest.raises(PermissionDenied):
        set_role(actor, actor, PortalRole.ADMINISTRATOR)


@pytest.mark.django_db
def test_last_administrator_keeps_the_role(cast):
    with pytest.raises(OperationNotAllowedError):
        set_role(cast.administrator, cast.administrator, PortalRole.NONE)
    with pytest.raises(PermissionDenied):
        operations.deactivate_person(actor=cast.staff, person=cast.administrator, version=None, reason="", now=NOW)


@pytest.mark.django_db
def test_closed_administrator_does_not_count_as_one(cast):
    PersonFactory(portal_role=PortalRole.ADMINISTRATOR, is_active=False)
    with pytest.raises(OperationNotAllowedError):
        set_role(cast.administrator, cast.administrator, PortalRole.STAFF)


@pytest.mark.django_db
def test_role_needs_an_open_account(cast):
    with pytest.raises(OperationNotAllowedError):
        set_role(cast.administrator, PersonFactory(can_sign_in=False), PortalRole.STAFF)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_demoting_each_other_leave_one():
    first = PersonFactory(portal_role=PortalRole.ADMINISTRATOR)
    second = PersonFactory(portal_role=PortalRole.ADMINISTRATOR)
    gate, refused = threading.Barrier(2), []

    def demote(actor, person):
        gate.wait()
        try:
            set_role(actor, person, PortalRole.NONE)
        except PermissionDenied as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Person.objects.filter(portal_role=PortalRole.ADMINISTRATOR).count() == 1
    assert len(refused) == 1


@pytest.mark.django_db
def test_staff_cannot_change_accounts_of_staff(cast):
    other = PersonFactory(portal_role=PortalRole.STAFF)
    with pytest.raises(PermissionDenied):
        operations.edit_person(actor=cast.staff, person=other, version=None, now=NOW, email="mine@example.org")
    with pytest.raises(PermissionDenied):
        operations.deactivate_person(actor=cast.staff, person=other, version=None, reason="", now=NOW)
    operations.deactivate_person(actor=cast.administrator, person=other, version=None, reason="Left", now=NOW)


@pytest.mark.django_db
def test_no_one_closes_their_own_account(cast):
    PersonFactory(portal_role=PortalRole.ADMINISTRATOR)
    with pytest.raises(OperationNotAllowedError):
        operations.deactivate_person(
            actor=cast.administrator, person=cast.administrator, version=None, reason="", now=NOW
        )


@pytest.mark.django_db
def test_closed_account_can_be_reopened(cast):
    operations.reactivate_person(actor=cast.staff, person=cast.deactivated, version=None, now=NOW)
    assert Person.objects.get(pk=cast.deactivated.pk).is_active


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda cast: set_role(cast.administrator, cast.primary, PortalRole.STAFF),
        lambda cast: operations.deactivate_person(
            actor=cast.staff, person=cast.primary, version=None, reason="Left", now=NOW
        ),
        lambda cast: operations.edit_person(
            actor=cast.staff, person=cast.primary, version=None, now=NOW, email="other@example.org"
        ),
    ],
    ids=["role", "deactivation", "address"],
)
def test_old_sessions_end_at_the_next_request(cast, act):
    client = cast.client("primary")
    assert client.get(reverse("accounts:profile")).status_code == 200
    act(cast)
    response = client.get(reverse("accounts:profile"))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db
def test_old_sessions_stay_ended_after_two_role_changes(cast):
    client = cast.client("primary")
    set_role(cast.administrator, cast.primary, PortalRole.STAFF)
    set_role(cast.administrator, cast.primary, PortalRole.NONE)
    assert client.get(reverse("accounts:profile")).status_code == 302


@pytest.mark.django_db
def test_extra_form_fields_do_not_change_a_role(cast):
    client = cast.client("primary")
    person = cast.primary
    extra = {
        "portal_role": "administrator",
        "is_staff": "on",
        "is_superuser": "on",
        "can_sign_in": "",
        "is_active": "",
        "email": "taken@example.org",
        "session_version": "9",
        "password": "x",
        "id": str(cast.staff.pk),
    }
    page = {"name": "New name", "position": "", "phone": "", "time_zone": "", "version": person.version}
    assert client.post(reverse("accounts:profile"), {**page, **extra}).status_code == 302
    person.refresh_from_db()
    assert (person.name, person.portal_role, person.email) == ("New name", "none", "primary@example.org")
    assert person.is_active and person.can_sign_in
    propose = {
        "name": cast.organization.name,
        "acronym": "DOX",
        "version": 1,
        "status": "former",
        "is_public": "",
        "key": "x",
    }
    client.post(reverse("members:propose", args=[cast.organization.key]), propose)
    assert cast.organization.proposals.get().values.keys() <= {"acronym", "jurisdiction", "website", "work"}
    staff = cast.client("staff")
    edit = reverse("members:person_edit", args=[person.pk])
    staff.post(edit, {**page, "email": person.email, "version": person.version, "portal_role": "administrator"})
    person.refresh_from_db()
    assert person.portal_role == "none"


@pytest.mark.django_db
def test_edit_conflict_on_a_profile_shows_both_versions(cast):
    client, person = cast.client("primary"), cast.primary
    operations.edit_profile(actor=person, version=None, phone="1")
    page = {"name": "Typed name", "position": "", "phone": "2", "time_zone": "", "version": 1}
    response = client.post(reverse("accounts:profile"), page)
    assert response.status_code == 409
    assert b"Typed name" in response.content
    with pytest.raises(EditConflictError):
        operations.edit_profile(actor=person, version=1, phone="3")


@pytest.mark.django_db
def test_name_with_a_line_break_is_rejected(cast):
    page = {"name": "A\r\nBcc: x@example.org", "position": "", "phone": "", "time_zone": "", "version": 1}
    response = cast.client("primary").post(reverse("accounts:profile"), page)
    assert response.status_code == 200
    cast.primary.refresh_from_db()
    assert cast.primary.name == "The primary"


@pytest.mark.django_db
def test_security_events_cannot_be_changed_or_deleted(cast):
    event = operations.record_security_event(actor=cast.staff, kind=SecurityEventKind.EXPORTED, now=NOW)
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["administrator", "staff"])
def test_admin_site_is_read_only(cast, role):
    client = cast.client(role)
    assert client.get("/admin/").status_code == 200
    assert client.get("/admin/accounts/person/").status_code == 200
    page = client.get(f"/admin/accounts/person/{cast.primary.pk}/change/")
    assert page.status_code == 200
    assert b"md5$" not in page.content
    assert client.get("/admin/accounts/person/add/").status_code == 403
    assert client.post(f"/admin/accounts/person/{cast.primary.pk}/delete/").status_code == 403
    for closed in ("mfa/authenticator", "account/emailaddress", "usersessions/usersession"):
        assert client.get(f"/admin/{closed}/").status_code == 403, closed


@pytest.mark.django_db
def test_admin_site_is_closed_to_members(cast, client):
    assert cast.client("primary").get("/admin/", follow=True).status_code in (403, 404)
    assert client.get("/admin/", follow=True).request["PATH_INFO"] == reverse("account_login")
