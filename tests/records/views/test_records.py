"""The page of records: classes, holds, and contact data past their time."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Person
from records.models import LegalHold
from tests import factories
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
URL = reverse("records:records")


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW)


def leave(cast) -> Person:
    person = factories.PersonFactory()
    factories.RepresentationFactory(
        organization=cast.organization, person=person, starts_on=dt.date(2020, 1, 1), ended_on=dt.date(2023, 1, 31)
    )
    return person


def test_the_page_says_what_is_kept_and_what_waits(cast):
    person = leave(cast)
    page = cast.client("staff").get(URL).content.decode()
    assert "10 years after the plan ends" in page and "For good" in page
    assert "No hold" in page
    assert reverse("records:remove_contact", args=[person.pk]) in page


@pytest.mark.parametrize("many", [1, 3])
def test_the_page_asks_the_same_number_of_queries_whatever_stands_on_it(cast, many, django_assert_num_queries):
    for number in range(many):
        leave(cast)
        LegalHold.objects.create(
            matter=f"Case {number}", organization=cast.organization, placed_by=cast.staff, placed_at=NOW
        )
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(6):
        client.get(URL)


def test_a_hold_is_placed_and_lifted_on_the_pages(cast):
    client = cast.client("staff")
    add = reverse("records:hold_add")
    empty = client.post(add, {"matter": "Case 7"}).content.decode()
    assert "Say what the hold covers: an organization, a body, a person or a period." in empty
    assert 'value="Case 7"' in empty
    client.post(add, {"matter": "Case 7", "organization": cast.organization.pk})
    hold = LegalHold.objects.get()
    assert "In force" in client.get(URL).content.decode()
    lift = reverse("records:hold_lift", args=[hold.pk])
    stale = client.post(lift, {"version": 9, "reason": "Closed"})
    assert stale.status_code == 409 and "Go back and look at it" in stale.content.decode()
    client.post(lift, {"version": hold.version, "reason": "Closed"})
    assert "lifted by The staff" in client.get(URL).content.decode()


def test_a_period_that_ends_before_it_starts_is_refused(cast):
    answer = cast.client("staff").post(
        reverse("records:hold_add"), {"matter": "Case 7", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    )
    assert "The end date must be after the start date." in answer.content.decode()


def test_contact_data_go_with_one_press_that_says_what_it_does(cast):
    person = leave(cast)
    url = reverse("records:remove_contact", args=[person.pk])
    client = cast.client("staff")
    assert "Nobody can bring them back" in client.get(url).content.decode()
    client.post(url, {"version": person.version})
    assert Person.objects.get(pk=person.pk).email.endswith("@removed.invalid")


def test_a_held_persons_page_says_so_and_the_press_changes_nothing(cast):
    person = leave(cast)
    LegalHold.objects.create(matter="Case 7", person=person, placed_by=cast.staff, placed_at=NOW)
    url = reverse("records:remove_contact", args=[person.pk])
    client = cast.client("staff")
    assert "A legal hold covers this person: Case 7" in client.get(url).content.decode()
    assert "Nothing is removed until it is lifted" in client.post(url, {"version": person.version}).content.decode()
    assert Person.objects.get(pk=person.pk).email == person.email
