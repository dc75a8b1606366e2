"""Inviting everyone in one sitting: who is listed, what they get, and who is left out."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import strip_tags

from accounts.models import Person
from mail.models import Delivery
from members import operations
from members.emails import compose_invitation
from members.models import Invitation
from members.tokens import token_of
from tests.conftest import NOW
from tests.factories import OrganizationFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db
PAGE = reverse("members:invite_all")
AGAIN = reverse("members:resend_all")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)


def listed(name: str, organization=None, kind: str = "representative", **values):
    """A representation by someone who is listed and has no account."""
    person = PersonFactory(name=name, email=f"{name.lower()}@example.org", can_sign_in=False, **values)
    return RepresentationFactory(person=person, organization=organization or OrganizationFactory(), kind=kind)


def test_page_lists_invitable_people_and_previews_the_email(cast):
    row = listed("Alpha", cast.organization)
    listed("Closed", cast.organization, is_active=False)
    listed("Prospect", OrganizationFactory(status="prospective"))
    listed("Contact", cast.organization, kind="executive_contact")
    operations.invite(
        actor=cast.staff,
        organization=cast.organization,
        kind="representative",
        email=listed("Waiting", cast.organization).person.email,
        name="Waiting",
        now=NOW,
    )
    text = cast.client("staff").get(PAGE).content.decode()
    assert "Not invited yet: 1" in text
    assert f'value="{row.pk}" id="person-{row.pk}" checked' in " ".join(text.split())
    assert "Invitation: represent Department of Examples on the Workgroup" in text
    assert "because The staff invited you to represent Department of Examples." in " ".join(text.split())
    assert "Waiting for a response: 1" in text
    for name in ("Closed", "Prospect", "Contact"):
        assert name not in text


def test_selected_people_are_invited_and_can_accept(cast):
    primary = listed("Alpha", kind="primary")
    left_out = listed("Beta")
    answer = cast.client("staff").post(PAGE, {"people": [primary.pk]}, follow=True)
    assert b"1 invitation will be sent within a minute." in answer.content
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.kind, invitation.organization) == (
        "alpha@example.org",
        "primary",
        primary.organization,
    )
    assert left_out.person.email not in Delivery.objects.values_list("address", flat=True)
    message = compose_invitation(Delivery.objects.get(), NOW)
    assert "http://portal.test/invitations/" in message.text
    visitor = Client()
    link = reverse("members:accept_invitation", args=[token_of(invitation)])
    assert visitor.post(link, {"name": "Alpha", "password": ""})["Location"] == "/home/"
    person = Person.objects.get(email="alpha@example.org")
    assert person.can_sign_in
    assert [(row.kind, row.ended_on) for row in person.representations.all()] == [("primary", None)]


def test_person_of_two_organizations_is_invited_once(cast):
    row = listed("Alpha", OrganizationFactory(name="A one"))
    primary = RepresentationFactory(person=row.person, organization=OrganizationFactory(name="B two"), kind="primary")
    client = cast.client("staff")
    assert b"Not invited yet: 1" in client.get(PAGE).content
    client.post(PAGE, {"people": [row.pk]})
    assert not Invitation.objects.exists()
    client.post(PAGE, {"people": [primary.pk]})
    assert Invitation.objects.get().organization == primary.organization


def test_refused_person_is_named_and_others_are_invited(cast, monkeypatch):
    good, bad = listed("Alpha"), listed("Beta")
    Person.objects.filter(pk=bad.person.pk).update(is_active=False)
    bad.refresh_from_db()
    sent = operations.invite_all(actor=cast.staff, representations=[good, bad], now=NOW)
    assert [row.email for row in sent.invitations] == ["alpha@example.org"]
    assert sent.refusals == ["The account of beta@example.org is closed. Reopen it first."]


def test_empty_selection_shows_an_error(cast):
    listed("Alpha")
    text = cast.client("staff").post(PAGE, {"people": []}).content.decode()
    assert "Select at least one person to invite." in text
    assert "checked" not in text
    assert not Invitation.objects.exists()


def test_long_list_is_sent_in_parts(cast, monkeypatch):
    monkeypatch.setattr("members.views.invitations.MAX_AT_ONCE", 2)
    rows = [listed(name) for name in ("Alpha", "Beta", "Gamma")]
    client = cast.client("staff")
    text = client.get(PAGE).content.decode()
    assert "Not invited yet: 3" in text and "Showing the first 2 people" in text
    client.post(PAGE, {"people": [row.pk for row in rows[:2]]})
    assert "Not invited yet: 1" in client.get(PAGE).content.decode()


def test_unlisted_people_cannot_be_added(cast):
    listed("Alpha")
    prospect = listed("Prospect", OrganizationFactory(status="prospective"))
    cast.client("staff").post(PAGE, {"people": [prospect.pk]})
    assert not Invitation.objects.exists()


def test_expired_invitations_are_selected_and_resent(cast, invited, time_machine):
    old = invited(email="old@example.org")
    time_machine.move_to(NOW + dt.timedelta(days=15), tick=False)
    fresh = invited(email="fresh@example.org", now=NOW + dt.timedelta(days=15))
    client = cast.client("staff")
    text = client.get(PAGE).content.decode()
    boxes = " ".join(text.split())
    assert f'id="invitation-{old.pk}" checked' in boxes
    assert f'id="invitation-{fresh.pk}" >' in boxes
    answer = client.post(AGAIN, {"invitations": [old.pk]}, follow=True)
    assert b"1 invitation will be sent within a minute." in answer.content
    old.refresh_from_db()
    assert old.expires_at == NOW + dt.timedelta(days=29)
    assert b"Select at least one invitation" in client.post(AGAIN, {}, follow=True).content


@pytest.mark.parametrize(
    ("state", "says"),
    [
        ("pending", "email: waiting"),
        ("sent", "email sent"),
        ("failed", "email to new@example.org failed"),
        ("unknown", "email to new@example.org may not have been delivered"),
        ("skipped", "email: skipped"),
    ],
)
def test_staff_see_the_delivery_state(cast, invited, state, says):
    invitation = invited()
    Delivery.objects.update(state=state, sent_at=NOW)
    for address in (
        reverse("members:invitations"),
        PAGE,
        reverse("members:staff_organization", args=[cast.organization.key]),
    ):
        text = strip_tags(cast.client("staff").get(address).content.decode())
        assert says in " ".join(text.split()), address
    operations.record_opened(invitation=invitation, now=NOW)
    assert "opened <time" in cast.client("staff").get(reverse("members:invitations")).content.decode()


def test_query_count_is_the_same_for_1_and_3_rows(cast, invited):
    client = cast.client("staff")

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    listed("Alpha"), invited()
    count()
    one = count()
    for name in ("Beta", "Gamma"):
        listed(name), invited(email=f"{name}@example.com")
    assert count() == one
