"""The staff's list of yearly confirmations."""

import datetime as dt

import pytest
from django.urls import reverse

from members import operations
from members.operations import OnBehalf
from tests import factories
from tests.conftest import NOW, TODAY

pytestmark = pytest.mark.django_db
PAGE = reverse("members:confirmations")
DAY = dt.timedelta(days=1)
QUERIES = 7


@pytest.fixture(autouse=True)
def on_the_day(time_machine):
    time_machine.move_to(NOW, tick=False)


def text(cast, state=""):
    return " ".join(cast.client("staff").get(PAGE, {"state": state}).content.decode().split())


def ask(cast, organization, days_ago):
    moment = NOW - days_ago * DAY
    return operations.request_confirmation(
        actor=cast.staff, organization=organization, now=moment, today=TODAY - days_ago * DAY
    )


def test_list_shows_last_answers_and_missing_ones(cast):
    operations.confirm_organization(
        actor=cast.staff,
        organization=cast.organization,
        via="staff",
        on_behalf=OnBehalf(cast.primary, "phone", NOW - 94 * DAY),
        now=NOW - 94 * DAY,
        today=TODAY - 94 * DAY,
    )
    page = text(cast)
    assert "Confirmed 3 months ago by The primary, reported to staff" in page
    assert "Never confirmed" in page
    staff_page = cast.client("staff").get(reverse("members:staff_organization", args=["dx"])).content.decode()
    assert "by The primary, reported to staff" in staff_page


def test_staff_enter_a_confirmation_after_a_call(cast):
    ask(cast, cast.organization, 43)
    url = reverse("members:confirm_on_behalf", args=["dx"])
    client = cast.client("staff")
    page = client.get(url).content.decode()
    assert "The alternate" in page and "The representative" not in page
    assert "Select a person" in client.post(url, {"how": "phone"}).content.decode()
    answer = client.post(url, {"said_by": cast.alternate.pk, "how": "phone"}, follow=True)
    assert "Confirmation entered on behalf of The alternate." in answer.content.decode()
    assert cast.organization.confirmations.get().confirmed_by == cast.alternate


def test_unanswered_organizations_come_first(cast):
    ask(cast, cast.organization, 43)
    ask(cast, cast.other_organization, 15)
    page = text(cast)
    assert page.index("Department of Examples") < page.index("Other Department")
    assert "No response: staff follow-up" in page and "Reminder sent" in page
    assert "The primary, The alternate, The executive" in page
    assert "The other_primary" in page


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        ("silent", "Department of Examples", "Other Department"),
        ("waiting", "Other Department", "Department of Examples"),
        ("old", "Department of Examples", "Third Department"),
        ("confirmed", "Third Department", "Other Department"),
    ],
)
def test_filter_limits_the_list(cast, state, shown, hidden):
    third = factories.OrganizationFactory(name="Third Department")
    told = OnBehalf(factories.RepresentationFactory(organization=third, kind="primary").person, "phone", NOW)
    operations.confirm_organization(
        actor=cast.staff, organization=third, via="staff", now=NOW, today=TODAY, on_behalf=told
    )
    ask(cast, cast.organization, 43)
    ask(cast, cast.other_organization, 15)
    page = text(cast, state)
    assert shown in page and hidden not in page


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_does_not_grow(cast, count, django_assert_num_queries):
    for number in range(count):
        organization = factories.OrganizationFactory(name=f"Department {number}")
        factories.RepresentationFactory(organization=organization, kind="primary")
        ask(cast, organization, 20)
    client = cast.client("staff")
    client.get(PAGE)
    with django_assert_num_queries(QUERIES):
        client.get(PAGE)
