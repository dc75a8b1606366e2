"""Operations on seats and terms, and what the rules reject."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from core.operations import EditConflictError, OperationNotAllowedError
from members.rules import OrganizationStatus, RepresentationKind
from taskforces import operations
from taskforces.models import Seat, Term
from taskforces.permissions import chairs, people_for
from taskforces.rules import SeatRole
from tests import factories
from tests.conftest import TODAY

EARLIER = TODAY - dt.timedelta(days=30)


def fill(cast, seat, person, **values):
    values = {"starts_on": TODAY, "planned_end_on": None, "today": TODAY, **values}
    return operations.fill_seat(actor=cast.staff, seat=seat, person=person, **values)


@pytest.fixture
def vacant(cast):
    return factories.SeatFactory(body=cast.body, organization=cast.organization)


def test_filling_a_vacant_seat_starts_a_term_with_history(cast, vacant):
    term = fill(cast, vacant, cast.representative)
    assert (term.person, term.starts_on, term.ended_on) == (cast.representative, TODAY, None)
    assert term.history.get().history_user == cast.staff


def test_a_filled_seat_is_not_filled_again(cast, vacant):
    fill(cast, vacant, cast.representative)
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.primary)


def test_a_person_of_another_organization_is_not_eligible(cast, vacant):
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.other_primary)


def test_an_executive_contact_is_not_eligible(cast, vacant):
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.executive)


def test_a_person_has_one_seat_on_a_body(cast, vacant):
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.seated)


def test_a_seat_for_no_organization_is_open_to_members_and_staff(cast):
    seat = factories.SeatFactory(body=cast.body, organization=None, role=SeatRole.STAFF_LIAISON)
    found = set(people_for(seat))
    assert {cast.staff, cast.other_primary, cast.representative} <= found
    assert not {cast.executive, cast.deactivated, cast.seated} & found


def test_people_of_a_former_organization_are_not_eligible(cast, vacant):
    cast.organization.status = OrganizationStatus.FORMER
    cast.organization.save(update_fields=["status"])
    assert not people_for(vacant).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"starts_on": TODAY + dt.timedelta(days=1)},
        {"planned_end_on": TODAY},
        {"starts_on": EARLIER - dt.timedelta(days=1)},
    ],
    ids=["starts-tomorrow", "ends-at-start", "overlaps-term-before"],
)
def test_term_dates_that_do_not_fit_are_rejected(cast, vacant, values):
    factories.TermFactory(seat=vacant, person=cast.other_primary, ended_on=EARLIER)
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.representative, **values)


def test_a_term_may_start_on_the_day_the_one_before_ended(cast, vacant):
    factories.TermFactory(seat=vacant, person=cast.other_primary, ended_on=EARLIER)
    assert fill(cast, vacant, cast.representative, starts_on=EARLIER).starts_on == EARLIER


def test_ending_a_term_ends_rights_and_leaves_the_seat_vacant(cast):
    term = Term.objects.get(person=cast.chair)
    operations.end_term(actor=cast.staff, term=term, version=1, ended_on=TODAY, reason="Changed jobs", today=TODAY)
    assert not chairs(cast.chair, cast.body)
    assert term.seat.closed_on is None
    term.refresh_from_db()
    newest = term.history.first()
    assert (newest.history_user, newest.ended_on, newest.end_reason, newest.version) == (
        cast.staff,
        TODAY,
        "Changed jobs",
        term.version,
    )


def test_a_term_ends_once_and_not_outside_its_dates(cast):
    term = Term.objects.get(person=cast.chair)

    def end(day):
        return operations.end_term(actor=cast.staff, term=term, version=None, ended_on=day, reason="Left", today=TODAY)

    with pytest.raises(OperationNotAllowedError):
        end(dt.date(2025, 12, 31))
    with pytest.raises(OperationNotAllowedError):
        end(TODAY + dt.timedelta(days=1))
    end(TODAY)
    with pytest.raises(OperationNotAllowedError):
        end(TODAY)


def test_ending_a_term_from_an_old_form_is_rejected(cast):
    term = Term.objects.get(person=cast.chair)
    operations.renew_term(
        actor=cast.staff, term=term, version=1, planned_end_on=TODAY + dt.timedelta(days=365), today=TODAY
    )
    with pytest.raises(EditConflictError):
        operations.end_term(actor=cast.staff, term=term, version=1, ended_on=TODAY, reason="Left", today=TODAY)


def test_a_renewal_must_be_in_the_future(cast):
    term = Term.objects.get(person=cast.chair)
    with pytest.raises(OperationNotAllowedError):
        operations.renew_term(actor=cast.staff, term=term, version=1, planned_end_on=TODAY, today=TODAY)


def test_a_body_has_one_chair_seat(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.add_seat(actor=cast.staff, body=cast.body, role=SeatRole.CHAIR, organization=None)
    seat = operations.add_seat(actor=cast.staff, body=cast.body, role=SeatRole.CO_CHAIR, organization=None)
    assert seat.history.get().history_user == cast.staff


def test_only_a_vacant_seat_is_closed_and_it_is_kept(cast, vacant):
    occupied = Term.objects.get(person=cast.seated).seat
    with pytest.raises(OperationNotAllowedError):
        operations.close_seat(actor=cast.staff, seat=occupied, version=None, today=TODAY)
    operations.close_seat(actor=cast.staff, seat=vacant, version=None, today=TODAY)
    assert Seat.objects.get(pk=vacant.pk).closed_on == TODAY
    with pytest.raises(OperationNotAllowedError):
        fill(cast, vacant, cast.representative)


def test_dissolving_ends_rights_and_allows_no_more_seats(cast):
    with pytest.raises(OperationNotAllowedError):
        operations.edit_body(actor=cast.staff, body=cast.full, version=1, dissolved_on=TODAY)
    body = operations.edit_body(actor=cast.staff, body=cast.body, version=1, dissolved_on=TODAY)
    assert not chairs(cast.chair, body)
    with pytest.raises(OperationNotAllowedError):
        operations.add_seat(actor=cast.staff, body=body, role=SeatRole.MEMBER, organization=None)


def test_a_merge_moves_seats_with_their_terms(cast):
    moved = operations.reassign_organization(
        actor=cast.staff, source=cast.organization, target=cast.other_organization, today=TODAY
    )
    assert moved == 3
    assert not Seat.objects.filter(organization=cast.organization).exists()
    assert Term.objects.get(person=cast.chair).seat.organization == cast.other_organization


def test_a_successor_starts_on_the_day_the_term_ends(cast):
    term = Term.objects.get(person=cast.chair)
    follower = operations.replace_member(
        actor=cast.staff, term=term, successor=cast.alternate, ended_on=TODAY, reason="Retired"
    )
    assert (follower.person, follower.starts_on, follower.seat) == (cast.alternate, TODAY, term.seat)
    assert chairs(cast.alternate, cast.body) and not chairs(cast.chair, cast.body)


def test_without_a_successor_the_seat_stays_vacant(cast):
    term = Term.objects.get(person=cast.chair)
    assert (
        operations.replace_member(actor=cast.staff, term=term, successor=None, ended_on=TODAY, reason="Retired") is None
    )
    assert not Term.objects.filter(seat=term.seat, ended_on=None).exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_fills_of_one_seat_leave_one_term(cast):
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization)
    people = [
        factories.RepresentationFactory(organization=cast.organization, kind=RepresentationKind.REPRESENTATIVE).person
        for _ in range(4)
    ]

    def put(person):
        try:
            fill(cast, seat, person)
        except OperationNotAllowedError:
            return "refused"
        finally:
            connection.close()
        return "seated"

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(put, people))
    assert answers.count("seated") == 1
    assert answers.count("refused") == 3
    assert Term.objects.filter(seat=seat, ended_on=None).count() == 1
