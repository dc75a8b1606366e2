"""The yearly question: by the link of a mail, and signed in."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from members import operations
from members.models import Confirmation, Proposal, Representation
from members.rules import OrganizationStatus
from members.tokens import confirmation_token
from tests.conftest import NOW, TODAY
from tests.world import fingerprints

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
RECORD = {"name": "Department of Examples", "acronym": "DX", "jurisdiction": "California", "website": "", "work": ""}


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def question(cast):
    return operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)


def link(question, person) -> str:
    return reverse("members:confirm_link", args=[confirmation_token(question, person)])


# By the link --------------------------------------------------------------------------------------


def test_link_shows_the_information_without_sign_in(cast, question):
    answer = Client().get(link(question, cast.primary))
    text = " ".join(answer.content.decode().split())
    assert answer.status_code == 200
    assert "Is this information still correct for DX?" in text
    assert "You are responding as The primary for Department of Examples" in text
    for words in ("The alternate", "The executive", "Executive contact", "Data task force", "The chair"):
        assert words in text, words
    assert "primary@example.org" not in text
    assert "no-store" in answer["Cache-Control"]


def test_opening_the_link_changes_nothing(cast, question):
    before, client = fingerprints(), Client()
    for _ in range(100):
        client.get(link(question, cast.primary))
    client.head(link(question, cast.primary))
    assert fingerprints() == before


def test_one_click_confirms_and_the_used_link_says_so(cast, question):
    client, url = Client(enforce_csrf_checks=True), link(question, cast.primary)
    assert client.post(url, {"act": "confirm"}).status_code == 302
    question.refresh_from_db()
    assert (question.confirmed_by, question.via, question.confirmed_at) == (cast.primary, "link", NOW)
    for answer in (client.get(url), client.post(url, {"act": "confirm"}), client.post(url, {"act": "change"})):
        assert answer.status_code == 410
        assert "You confirmed the information for Department of Examples" in " ".join(answer.content.decode().split())
    question.refresh_from_db()
    assert question.version == 2
    other = client.get(link(question, cast.alternate))
    assert other.status_code == 410
    assert "The primary confirmed the information" in " ".join(other.content.decode().split())


def test_link_signs_no_one_in(cast, question):
    client = Client()
    client.post(link(question, cast.primary), {"act": "confirm"})
    assert client.get("/home/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_changes_go_to_staff_and_the_record_stays(cast, question):
    typed = {**RECORD, "act": "change", "version": cast.organization.version, "jurisdiction": "Los Angeles County"}
    client, url = Client(), link(question, cast.alternate)
    assert client.post(url, {**typed, "people_note": "The chair has left."}).status_code == 302
    proposal = Proposal.objects.get()
    cast.organization.refresh_from_db()
    assert (proposal.proposed_by, proposal.values) == (cast.alternate, {"jurisdiction": "Los Angeles County"})
    assert proposal.people_note == "The chair has left."
    assert cast.organization.jurisdiction == "California"
    answer = client.get(url)
    assert answer.status_code == 410
    assert "You sent changes for Department of Examples" in " ".join(answer.content.decode().split())


def test_invalid_form_keeps_the_input_and_the_link(cast, question):
    typed = {**RECORD, "act": "change", "version": 1, "website": "not an address", "note": "Please mend it"}
    answer = Client().post(link(question, cast.primary), typed)
    assert answer.status_code == 200
    assert "Enter a valid URL" in answer.content.decode() and "Please mend it" in answer.content.decode()
    assert (
        "Nothing was changed"
        in Client().post(link(question, cast.primary), {**RECORD, "act": "change", "version": 1}).content.decode()
    )
    assert Confirmation.objects.get().is_open and not Proposal.objects.exists()


def test_edit_conflict_shows_both_versions(cast, question):
    operations.edit_organization(
        actor=cast.staff, organization=cast.organization, version=None, today=TODAY, jurisdiction="Statewide"
    )
    typed = {**RECORD, "act": "change", "version": 1, "jurisdiction": "Los Angeles County"}
    answer = Client().post(link(question, cast.primary), typed)
    assert answer.status_code == 409
    assert "Statewide" in answer.content.decode() and "Los Angeles County" in answer.content.decode()
    assert Confirmation.objects.get().is_open


@pytest.mark.parametrize("damage", ["", "x", "never-was"])
def test_unknown_token_is_not_found(cast, question, damage):
    url = link(question, cast.primary)[:-1] + (damage or "!") + "/"
    for answer in (Client().get(url), Client().post(url, {"act": "confirm"})):
        assert answer.status_code == 404
    assert Confirmation.objects.get().is_open


def test_link_of_a_former_contact_does_not_answer(cast, question):
    Representation.objects.filter(person=cast.primary).update(ended_on=TODAY)
    answer = Client().post(link(question, cast.primary), {"act": "confirm"})
    assert answer.status_code == 410
    assert "no longer a primary representative, alternate, or executive contact" in answer.content.decode()
    assert Confirmation.objects.get().is_open


def test_link_ends_with_time_and_membership(cast, question, time_machine):
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert Client().post(link(question, cast.primary), {"act": "confirm"}).status_code == 410
    cast.organization.status = OrganizationStatus.ACTIVE
    cast.organization.save(update_fields=["status"])
    time_machine.move_to(NOW + 90 * DAY, tick=False)
    answer = Client().post(link(question, cast.primary), {"act": "confirm"})
    assert answer.status_code == 410 and "can sign in and confirm" in answer.content.decode()
    assert Confirmation.objects.get().is_open


def test_executive_contact_answers_by_link_without_account(cast, question):
    client = Client()
    assert client.post(link(question, cast.executive), {"act": "confirm"}).status_code == 302
    assert Confirmation.objects.get().confirmed_by == cast.executive
    assert "_auth_user_id" not in client.session


# Signed in ----------------------------------------------------------------------------------------


def test_primary_confirms_on_the_page(cast, question):
    url = reverse("members:confirm", args=["dx"])
    client = cast.client("primary")
    text = client.get(url).content.decode()
    assert "alternate@example.org" in text
    answer = client.post(url, {"act": "confirm", "next": "/home/"})
    assert (answer.status_code, answer["Location"]) == (302, "/home/")
    assert Confirmation.objects.get().via == "signed_in"


def test_second_answer_says_who_answered(cast):
    url = reverse("members:confirm", args=["dx"])
    cast.client("primary").post(url, {"act": "confirm"})
    page = cast.client("alternate").post(url, {"act": "confirm"}, follow=True)
    assert "The primary has already answered for DX." in page.content.decode()
    assert Confirmation.objects.count() == 1


@pytest.mark.parametrize("role", ["representative", "executive", "other_primary", "staff"])
def test_others_get_403(cast, role):
    assert cast.client(role).post(reverse("members:confirm", args=["dx"]), {"act": "confirm"}).status_code == 403
    assert not Confirmation.objects.exists()
