"""Requests to join: what becomes of one, and what the asker is told."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.operations import EditConflictError, OperationNotAllowedError
from mail.messages import Message, Skip
from mail.models import Delivery
from members import operations, spam
from members.emails import compose_join_answer
from members.models import FormerName, Invitation, JoinRequest, Organization
from members.queries import possible_duplicates
from members.rules import JOIN_REQUEST_TRANSITIONS, JoinRequestState, OrganizationStatus, are_similar_names
from reminders.composing import compose
from reminders.queries import kind_label
from tests.conftest import NOW, TODAY
from tests.factories import JoinRequestFactory, OrganizationFactory, SectorFactory

pytestmark = pytest.mark.django_db


def accept(cast, request, **values):
    whole = {
        "actor": cast.staff,
        "request": request,
        "version": None,
        "organization": None,
        "invites": False,
        "answer": "",
        "now": NOW,
    }
    return operations.accept_join_request(**{**whole, **values})


def decline(cast, request, **values):
    whole = {"actor": cast.staff, "request": request, "version": None, "answer": "Not in this field", "now": NOW}
    return operations.decline_join_request(**{**whole, **values})


def ask(**values):
    whole = {
        "actor": None,
        "now": NOW,
        "email": "Director@Example.org",
        "organization_name": "Coalition of Examples",
        "sector": SectorFactory(),
        "reason": "We run a hotline.",
        "name": "Coalition director",
    }
    return operations.submit_join_request(**{**whole, **values})


def test_request_is_stored_once_with_its_history(db):
    request = ask()
    assert (request.state, request.email, request.asked_at) == ("waiting", "director@example.org", NOW)
    assert request.history.get().history_user is None
    assert ask(organization_name="COALITION of Examples") == request
    assert JoinRequest.objects.count() == 1
    assert ask(email="other@example.org") != request


def test_name_with_a_line_break_is_rejected(db):
    with pytest.raises(ValidationError):
        ask(organization_name="Coalition\r\nBcc: all@example.org")


def test_accepting_adds_a_prospective_organization_and_emails(cast):
    request = JoinRequestFactory(organization_name="Coalition of Examples", acronym="COE", website="https://coe.org/")
    made = accept(cast, request, answer="Welcome.")
    assert (made.key, made.name, made.status, made.status_reason, made.status_since_on) == (
        "coe",
        "Coalition of Examples",
        OrganizationStatus.PROSPECTIVE,
        "Asked to join",
        TODAY,
    )
    assert not made.is_public
    request.refresh_from_db()
    assert (request.state, request.organization, request.answered_by, request.answered_at) == (
        "accepted",
        made,
        cast.staff,
        NOW,
    )
    delivery = Delivery.objects.get()
    assert (delivery.kind, delivery.address) == ("join_answer", request.email)
    assert kind_label(delivery.kind) == "Response to a request to join"
    message = compose(delivery, NOW)
    assert message.subject == "Request to join accepted: Coalition of Examples"
    text = " ".join(message.text.split())
    assert "Welcome." in text
    assert "Workgroup staff will email you about who represents Coalition of Examples." in text
    assert not Invitation.objects.exists()


def test_accepting_can_invite_at_once(cast):
    request = JoinRequestFactory()
    made = accept(cast, request, invites=True)
    invitation = Invitation.objects.get()
    assert (invitation.organization, invitation.email, invitation.kind) == (made, request.email, "primary")
    made.refresh_from_db()
    assert (made.status, made.status_reason) == (OrganizationStatus.INVITED, "First invitation sent")
    assert {row.kind for row in Delivery.objects.all()} == {"join_answer", "invitation"}
    message = compose_join_answer(Delivery.objects.get(kind="join_answer"), NOW)
    assert isinstance(message, Message)
    assert "We'll send you an invitation in a separate email" in " ".join(message.text.split())


def test_accepting_can_use_a_listed_organization(cast):
    assert accept(cast, JoinRequestFactory(), organization=cast.organization, invites=True) == cast.organization
    assert Invitation.objects.get().kind == "representative"
    assert Organization.objects.get(pk=cast.organization.pk).status == OrganizationStatus.ACTIVE


def test_former_member_becomes_prospective_again(cast):
    former = OrganizationFactory(status=OrganizationStatus.FORMER)
    taken = accept(cast, JoinRequestFactory(), organization=former)
    assert (taken.status, taken.status_reason) == (OrganizationStatus.PROSPECTIVE, "Asked to join again")


def test_accepting_adds_no_organization_with_a_listed_name(cast):
    with pytest.raises(OperationNotAllowedError):
        accept(cast, JoinRequestFactory(organization_name="department of examples"))
    merged = OrganizationFactory(merged_into=cast.organization)
    with pytest.raises(OperationNotAllowedError):
        accept(cast, JoinRequestFactory(), organization=merged)


def test_impossible_invitation_leaves_the_request_waiting(cast):
    request = JoinRequestFactory(email=cast.deactivated.email)
    with pytest.raises(OperationNotAllowedError), transaction.atomic():
        accept(cast, request, invites=True)
    request.refresh_from_db()
    assert request.state == "waiting" and not Delivery.objects.exists()


def test_declining_emails_the_reason(cast):
    request = decline(cast, JoinRequestFactory(), answer="We take public bodies\nonly.")
    message = compose(Delivery.objects.get(), NOW)
    assert message.subject.startswith("Request to join not accepted: ")
    assert "We take public bodies" in message.text and "We take public bodies<br>only." in message.html
    assert request.state == "declined"


@pytest.mark.parametrize("current", JoinRequestState.values)
def test_request_changes_state_only_by_the_rules(cast, current):
    def request():
        organization = cast.organization if current == "accepted" else None
        return JoinRequestFactory(state=current, organization=organization)

    acts = {
        "accepted": lambda row: accept(cast, row),
        "declined": lambda row: decline(cast, row),
        "spam": lambda row: operations.mark_join_request_spam(actor=cast.staff, request=row, version=None, now=NOW),
        "waiting": lambda row: operations.reopen_join_request(actor=cast.staff, request=row, version=None),
    }
    for target, act in acts.items():
        row = request()
        if target in JOIN_REQUEST_TRANSITIONS[current]:
            act(row)
            row.refresh_from_db()
            assert row.state == target
        else:
            with pytest.raises(OperationNotAllowedError):
                act(row)


def test_two_simultaneous_answers_leave_one(cast):
    request = JoinRequestFactory()
    decline(cast, request, version=1)
    with pytest.raises(EditConflictError):
        accept(cast, request, version=1)


def test_spam_sends_no_email(cast):
    request = JoinRequestFactory()
    operations.mark_join_request_spam(actor=cast.staff, request=request, version=None, now=NOW)
    assert not Delivery.objects.exists()


def test_answer_to_a_waiting_request_is_not_sent(cast):
    request = decline(cast, JoinRequestFactory())
    JoinRequest.objects.filter(pk=request.pk).update(state="waiting")
    assert isinstance(compose(Delivery.objects.get(), NOW), Skip)


def test_accepted_request_must_have_an_organization(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        JoinRequestFactory(state="accepted")


def test_duplicates_are_found_by_name_acronym_and_former_name(cast, django_assert_num_queries):
    FormerName.objects.create(organization=cast.other_organization, name="Bureau of Samples")
    for name, acronym, found, why in (
        ("department of examples", "", "dx", "Same name"),
        ("Something Else Entirely", "dx", "dx", "Same acronym: DX"),
        ("DX", "", "dx", "Its acronym is DX"),
        ("Bureau of Samples", "", "other", "Formerly Bureau of Samples"),
        ("California Department of the Examples", "", "dx", "Similar name"),
    ):
        with django_assert_num_queries(2):
            first = possible_duplicates(name, acronym)[0]
        assert (first.organization.key, first.why) == (found, why), name
    assert possible_duplicates("Society of Nothing Known") == []


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("California Department of Public Health", "Department of Public Health", True),
        ("Departement of Public Helth", "Department of Public Health", True),
        ("Department of Justice", "Department of Education", False),
        ("California", "The State of California", False),
        ("", "Department of Justice", False),
    ],
)
def test_names_are_similar_by_their_significant_words(name, other, alike):
    assert are_similar_names(name, other) is alike


def test_stamp_has_an_age_and_other_text_has_none():
    word = spam.make_stamp(NOW)
    assert spam.stamp_age(word, NOW + dt.timedelta(seconds=9)) == dt.timedelta(seconds=9)
    assert spam.stamp_age(word, NOW + dt.timedelta(hours=13)) is None
    assert spam.stamp_age(word, NOW - dt.timedelta(hours=1)) is None
    for forged in ("", "1", f"{int(NOW.timestamp())}:abc", word + "x"):
        assert spam.stamp_age(forged, NOW) is None
