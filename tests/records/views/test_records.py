"""The pages of records: retention schedule, holds, contact data past retention."""

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


def test_the_page_shows_the_schedule_and_people_past_retention(cast):
    person = leave(cast)
    page = cast.client("staff").get(URL).content.decode()
    assert "10 years after the plan ends" in page and "Permanently" in page
    assert "In force" not in page
    assert reverse("records:remove_contact", args=[person.pk]) in page


@pytest.mark.parametrize("many", [1, 3])
def test_query_count_is_the_same_for_one_and_three_rows(cast, many, django_assert_num_queries):
    for number in range(many):
        leave(cast)
        LegalHold.objects.create(
            matter=f"Case {number}", organization=cast.organization, placed_by=cast.staff, placed_at=NOW
        )
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(6):
        client.get(URL)


def test_a_hold_is_placed_and_lifted(cast):
    client = cast.client("staff")
    add = reverse("records:hold_add")
    empty = client.post(add, {"matter": "Case 7"})
    assert list(empty.context["form"].errors) == ["__all__"]
    assert 'value="Case 7"' in empty.content.decode()
    client.post(add, {"matter": "Case 7", "organization": cast.organization.pk})
    hold = LegalHold.objects.get()
    assert "In force" in client.get(URL).content.decode()
    lift = reverse("records:hold_lift", args=[hold.pk])
    stale = client.post(lift, {"version": 9, "reason": "Closed"})
    assert stale.status_code == 409 and stale.context["form"].non_field_errors()
    client.post(lift, {"version": hold.version, "reason": "Closed"})
    hold.refresh_from_db()
    assert hold.lifted_by == cast.staff and "Lifted" in client.get(URL).content.decode()


def test_a_period_that_ends_before_it_starts_is_rejected(cast):
    answer = cast.client("staff").post(
        reverse("records:hold_add"), {"matter": "Case 7", "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    )
    assert answer.status_code == 200 and answer.context["form"].errors and not LegalHold.objects.exists()


def test_contact_data_is_removed_by_a_post(cast):
    person = leave(cast)
    url = reverse("records:remove_contact", args=[person.pk])
    client = cast.client("staff")
    assert client.get(url).status_code == 200
    client.post(url, {"version": person.version})
    assert Person.objects.get(pk=person.pk).email.endswith("@removed.invalid")


def test_a_hold_is_shown_and_prevents_removal(cast):
    person = leave(cast)
    LegalHold.objects.create(matter="Case 7", person=person, placed_by=cast.staff, placed_at=NOW)
    url = reverse("records:remove_contact", args=[person.pk])
    client = cast.client("staff")
    assert "Case 7" in client.get(url).content.decode()
    assert "Case 7" in client.post(url, {"version": person.version}).context["form"].non_field_errors()[0]
    assert Person.objects.get(pk=person.pk).email == person.email
