"""An organization's public page: what everybody reads, and what only some do."""

import pytest
from django.test import Client
from django.urls import reverse

from members.models import FormerName
from members.rules import Basis
from tests import factories

pytestmark = pytest.mark.django_db


def page(client: Client, key: str = "dx") -> str:
    answer = client.get(reverse("members:organization", args=[key]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_visitor_reads_the_public_record_and_no_person(cast):
    FormerName.objects.create(organization=cast.organization, name="Office of Examples")
    cast.organization.website = "https://www.examples.gov/"
    cast.organization.work = "Makes examples"
    cast.organization.save(update_fields=["website", "work"])
    text = page(Client())
    assert "<h1>Department of Examples (DX)</h1>" in text
    assert '<p class="lead">Makes examples</p>' in text
    assert '<a href="/organizations/?sector=state-agency"> State agency </a>' in text
    assert ">examples.gov</a>" in text
    assert "Office of Examples" in text
    assert "Data task force" in text
    assert "The primary" not in text
    assert "@example.org" not in text
    assert "Representatives</h2>" not in text
    assert "Propose changes" not in text


def test_another_organizations_member_reads_names_without_contact_data(cast):
    text = page(cast.client("other_primary"))
    assert "The primary" in text
    assert "primary@example.org" not in text.replace("other_primary@example.org", "")


def test_its_primary_reads_contacts_and_may_propose(cast):
    text = page(cast.client("primary"))
    assert '<a href="mailto:alternate@example.org">alternate@example.org</a>' in text
    assert f'href="{reverse("members:propose", args=["dx"])}">' in text and "Propose changes" in text
    assert "Propose changes" not in page(cast.client("representative"))


def test_staff_find_the_way_to_manage_it(cast):
    assert f'href="{reverse("members:staff_organization", args=["dx"])}"> Manage </a>' in page(cast.client("staff"))


def test_a_sample_says_that_it_is_one():
    factories.OrganizationFactory(key="clinic", basis=Basis.SAMPLE)
    text = page(Client(), "clinic")
    assert "Sample: works in the field, not known to be a member. It is listed for this demonstration only." in text
    assert "<dt>Standing</dt>" not in text


def test_one_that_is_not_public_is_not_there_for_others(cast):
    cast.organization.is_public = False
    cast.organization.save(update_fields=["is_public"])
    address = reverse("members:organization", args=["dx"])
    assert Client().get(address).status_code == 404
    assert cast.client("other_primary").get(address).status_code == 404
    assert cast.client("primary").get(address).status_code == 200
