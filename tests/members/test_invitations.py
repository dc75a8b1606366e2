"""How someone comes in: the link of each case, the race for one link, and where the token is not."""

import datetime as dt
import logging
import threading

import pytest
import time_machine
from django.conf import settings
from django.core import mail as outbox
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import operations as accounts_operations
from accounts.models import Person, SecurityEvent
from core.operations import OperationNotAllowedError
from mail.messages import Message, Skip
from mail.models import Delivery
from members import operations
from members.emails import compose_invitation
from members.models import Invitation, Representation
from members.rules import InvitationLinkStatus, OrganizationStatus
from members.tokens import hash_token, make_token, token_of
from tests.conftest import NOW, TODAY
from tests.factories import PASSWORD, OrganizationFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def paginate(invitation: Invitation) -> str:
    return reverse("members:accept_invitation", args=[token_of(invitation)])


FORM = {"name": "New representative", "password": "seven green herons wait"}


def test_accepting_creates_the_account_and_signs_in(invited, client, cast):
    invitation = invited()
    assert b"New representative" in client.get(paginate(invitation)).content
    response = client.post(paginate(invitation), FORM)
    assert response["Location"] == "/home/"
    person = Person.objects.get(email="new@example.org")
    assert person.can_sign_in and person.check_password(FORM["password"])
    row = person.representations.get()
    assert (row.organization, row.kind, row.starts_on) == (cast.organization, "representative", TODAY)
    assert client.get(reverse("accounts:profile")).status_code == 200


def test_accepting_without_a_password_works(invited, client):
    client.post(paginate(invited()), {"name": "New representative", "password": ""})
    assert not Person.objects.get(email="new@example.org").has_usable_password()


@pytest.mark.parametrize("password", ["short", "passwordpassword", "new representative!", "portal-test-portal-test"])
def test_weak_password_is_rejected_and_creates_no_account(invited, client, password):
    response = client.post(paginate(invited()), {"name": "New Representative", "password": password})
    assert response.status_code == 200
    assert not Person.objects.filter(email="new@example.org").exists()


def test_password_of_64_characters_is_accepted(invited, client):
    long = "correct horse battery staple and then some more words, 64 of them"
    assert client.post(paginate(invited()), {"name": "N", "password": long}).status_code == 302


def test_a_link_scanner_accepts_nothing(invited, client):
    invitation = invited()
    for _ in range(100):
        assert client.get(paginate(invitation)).status_code == 200
        assert client.head(paginate(invitation)).status_code == 200
    invitation.refresh_from_db()
    assert invitation.accepted_at is None
    assert invitation.opened_at == NOW
    assert not Person.objects.filter(email="new@example.org").exists()
    assert invitation.history.count() == 2


def test_used_link_says_so(invited, client):
    invitation = invited()
    client.post(paginate(invitation), FORM)
    response = Client().post(paginate(invitation), FORM)
    assert response.status_code == 410
    assert b"has been used" in response.content


def test_expired_link_says_whom_to_contact(invited, client):
    invitation = invited()
    with time_machine.travel(NOW + dt.timedelta(days=14, seconds=1), tick=False):
        response = client.post(paginate(invitation), FORM)
    assert response.status_code == 410
    assert b"The staff" in response.content
    assert not Person.objects.filter(email="new@example.org").exists()


def test_revoked_link_does_not_work(invited, client, cast):
    invitation = invited()
    operations.revoke(actor=cast.staff, invitation=invitation, now=NOW)
    assert client.post(paginate(invitation), FORM).status_code == 410
    with pytest.raises(OperationNotAllowedError):
        operations.resend(actor=cast.staff, invitation=invitation, now=NOW)


def test_sending_again_ends_the_old_link(invited, client, cast):
    invitation = invited()
    old = paginate(invitation)
    again = operations.resend(actor=cast.staff, invitation=invitation, now=NOW + dt.timedelta(days=20))
    assert client.get(old).status_code == 404
    assert client.get(paginate(again)).status_code == 200
    assert again.expires_at == NOW + dt.timedelta(days=34)


def test_person_with_another_address_cannot_accept(invited, cast):
    response = cast.client("other_primary").post(paginate(invited()), FORM)
    assert b"different email address" in response.content
    assert not Representation.objects.filter(person=cast.other_primary, organization=cast.organization).exists()


def test_existing_account_keeps_its_name_and_password(invited, cast, client):
    invitation = invited(email="other_primary@example.org")
    assert b"password" not in client.get(paginate(invitation)).content.lower().replace(b"without a password", b"")
    assert client.post(paginate(invitation), FORM).status_code == 200
    assert "_auth_user_id" not in client.session, "a link opened an account that has a password"
    assert not cast.organization.representations.filter(person=cast.other_primary).exists()
    client.force_login(cast.other_primary)
    client.post(paginate(invitation), FORM)
    person = Person.objects.get(email="other_primary@example.org")
    assert person.name == "The other_primary" and person.check_password(PASSWORD)
    assert person.representations.current().count() == 2


def test_link_alone_does_not_open_an_existing_account(invited, cast):
    invitation = invited(email="other_primary@example.org")
    with pytest.raises(OperationNotAllowedError):
        operations.accept_invitation(
            invitation=invitation, visitor=None, name="N", password=None, now=NOW, today=TODAY, address=None
        )
    assert not cast.organization.representations.filter(person=cast.other_primary).exists()


def test_listed_person_gets_an_account(invited, client):
    person = PersonFactory(email="new@example.org", can_sign_in=False, name="As listed")
    client.post(paginate(invited()), FORM)
    person.refresh_from_db()
    assert person.can_sign_in and person.name == "New representative"


def test_current_representative_has_nothing_to_accept(invited, cast, client):
    person = PersonFactory(email="new@example.org")
    invitation = invited()
    RepresentationFactory(organization=cast.organization, person=person)
    assert b"already represent this organization" in client.get(paginate(invitation)).content


def test_a_closed_account_stays_closed(invited, cast, client):
    person = PersonFactory(email="new@example.org")
    invitation = invited()
    accounts_operations.deactivate_person(actor=cast.staff, person=person, version=None, reason="Left", now=NOW)
    response = client.post(paginate(invitation), FORM)
    assert b"closed" in response.content
    assert not person.representations.exists()


def test_second_primary_is_neither_invited_nor_accepted(invited, cast, client):
    with pytest.raises(OperationNotAllowedError):
        invited(kind="primary")
    empty = OrganizationFactory()
    invitation = invited(kind="primary", organization=empty)
    RepresentationFactory(organization=empty, kind="primary")
    response = client.post(paginate(invitation), FORM)
    assert b"Someone else is now the primary representative" in response.content
    assert not Person.objects.filter(email="new@example.org").exists()


def test_new_role_replaces_the_one_held(invited, cast, client):
    client.force_login(cast.representative)
    client.post(paginate(invited(email="representative@example.org", kind="alternate")), {})
    rows = cast.representative.representations.order_by("pk")
    assert [(row.kind, row.ended_on) for row in rows] == [("representative", TODAY), ("alternate", None)]


def test_former_member_cannot_be_joined(invited, cast, client):
    invitation = invited()
    type(cast.organization).objects.filter(pk=cast.organization.pk).update(status=OrganizationStatus.FORMER)
    assert client.post(paginate(invitation), FORM).status_code == 410
    with pytest.raises(OperationNotAllowedError):
        invited(email="second@example.org")


@pytest.mark.parametrize("token", ["x", "A" * 43, "%00", "..", "'; drop table"])
def test_unknown_token_gets_a_404_page(client, token):
    response = client.get(f"/invitations/{token}/")
    assert response.status_code == 404


def test_every_unknown_token_gets_the_same_page(invited, client):
    invited()
    first, second = client.get("/invitations/one/"), client.get(f"/invitations/{'B' * 43}/")
    assert first.content.replace(b"one", b"") == second.content.replace(b"B" * 43, b"").replace(b"one", b"")


def test_address_has_one_open_invitation_in_any_case(invited):
    assert invited(email="New@Example.ORG").email == "new@example.org"
    with pytest.raises(OperationNotAllowedError):
        invited()


@pytest.mark.parametrize(
    "values", [{"name": "A\r\nBcc: b@example.org"}, {"email": "a@example.org\nBcc: b@example.org"}]
)
def test_line_break_in_name_or_address_is_rejected(cast, values):
    page = {"name": "A", "email": "a@example.org", "kind": "representative", **values}
    response = cast.client("staff").post(reverse("members:invite", args=["dx"]), page)
    assert response.status_code == 200
    assert not Invitation.objects.exists()


def test_an_executive_contact_is_not_invited(cast):
    page = {"name": "A", "email": "a@example.org", "kind": "executive_contact"}
    assert cast.client("staff").post(reverse("members:invite", args=["dx"]), page).status_code == 200
    assert not Invitation.objects.exists()


def test_email_says_who_invites_why_and_until_when(invited):
    invitation = invited()
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.address, delivery.subject_ref) == (
        "invitation",
        "new@example.org",
        str(invitation.pk),
    )
    assert delivery.expires_at == invitation.expires_at
    message = compose_invitation(delivery, NOW)
    assert isinstance(message, Message)
    assert message.subject == "Invitation: represent Department of Examples on the Workgroup"
    for part in (message.text, message.html):
        assert f"http://portal.test{paginate(invitation)}" in part
        assert "Department of Examples" in part
        assert "The staff invited you to represent Department of Examples" in " ".join(part.split())


def test_email_of_an_answered_or_replaced_invitation_is_skipped(invited, cast, client):
    invitation = invited()
    first = Delivery.objects.get()
    operations.resend(actor=cast.staff, invitation=invitation, now=NOW)
    assert isinstance(compose_invitation(first, NOW), Skip)
    second = Delivery.objects.exclude(pk=first.pk).get()
    assert isinstance(compose_invitation(second, NOW), Message)
    assert isinstance(compose_invitation(second, NOW + dt.timedelta(days=15)), Skip)
    operations.revoke(actor=cast.staff, invitation=invitation, now=NOW)
    assert isinstance(compose_invitation(second, NOW), Skip)


def test_link_works_after_the_secret_key_changes(invited, settings):
    invitation = invited()
    token, old = token_of(invitation), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of quite some length, really", [old]
    assert token_of(invitation) == token
    settings.SECRET_KEY_FALLBACKS = []
    assert token_of(invitation) is None
    assert isinstance(compose_invitation(Delivery.objects.get(), NOW), Skip)


def test_token_is_in_no_table_and_no_log(invited, client, caplog, capfd, cast):
    caplog.set_level(logging.DEBUG)
    invitation = invited()
    token = token_of(invitation)
    assert invitation.token_hash == hash_token(token)
    client.get(paginate(invitation))
    client.post(paginate(invitation), FORM)
    Client().get(paginate(invitation))
    client.get(f"/invitations/{token}x/")
    client.get(reverse("account_login"), {"next": paginate(invitation)})
    operations.resend(actor=cast.staff, invitation=invited(email="b@example.org"), now=NOW)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert token not in repr(cursor.fetchall()), table
    said = capfd.readouterr()
    assert token not in caplog.text + said.out + said.err
    assert "/invitations/…" in caplog.text
    assert not any(token in message.body for message in outbox.outbox)


def test_security_events_are_recorded(invited, client):
    client.post(paginate(invited()), FORM)
    kinds = set(SecurityEvent.objects.values_list("kind", flat=True))
    assert {"invited", "sign_in_allowed", "invitation_accepted", "signed_in"} <= kinds


def test_staff_resend_and_revoke_by_button(invited, cast):
    invitation = invited()
    client = cast.client("staff")
    next_url = reverse("members:invitations")
    resend = reverse("members:invitation_resend", args=[invitation.pk])
    assert client.get(resend).status_code == 405
    assert client.post(resend, {"next": next_url})["Location"] == next_url
    assert client.post(resend, {"next": "https://elsewhere.example/"})["Location"].startswith("/staff/")
    client.post(reverse("members:invitation_revoke", args=[invitation.pk]))
    invitation.refresh_from_db()
    assert invitation.revoked_at == NOW
    assert cast.client("primary").post(resend).status_code == 404


def test_every_link_status_has_a_page():
    text = (settings.BASE_DIR / "templates/members/invitation_case.html").read_text()
    shown = set(InvitationLinkStatus.values) - {"fresh", "known", "closed"}
    assert all(f'"{case}"' in text for case in shown)


def used(invitation: Invitation, cast) -> None:
    Client().post(paginate(invitation), FORM)


def expired(invitation: Invitation, cast) -> None:
    Invitation.objects.update(expires_at=NOW - dt.timedelta(days=1))


def revoked(invitation: Invitation, cast) -> None:
    operations.revoke(actor=cast.staff, invitation=invitation, now=NOW)


def already(invitation: Invitation, cast) -> None:
    RepresentationFactory(organization=cast.organization, person=PersonFactory(email="new@example.org"))


def deactivated(invitation: Invitation, cast) -> None:
    PersonFactory(email="new@example.org", is_active=False)


def taken(invitation: Invitation, cast) -> None:
    Invitation.objects.update(kind="primary")


def closed(invitation: Invitation, cast) -> None:
    type(cast.organization).objects.update(status=OrganizationStatus.FORMER)


def known(invitation: Invitation, cast) -> None:
    PersonFactory(email="new@example.org")


ASK = 'href="mailto:staff@example.org?subject='


@pytest.mark.parametrize(
    ("happens", "says", "next_step"),
    [
        (used, "This invitation has been used", "/accounts/login/"),
        (expired, "This invitation has expired", ASK),
        (revoked, "This invitation was revoked", ASK),
        (already, "You already represent this organization", "Go to your home page"),
        (deactivated, "This account is closed", ASK),
        (taken, "The organization already has a primary representative", ASK),
        (closed, "The organization is no longer a member", ASK),
        (known, "This email address already has an account", "Sign in and accept"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_link_status_says_what_to_do_next(invited, cast, client, happens, says, next_step):
    invitation = invited()
    happens(invitation, cast)
    text = client.get(paginate(invitation)).content.decode()
    assert says in text
    assert next_step in text
    assert 'name="password"' not in text


@pytest.mark.django_db(transaction=True)
def test_one_of_twenty_simultaneous_acceptances_succeeds():
    staff = PersonFactory(portal_role="staff")
    organization = OrganizationFactory()
    invitation = operations.invite(
        actor=staff, organization=organization, kind="primary", email="new@example.org", name="N", now=NOW
    )
    url, gate, statuses = paginate(invitation), threading.Barrier(20), []

    def accept(number: int) -> None:
        client = Client()
        try:
            gate.wait()
            statuses.append(client.post(url, {"name": f"Number {number}", "password": ""}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[number]) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [302] + [410] * 19
    assert Person.objects.filter(email="new@example.org").count() == 1
    assert organization.representations.count() == 1
    assert len(make_token(invitation.nonce)) == 43
