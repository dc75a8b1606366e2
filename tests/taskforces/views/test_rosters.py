"""Pages that manage a roster: who can use them, and what each does."""

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
def test_the_chair_and_staff_manage_the_roster_members_read_it(cast, role, status):
    client = cast.client(role)
    assert client.get(reverse("taskforces:seat_add", args=["data"])).status_code == status
    page = client.get(reverse("taskforces:roster", args=["data"]))
    assert page.status_code == (403 if role == "executive" else 200)
    assert ("Add a seat" in page.content.decode()) == ("Renew" in page.content.decode()) == (status == 200)


def test_a_chair_manages_only_the_roster_of_their_body(cast):
    other = factories.SeatFactory(body=factories.BodyFactory(slug="other", name="Other"))
    client = cast.client("chair")
    assert "Add a seat" not in client.get(reverse("taskforces:roster", args=["other"])).content.decode()
    assert client.get(reverse("taskforces:term_start", args=[other.pk])).status_code == 403
    assert client.post(reverse("taskforces:seat_close", args=[other.pk])).status_code == 403


def test_a_seat_is_a_404_for_a_person_without_rights(cast, vacant):
    client = cast.client("executive")
    assert client.get(reverse("taskforces:term_start", args=[vacant.pk])).status_code == 404
    assert client.get(reverse("taskforces:term_start", args=[99999])).status_code == 404


def test_a_chair_adds_a_seat_fills_it_and_ends_the_term(cast):
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
    assert reverse("taskforces:term_start", args=[seat.pk]) in text and "Changed jobs" in text


def test_a_second_chair_seat_is_an_error_and_keeps_the_input(cast):
    answer = cast.client("chair").post(
        reverse("taskforces:seat_add", args=["data"]), {"role": SeatRole.CHAIR, "organization": cast.organization.pk}
    )
    assert answer.context["form"].non_field_errors()
    assert '<option value="chair" selected>' in answer.content.decode()


def test_without_candidates_staff_get_a_link_to_invite(cast):
    seat = factories.SeatFactory(body=cast.body, organization=factories.OrganizationFactory(key="new", acronym="NEW"))
    url = reverse("taskforces:term_start", args=[seat.pk])
    text = cast.client("staff").get(url).content.decode()
    assert reverse("members:invite", args=["new"]) in text
    text = cast.client("chair").get(url).content.decode()
    assert "NEW" in text and reverse("members:invite", args=["new"]) not in text


def test_a_person_of_another_organization_cannot_be_posted(cast, vacant):
    answer = cast.client("chair").post(
        reverse("taskforces:term_start", args=[vacant.pk]), {"person": cast.other_primary.pk, "starts_on": "2026-01-05"}
    )
    assert answer.status_code == 200 and list(answer.context["form"].errors) == ["person"]
    assert not Term.objects.filter(seat=vacant).exists()


def test_a_seat_that_was_filled_before_is_a_form_error(cast, vacant):
    factories.TermFactory(seat=vacant, person=cast.alternate)
    answer = cast.client("chair").post(
        reverse("taskforces:term_start", args=[vacant.pk]),
        {"person": cast.representative.pk, "starts_on": "2026-01-05"},
    )
    assert "The alternate" in answer.context["form"].non_field_errors()[0]


def test_a_stale_renewal_shows_both_dates(cast):
    term = Term.objects.get(person=cast.seated)
    url = reverse("taskforces:term_renew", args=[term.pk])
    client = cast.client("chair")
    assert client.post(url, {"planned_end_on": "2099-12-31", "version": 1}).status_code == 302
    answer = client.post(url, {"planned_end_on": "2098-12-31", "version": 1})
    assert answer.status_code == 409
    assert "2099-12-31" in answer.content.decode() and "2098-12-31" in answer.content.decode()


def test_only_a_vacant_seat_is_closed_by_a_post(cast, vacant):
    client = cast.client("chair")
    assert client.get(reverse("taskforces:seat_close", args=[vacant.pk])).status_code == 405
    client.post(reverse("taskforces:seat_close", args=[vacant.pk]))
    vacant.refresh_from_db()
    assert vacant.closed_on is not None
    occupied = Term.objects.get(person=cast.seated).seat
    answer = client.post(reverse("taskforces:seat_close", args=[occupied.pk]), follow=True)
    assert [message.level_tag for message in answer.context["messages"]][-1] == "error"
    assert Seat.objects.get(pk=occupied.pk).closed_on is None


def test_all_rosters_are_for_staff_most_vacant_first(cast):
    other = factories.BodyFactory(slug="other", name="Other", position=9)
    factories.SeatFactory(body=other, organization=cast.organization)
    url = reverse("taskforces:rosters")
    text = cast.client("staff").get(url).content.decode()
    assert text.index("Other task force") < text.index("Data task force")
    assert cast.client("chair").get(url).status_code == 404
