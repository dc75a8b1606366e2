"""The public directory: search, filters, counts, and nothing that is not public."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from members.models import FormerName
from members.rules import Basis, OrganizationStatus
from tests import factories

pytestmark = pytest.mark.django_db


def names(**query: str) -> list[str]:
    answer = Client().get(reverse("overview:directory"), query)
    assert answer.status_code == 200
    return [organization.name for organization in answer.context["page"].object_list]


def page(**query: str) -> str:
    return " ".join(Client().get(reverse("overview:directory"), query).content.decode().split())


@pytest.fixture
def three(db):
    county = factories.SectorFactory(slug="county", name="county behavioral health")
    health = factories.OrganizationFactory(
        name="Health Services", acronym="DHCS", work="Runs the naloxone project", jurisdiction="California"
    )
    justice = factories.OrganizationFactory(name="Justice", acronym="DOJ", work="Runs CURES", jurisdiction="California")
    marin = factories.OrganizationFactory(name="Marin County", acronym="", sector=county, jurisdiction="Marin County")
    FormerName.objects.create(organization=justice, name="Office of Law")
    factories.SeatFactory(body=factories.BodyFactory(), organization=health)
    factories.SeatFactory(body=factories.BodyFactory(), organization=marin, closed_on="2026-02-01")
    return health, justice, marin


def test_all_are_listed_by_name_with_their_number(three):
    assert names() == ["Health Services", "Justice", "Marin County"]
    assert "3 organizations." in page()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("health", ["Health Services"]),
        ("dhcs", ["Health Services"]),
        ("NALOXONE runs", ["Health Services"]),
        ("office law", ["Justice"]),
        ("runs", ["Health Services", "Justice"]),
        ("runs marin", []),
        ("   ", ["Health Services", "Justice", "Marin County"]),
    ],
)
def test_every_word_is_searched(three, query, expected):
    assert names(q=query) == expected


def test_filters_by_sector_jurisdiction_and_task_force(three):
    assert names(sector="county") == ["Marin County"]
    assert names(jurisdiction="California") == ["Health Services", "Justice"]
    assert names(task_force="data") == ["Health Services"]
    assert names(sector="county", task_force="data") == []
    assert "1 organization found." in page(sector="county")


def test_filter_by_membership(three):
    factories.OrganizationFactory(name="Some Foundation", status=OrganizationStatus.PROSPECTIVE)
    assert names(membership="other") == ["Some Foundation"]
    assert "Some Foundation" not in names(membership="active")
    assert "Prospective</span>" in page(membership="other")


def test_invalid_filter_values_are_ignored(three):
    assert len(names(sector="no-such", jurisdiction="Mars", task_force="none", page="zzz")) == 3


def test_no_results_link_to_all_organizations(three):
    text = page(q="zebra")
    assert "0 organizations found." in text
    assert "No organizations found" in text
    assert '<a class="btn btn-outline-primary" href="/organizations/">Show all organizations</a>' in text


def test_an_empty_directory_has_no_filter_to_clear(db):
    text = page()
    assert "No organizations yet" in text
    assert "Clear filters" not in text


def test_hidden_and_merged_organizations_are_not_listed(three):
    health, _justice, _marin = three
    factories.OrganizationFactory(name="Hidden Agency", is_public=False, jurisdiction="Hidden County")
    factories.OrganizationFactory(name="Duplicate Agency", merged_into=health)
    text = page()
    assert "Hidden" not in text
    assert "Duplicate Agency" not in text
    assert names(q="hidden") == names(q="duplicate") == []


def test_people_of_an_organization_are_not_in_the_directory(cast):
    text = page()
    assert "Department of Examples (DX)" in text
    assert "@example.org" not in text
    assert "The primary" not in text


def test_a_sample_is_labelled(db):
    factories.OrganizationFactory(name="Some Clinic", basis=Basis.SAMPLE)
    assert "Sample: works in the field, not known to be a member</span>" in page()


def test_pages_of_the_directory_keep_the_filter(db):
    factories.OrganizationFactory.create_batch(30, work="clinic")
    text = page(q="clinic")
    assert "30 organizations found." in text and "Page 1 of 2." in text
    assert 'href="?q=clinic&amp;page=2"' in text
    assert len(names(q="clinic", page="2")) == 5


def test_query_count_is_the_same_for_more_rows(db):
    def add() -> None:
        organization = factories.OrganizationFactory()
        FormerName.objects.create(organization=organization, name=f"Old {organization.key}")
        factories.SeatFactory(body=factories.BodyFactory(), organization=organization)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            page()
        return len(queries)

    add()
    count()
    one = count()
    add()
    add()
    assert count() == one
