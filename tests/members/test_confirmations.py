"""Once a year each organization is asked whether its record is still right."""

import datetime as dt

import pytest
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError
from members import operations, rules
from members.models import ActOnBehalf, Confirmation, Proposal
from members.operations import OnBehalf
from members.queries import confirmation_link_status, contacts_for, last_answers, to_be_asked, unanswered_organizations
from members.rules import (
    ConfirmationLinkStatus,
    ConfirmationStage,
    ConfirmedVia,
    ContactChannel,
    OrganizationStatus,
    ProposalState,
)
from members.tokens import confirmation_token, read_confirmation_token
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def ask(cast, now=NOW, today=TODAY):
    return operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=now, today=today)


def confirm(cast, person=None, now=NOW, **values):
    values = {"via": ConfirmedVia.SIGNED_IN, "today": TODAY, **values}
    return operations.confirm_organization(
        actor=person or cast.primary, organization=cast.organization, now=now, **values
    )


# Stages -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "stage"),
    [(-1, "asked"), (0, "asked"), (13, "asked"), (14, "again"), (27, "again"), (28, "executive"), (42, "staff")],
)
def test_stage_follows_from_the_date_of_the_request(days, stage):
    assert rules.confirmation_stage(TODAY, TODAY + days * DAY) == stage


def test_stage_ends_when_the_next_one_begins():
    assert rules.stage_ends_on(TODAY, ConfirmationStage.ASKED) == TODAY + 14 * DAY
    assert rules.stage_ends_on(TODAY, ConfirmationStage.EXECUTIVE) == TODAY + 42 * DAY
    assert rules.stage_ends_on(TODAY, ConfirmationStage.STAFF) is None


@pytest.mark.parametrize(
    ("people", "asked", "again", "executive"),
    [
        ({"primary": ["p"], "alternate": ["a"], "executive_contact": ["e"]}, ["p"], ["p", "a"], ["e"]),
        ({"alternate": ["a", "b"], "executive_contact": ["e"]}, ["a", "b"], ["a", "b"], ["e"]),
        ({"executive_contact": ["e"]}, ["e"], [], ["e"]),
        ({}, [], [], []),
    ],
)
def test_contacts_at_each_stage(people, asked, again, executive):
    stages = (ConfirmationStage.ASKED, ConfirmationStage.AGAIN, ConfirmationStage.EXECUTIVE)
    assert [rules.contacts_at_stage(stage, people) for stage in stages] == [asked, again, executive]
    assert rules.contacts_at_stage(ConfirmationStage.STAFF, people) == []


def test_contacts_are_active_people_who_can_confirm(cast):
    voices = contacts_for([cast.organization.pk])[cast.organization.pk]
    assert {kind: [person.email for person in people] for kind, people in voices.items()} == {
        "primary": ["primary@example.org"],
        "alternate": ["alternate@example.org"],
        "executive_contact": ["executive@example.org"],
    }


# Asking -------------------------------------------------------------------------------------------


def test_organization_is_asked_once_and_confirms(cast):
    question = ask(cast)
    assert (question.period, question.asked_by, question.is_open) == (2026, cast.staff, True)
    with pytest.raises(OperationNotAllowedError):
        ask(cast, NOW + DAY)
    answer = confirm(cast)
    assert (answer.pk, answer.confirmed_by, answer.via) == (question.pk, cast.primary, "signed_in")
    newest = answer.history.first()
    assert (newest.history_user, newest.version, newest.confirmed_at) == (cast.primary, answer.version, NOW)


def test_database_allows_one_open_request_per_organization(cast):
    ask(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Confirmation.objects.create(organization=cast.organization, period=2026, asked_at=NOW)


@pytest.mark.parametrize("status", ["prospective", "invited", "on_leave", "former"])
def test_only_active_members_are_asked_and_can_confirm(cast, status):
    cast.organization.status = status
    cast.organization.save(update_fields=["status"])
    with pytest.raises(OperationNotAllowedError):
        ask(cast)
    with pytest.raises((PermissionDenied, OperationNotAllowedError)):
        confirm(cast)
    assert cast.organization not in to_be_asked(NOW)


def test_bulk_request_skips_organizations_in_the_cooldown(cast):
    assert {row.organization for row in operations.request_all_confirmations(actor=None, now=NOW, today=TODAY)} == {
        cast.organization,
        cast.other_organization,
    }
    assert operations.request_all_confirmations(actor=None, now=NOW + DAY, today=TODAY + DAY) == []
    confirm(cast, now=NOW + DAY)
    later = NOW + 180 * DAY
    asked = operations.request_all_confirmations(actor=None, now=later, today=TODAY + 180 * DAY)
    assert [row.organization for row in asked] == [cast.other_organization]
    old = cast.other_organization.confirmations.get(period=2026)
    assert (old.lapse_reason, old.lapsed_on) == ("Replaced by a new request", TODAY + 180 * DAY)


def test_recently_active_organization_is_not_asked(cast):
    cast.organization.status_since_on = TODAY - 30 * DAY
    cast.organization.save(update_fields=["status_since_on"])
    assert list(to_be_asked(NOW)) == [cast.other_organization]


def test_leaving_active_status_cancels_the_request(cast):
    question = ask(cast)
    operations.change_status(
        actor=cast.staff,
        organization=cast.organization,
        version=None,
        status=OrganizationStatus.ON_LEAVE,
        since_on=TODAY,
        reason="Merging departments",
        now=NOW,
        today=TODAY,
    )
    question.refresh_from_db()
    assert (question.is_open, question.lapse_reason) == (False, "Merging departments")


# Answering ----------------------------------------------------------------------------------------


def test_answer_without_a_request_is_stored_once(cast):
    answer = confirm(cast)
    assert (answer.asked_at, answer.stage(TODAY), answer.confirmed_by) == (None, None, cast.primary)
    with pytest.raises(OperationNotAllowedError):
        confirm(cast, cast.alternate, NOW + dt.timedelta(minutes=1))
    assert Confirmation.objects.count() == 1
    assert last_answers([cast.organization.pk])[cast.organization.pk] == answer


def test_staff_confirm_on_behalf_and_record_the_channel(cast):
    ask(cast)
    by_phone = OnBehalf(cast.executive, ContactChannel.PHONE, NOW)
    answer = confirm(cast, cast.staff, via=ConfirmedVia.STAFF, on_behalf=by_phone)
    assert (answer.confirmed_by, answer.via) == (cast.executive, "staff")
    assert answer.history.first().history_user == cast.staff
    act = ActOnBehalf.objects.get()
    assert (act.actor, act.person, act.how, act.row_id) == (cast.staff, cast.executive, "phone", answer.pk)


@pytest.mark.parametrize(
    ("who", "error"),
    [
        ("representative", OperationNotAllowedError),
        ("other_primary", OperationNotAllowedError),
        ("deactivated", PermissionDenied),
        ("staff", PermissionDenied),
    ],
)
def test_staff_cannot_confirm_for_a_person_who_may_not(cast, who, error):
    with pytest.raises(error):
        confirm(
            cast, cast.staff, via=ConfirmedVia.STAFF, on_behalf=OnBehalf(cast.people[who], ContactChannel.PHONE, NOW)
        )
    assert not Confirmation.objects.exists()


def test_only_staff_confirm_on_behalf(cast):
    with pytest.raises(PermissionDenied):
        confirm(cast, cast.alternate, on_behalf=OnBehalf(cast.primary, ContactChannel.PHONE, NOW))


def changes(cast, **values):
    values = {"values": {}, "people_note": "", "note": "", "version": None, **values}
    return operations.confirm_with_changes(
        actor=cast.primary, organization=cast.organization, now=NOW, today=TODAY, via=ConfirmedVia.LINK, **values
    )


def test_changes_become_a_proposal_and_answer_the_request(cast):
    question = ask(cast)
    answer = changes(cast, values={"jurisdiction": "Northern California"}, people_note="Our alternate has left.")
    cast.organization.refresh_from_db()
    assert (answer.pk, answer.is_open) == (question.pk, False)
    assert cast.organization.jurisdiction == "California"
    proposal = Proposal.objects.get()
    assert (answer.proposal, proposal.state) == (proposal, ProposalState.OPEN)
    assert (proposal.values, proposal.people_note) == (
        {"jurisdiction": "Northern California"},
        "Our alternate has left.",
    )


def test_note_about_people_alone_is_a_proposal(cast):
    proposal = changes(cast, people_note="Name a new alternate.").proposal
    left_out = operations.accept_proposal(actor=cast.staff, proposal=proposal, version=None, now=NOW, today=TODAY)
    proposal.refresh_from_db()
    assert (left_out, proposal.state, proposal.reviewed_by) == ([], ProposalState.ACCEPTED, cast.staff)


def test_note_about_people_is_added_to_an_open_proposal(cast):
    waiting = operations.propose(
        actor=cast.alternate, organization=cast.organization, version=None, values={"acronym": "DOX"}, note="", now=NOW
    )
    with pytest.raises(OperationNotAllowedError):
        changes(cast, values={"jurisdiction": "Elsewhere"})
    assert not Confirmation.objects.exists()
    assert changes(cast, people_note="Our alternate has left.").proposal == waiting
    waiting.refresh_from_db()
    assert waiting.people_note == "Our alternate has left. (The primary)"


def test_changes_from_an_old_form_do_not_answer(cast):
    ask(cast)
    with pytest.raises(EditConflictError):
        changes(cast, values={"jurisdiction": "Elsewhere"}, version=7)
    assert Confirmation.objects.get().is_open


def test_answer_with_changes_needs_a_change(cast):
    with pytest.raises(OperationNotAllowedError):
        changes(cast)


# The link -----------------------------------------------------------------------------------------


def test_token_is_for_one_request_and_one_person(cast):
    question = ask(cast)
    token = confirmation_token(question, cast.primary)
    assert read_confirmation_token(token) == (question, cast.primary)
    assert confirmation_token(question, cast.primary) == token
    for other in ("", "x", token[:-1], token + "a", signing.Signer(salt="other").sign_object([question.pk, 1])):
        assert read_confirmation_token(other) is None


def test_each_status_of_the_link(cast):
    question = ask(cast)

    def case(person=cast.primary, now=NOW):
        return confirmation_link_status(Confirmation.objects.get(pk=question.pk), Person.objects.get(pk=person.pk), now)

    assert case() == case(cast.alternate) == case(cast.executive) == ConfirmationLinkStatus.OPEN
    assert case(cast.representative) == case(cast.other_primary) == case(cast.staff) == ConfirmationLinkStatus.LEFT
    assert case(now=NOW + 90 * DAY) == ConfirmationLinkStatus.EXPIRED
    cast.primary.is_active = False
    cast.primary.save(update_fields=["is_active"])
    assert case() == ConfirmationLinkStatus.LEFT
    confirm(cast, cast.alternate)
    assert case() == case(cast.alternate) == ConfirmationLinkStatus.ANSWERED


# The silent ones ----------------------------------------------------------------------------------


def test_unanswered_after_42_days_or_without_a_contact(cast):
    ask(cast)
    unanswered = factories.OrganizationFactory(name="Unanswered")
    operations.request_confirmation(actor=cast.staff, organization=unanswered, now=NOW, today=TODAY)
    assert unanswered_organizations(TODAY) == [unanswered]
    assert unanswered_organizations(TODAY + 41 * DAY) == [unanswered]
    assert set(unanswered_organizations(TODAY + 42 * DAY)) == {cast.organization, unanswered}
