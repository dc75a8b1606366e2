"""Keeping a roster: by whom, and what each press does."""

import datetime as dt

import pytest
from django.urls import reverse

from taskforces.models import Seat, Term
from taskforces.rules import SeatRole
from tests import factories


@pytest.fixture
def vacant(cast):
    return factories.SeatFactory(body=cast.body, organization=cast.organization)


@pytest.mark.parametrize(
    ("role", "status"),
    [("staff", 200), ("chair", 200), ("seated", 403), ("secretary", 403), ("other_primary", 403), ("executive", 403)],
)
def test_the_chair_and_staff_keep_the_roster_and_members_read_it(cast, role, status):
    client = cast.client(role)
    assert client.get(reverse("taskforces:seat_add", args=["data"])).status_code == status
    page = client.get(reverse("taskforces:roster", args=["data"]))
    assert page.status_code == (403 if role == "executive" else 200)
    assert ("Add a seat" in page.content.decode()) == ("Renew" in page.content.decode()) == (status == 200)


def test_a_chair_keeps_only_the_roster_of_the_own_body(cast):
    other = factories.SeatFactory(body=factories.BodyFactory(slug="other", name="Other"))
    client = cast.client("chair")
    assert "Add a seat" not in client.get(reverse("taskforces:roster", args=["other"])).content.decode()
    assert client.get(reverse("taskforces:term_start", args=[other.pk])).status_code == 403
    assert client.post(reverse("taskforces:seat_close", args=[other.pk])).status_code == 403


def test_a_seat_is_unknown_to_somebody_without_rights(cast, vacant):
    client = cast.client("executive")
    assert client.get(reverse("taskforces:term_start", args=[vacant.pk])).status_code == 404
    assert client.get(reverse("taskforces:term_start", args=[99999])).status_code == 404


def test_a_chair_adds_a_seat_names_a_person_and_ends_the_term(cast):
    client = cast.client("chair")
    answer = client.post(
        reverse("taskforces:seat_add", args=["data"]),
        {"role": SeatRole.MEMBER, "organization": cast.other_organization.pk},
    )
    seat = Seat.objects.get(organization=cast.other_organization)
    assert answer.url == reverse("taskforces:term_start", args=[seat.pk])
    answer = client.post(answer.url, {"person": cast.other_primary.pk, "starts_on": "2026-01-05", "planned_end_on": ""})
    term = Term.objects.get(seat=seat)
    assert answer.url == reverse("taskforces:roster", args=["data"]) and term.person == cast.other_primary
    answer = client.post(
        reverse("taskforces:term_end", args=[term.pk]),
        {"ended_on": "2026-02-01", "end_reason": "Changed jobs", "version": term.version},
    )
    term.refresh_from_db()
    assert (term.ended_on, term.end_reason) == (dt.date(2026, 2, 1), "Changed jobs")
    text = client.get(reverse("taskforces:roster", args=["data"])).content.decode()
    assert "OD owes a name" in text and "Changed jobs" in text


def test_a_second_chairs_seat_is_refused_in_a_sentence_and_nothing_typed_is_lost(cast):
    answer = cast.client("chair").post(
        reverse("taskforces:seat_add", args=["data"]), {"role": SeatRole.CHAIR, "organization": cast.organization.pk}
    )
    text = answer.content.decode()
    assert "This body has a chair&#x27;s seat." in text
    assert '<option value="chair" selected>' in text


def test_where_nobody_is_free_the_organization_owes_a_name_and_staff_are_led_to_an_invitation(cast):
    seat = factories.SeatFactory(body=cast.body, organization=factories.OrganizationFactory(key="new", acronym="NEW"))
    url = reverse("taskforces:term_start", args=[seat.pk])
    text = cast.client("staff").get(url).content.decode()
    assert "NEW owes a name" in text and reverse("members:invite", args=["new"]) in text
    text = cast.client("chair").get(url).content.decode()
    assert "NEW owes a name" in text and reverse("members:invite", args=["new"]) not in text


def test_a_person_of_another_organization_cannot_be_posted_into_a_seat(cast, vacant):
    answer = cast.client("chair").post(
        reverse("taskforces:term_start", args=[vacant.pk]), {"person": cast.other_primary.pk, "starts_on": "2026-01-05"}
    )
    assert answer.status_code == 200 and "Select a valid choice" in answer.content.decode()
    assert not Term.objects.filter(seat=vacant).exists()


def test_a_seat_that_somebody_took_meanwhile_is_said_in_a_sentence(cast, vacant):
    factories.TermFactory(seat=vacant, person=cast.alternate)
    answer = cast.client("chair").post(
        reverse("taskforces:term_start", args=[vacant.pk]),
        {"person": cast.representative.pk, "starts_on": "2026-01-05"},
    )
    assert "The alternate sits in this seat now." in answer.content.decode()


def test_a_term_is_renewed_and_a_stale_renewal_shows_both_dates(cast):
    term = Term.objects.get(person=cast.seated)
    url = reverse("taskforces:term_renew", args=[term.pk])
    client = cast.client("chair")
    assert client.post(url, {"planned_end_on": "2099-12-31", "version": 1}).status_code == 302
    answer = client.post(url, {"planned_end_on": "2098-12-31", "version": 1})
    assert answer.status_code == 409
    assert "2099-12-31" in answer.content.decode() and "2098-12-31" in answer.content.decode()


def test_closing_a_seat_is_a_press_and_refused_while_somebody_sits(cast, vacant):
    client = cast.client("chair")
    assert client.get(reverse("taskforces:seat_close", args=[vacant.pk])).status_code == 405
    client.post(reverse("taskforces:seat_close", args=[vacant.pk]))
    vacant.refresh_from_db()
    assert vacant.closed_on is not None
    occupied = Term.objects.get(person=cast.seated).seat
    answer = client.post(reverse("taskforces:seat_close", args=[occupied.pk]), follow=True)
    assert "The seated sits in this seat." in answer.content.decode()


def test_every_roster_is_for_staff_with_vacant_seats_first(cast):
    other = factories.BodyFactory(slug="other", name="Other", position=9)
    factories.SeatFactory(body=other, organization=cast.organization)
    url = reverse("taskforces:rosters")
    text = cast.client("staff").get(url).content.decode()
    assert text.index("Other task force") < text.index("Data task force")
    assert cast.client("chair").get(url).status_code == 404
