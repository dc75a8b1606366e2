"""An executive contact gets mail and has no rights: no way in, unless another record gives one."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import Person
from accounts.permissions import signed_in
from members import operations
from members.models import Invitation, Representation
from members.permissions import organizations_of, rights_of
from members.rules import RepresentationKind
from members.tokens import confirmation_token, token_of
from tests.conftest import NOW, TODAY
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def contact(cast) -> Person:
    """Someone whom staff listed as executive contact, as the form does it."""
    row = operations.appoint_representative(
        actor=cast.staff,
        organization=cast.organization,
        person=None,
        name="Executive office",
        email="office@example.org",
        position="Chief deputy director",
        kind=RepresentationKind.EXECUTIVE_CONTACT,
        starts_on=TODAY,
        today=TODAY,
        planned_end_on=None,
    )
    return row.person


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_listed_contact_has_no_account_and_no_rights(contact):
    assert not signed_in(contact) and not contact.has_usable_password()
    assert not rights_of(contact).exists() and not organizations_of(contact).exists()


def test_contact_cannot_sign_in_by_any_method(contact):
    contact.set_password(PASSWORD)
    contact.save(update_fields=["password"])
    client = Client()
    client.post(reverse("account_login"), {"login": contact.email, "password": PASSWORD})
    assert not is_in(client)
    client.post(reverse("account_request_login_code"), {"email": contact.email})
    client.post(reverse("account_reset_password"), {"email": contact.email})
    assert not is_in(client)
    codes = [message for message in mail.outbox if contact.email in message.to]
    assert not [message for message in codes if "code" in message.subject.lower()]


def test_executive_contact_role_cannot_be_invited(cast, contact):
    kinds = [value for value, _ in Invitation._meta.get_field("kind").choices]
    assert RepresentationKind.EXECUTIVE_CONTACT not in kinds
    url = reverse("members:invite", args=["dx"])
    typed = {"name": "Executive office", "email": "new@example.org", "kind": "executive_contact", "version": ""}
    assert cast.client("staff").post(url, typed).status_code == 200
    assert not Invitation.objects.exists()


def test_yearly_link_confirms_and_opens_nothing_else(cast, contact):
    Representation.objects.filter(kind__in=["primary", "alternate"]).update(ended_on=TODAY)
    question = operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)
    client = Client()
    client.post(reverse("members:confirm_link", args=[confirmation_token(question, contact)]), {"act": "confirm"})
    question.refresh_from_db()
    contact.refresh_from_db()
    assert question.confirmed_by == contact
    assert not is_in(client) and not contact.can_sign_in
    for name in ("overview:home", "actionitems:list", "accounts:profile"):
        assert client.get(reverse(name)).status_code == 302


def test_contact_with_an_account_sees_no_member_pages(cast):
    """The cast's contact has an account from an earlier time; the kind alone gives nothing."""
    client = cast.client("executive")
    page = client.get(reverse("overview:home")).content.decode()
    assert "Your to-do list" not in page
    assert client.get(reverse("actionitems:list")).status_code == 403
    assert client.get(reverse("members:confirm", args=["dx"])).status_code == 403
    assert "primary@example.org" not in client.get(reverse("members:organization", args=["dx"])).content.decode()


def test_rights_of_another_role_do_not_extend_to_this_one(cast, contact):
    """The same person, invited as representative of another organization, signs in for that one alone."""
    invitation = operations.invite(
        actor=cast.staff,
        organization=cast.other_organization,
        kind=RepresentationKind.REPRESENTATIVE,
        email=contact.email,
        name=contact.name,
        now=NOW,
    )
    client = Client()
    address = reverse("members:accept_invitation", args=[token_of(invitation)])
    client.post(address, {"name": "Executive office", "password": PASSWORD})
    contact.refresh_from_db()
    assert signed_in(contact)
    assert list(organizations_of(contact)) == [cast.other_organization]
