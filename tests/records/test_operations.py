"""Legal holds, and the removal of contact data past its retention period."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Person, SecurityEvent
from accounts.rules import SecurityEventKind
from core.operations import EditConflictError, OperationNotAllowedError
from mail.models import Delivery, Suppression
from mail.operations import enqueue
from members.models import Invitation, JoinRequest, Organization, Representation
from records import operations
from records.models import LegalHold
from records.queries import holds_on, people_past_retention
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
LONG_AGO = dt.date(2024, 1, 31)


@pytest.fixture
def gone(cast) -> Person:
    """Return a person who represented the organization until almost three years ago."""
    person = factories.PersonFactory(
        email="gone@example.org", name="Former representative", phone="555 0100", assistant_email="desk@example.org"
    )
    factories.RepresentationFactory(
        organization=cast.organization, person=person, starts_on=dt.date(2020, 1, 1), ended_on=LONG_AGO
    )
    return person


def remove(cast, person, version=None):
    return operations.remove_contact(actor=cast.staff, person=person, version=version, now=NOW, today=TODAY)


def hold(cast, **scope) -> LegalHold:
    return operations.place_hold(actor=cast.staff, now=NOW, matter="Case 26-1", **scope)


def test_a_hold_must_have_a_scope(cast):
    with pytest.raises(ValidationError):
        hold(cast)
    placed = hold(cast, organization=cast.organization)
    assert (placed.placed_by, placed.placed_at) == (cast.staff, NOW)
    assert SecurityEvent.objects.get(kind=SecurityEventKind.HOLD_PLACED).detail == "Case 26-1"


def test_a_hold_is_lifted_once_with_its_reason(cast):
    placed = hold(cast, body=cast.body)
    with pytest.raises(EditConflictError):
        operations.lift_hold(actor=cast.staff, hold=placed, version=9, reason="x", now=NOW)
    lifted = operations.lift_hold(actor=cast.administrator, hold=placed, version=1, reason="Closed", now=NOW)
    assert (lifted.lifted_by, lifted.lift_reason) == (cast.administrator, "Closed")
    assert holds_on(cast.body) == []
    with pytest.raises(OperationNotAllowedError):
        operations.lift_hold(actor=cast.staff, hold=placed, version=None, reason="x", now=NOW)


def test_a_hold_covers_its_record_and_the_people_of_it(cast, gone):
    of_organization = hold(cast, organization=cast.organization)
    of_body = hold(cast, body=cast.body)
    of_person = hold(cast, person=cast.other_primary)
    assert holds_on(cast.organization) == [of_organization]
    assert holds_on(cast.body) == [of_body]
    assert holds_on(gone) == [of_organization]
    assert holds_on(cast.seated) == [of_organization, of_body]
    assert holds_on(cast.other_primary) == [of_person]
    assert holds_on(cast.other_organization) == []


def test_a_hold_on_a_period_alone_covers_everyone(cast, gone):
    placed = hold(cast, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2024, 1, 1))
    assert holds_on(gone) == holds_on(cast.organization) == holds_on(cast.body) == [placed]


def test_only_people_who_left_two_years_ago_are_past_retention(cast, gone):
    recent = factories.PersonFactory()
    factories.RepresentationFactory(
        person=recent, organization=cast.organization, starts_on=dt.date(2020, 1, 1), ended_on=dt.date(2024, 11, 23)
    )
    back = factories.PersonFactory()
    for organization, ended_on in ((cast.organization, LONG_AGO), (cast.other_organization, None)):
        factories.RepresentationFactory(
            person=back, organization=organization, starts_on=dt.date(2020, 1, 1), ended_on=ended_on
        )
    seated = factories.PersonFactory()
    factories.TermFactory(seat=factories.SeatFactory(body=cast.body), person=seated, ended_on=None)
    sat = factories.PersonFactory()
    factories.TermFactory(
        seat=factories.SeatFactory(body=cast.body),
        person=sat,
        starts_on=dt.date(2019, 1, 1),
        ended_on=dt.date(2023, 1, 1),
    )
    factories.PersonFactory(name="Never took part")
    assert list(people_past_retention(TODAY)) == [sat, gone]


def test_contact_data_is_removed_everywhere(cast, gone):
    Invitation.objects.create(
        organization=cast.organization,
        kind="representative",
        email=gone.email,
        name=gone.name,
        token_hash="1" * 64,
        invited_by=cast.staff,
        sent_at=NOW,
        expires_at=NOW,
        accepted_at=NOW,
    )
    JoinRequest.objects.create(
        organization_name="Example Coalition",
        sector=cast.organization.sector,
        reason="To take part",
        name=gone.name,
        email=gone.email,
        phone="555 0100",
        asked_at=NOW,
    )
    sent = enqueue(key="old", kind="meeting_ahead", address=gone.email, person=gone, subject_ref="1", now=NOW)
    Delivery.objects.filter(pk=sent.pk).update(state="sent")
    enqueue(key="new", kind="meeting_ahead", address=gone.email, person=gone, subject_ref="1", now=NOW)
    enqueue(key="copy", kind="meeting_ahead", address="desk@example.org", person=gone, subject_ref="1", now=NOW)
    Suppression.objects.create(address=gone.email, first_at=NOW)
    removed = remove(cast, gone)
    placeholder = f"person-{gone.pk}@removed.invalid"
    assert (removed.email, removed.phone, removed.assistant_email) == (placeholder, "", "")
    assert (removed.name, removed.is_active, removed.can_sign_in) == ("Former representative", False, False)
    assert set(removed.history.values_list("email", "phone", "assistant_email")) == {(placeholder, "", "")}
    assert Invitation.objects.get().email == Invitation.history.get().email == placeholder
    for rows in (JoinRequest.objects, JoinRequest.history):
        assert set(rows.values_list("email", "phone")) == {(placeholder, "")}
    assert set(Delivery.objects.values_list("key", "address", "state")) == {
        ("old", placeholder, "sent"),
        ("new", placeholder, "skipped"),
        ("copy", placeholder, "skipped"),
    }
    assert not Suppression.objects.exists()
    assert Representation.objects.filter(person=gone).count() == 1
    assert SecurityEvent.objects.get(kind=SecurityEventKind.CONTACT_REMOVED).person == gone
    assert list(people_past_retention(TODAY)) == []
    newest = removed.history.first()
    assert all(getattr(newest, name) == getattr(removed, name) for name in ("email", "phone", "version", "is_active"))


def test_a_hold_prevents_removal_until_it_is_lifted(cast, gone):
    placed = hold(cast, organization=cast.organization)
    with pytest.raises(OperationNotAllowedError):
        remove(cast, gone)
    assert Person.objects.get(pk=gone.pk).phone == "555 0100"
    operations.lift_hold(actor=cast.staff, hold=placed, version=None, reason="Closed", now=NOW)
    assert remove(cast, gone).phone == ""


def test_contact_data_of_current_people_is_kept(cast):
    with pytest.raises(OperationNotAllowedError):
        remove(cast, cast.primary)
    with pytest.raises(OperationNotAllowedError):
        remove(cast, cast.staff)


def test_a_stale_removal_is_rejected(cast, gone):
    with pytest.raises(EditConflictError):
        remove(cast, gone, version=7)
    assert Person.objects.get(pk=gone.pk).email == "gone@example.org"


def test_a_merge_moves_holds_to_the_target(cast):
    placed = hold(cast, organization=cast.organization)
    operations.reassign_organization(
        actor=cast.staff, source=cast.organization, target=cast.other_organization, today=TODAY
    )
    assert holds_on(Organization.objects.get(key="other")) == [placed]
