"""An organization's public page: what everyone reads, and what only some do."""

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


def test_visitor_sees_public_information_and_no_people(cast):
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


def test_member_of_another_organization_sees_no_contact_data(cast):
    text = page(cast.client("other_primary"))
    assert "The primary" in text
    assert "primary@example.org" not in text.replace("other_primary@example.org", "")


def test_primary_sees_contact_data_and_may_propose(cast):
    text = page(cast.client("primary"))
    assert '<a href="mailto:alternate@example.org">alternate@example.org</a>' in text
    assert f'href="{reverse("members:propose", args=["dx"])}">' in text and "Propose changes" in text
    assert "Propose changes" not in page(cast.client("representative"))


def test_staff_see_a_link_to_manage_it(cast):
    assert f'href="{reverse("members:staff_organization", args=["dx"])}"> Manage </a>' in page(cast.client("staff"))


def test_sample_organization_is_marked():
    factories.OrganizationFactory(key="clinic", basis=Basis.SAMPLE)
    text = page(Client(), "clinic")
    assert "Sample: works in the field, not known to be a member. It is listed for this demonstration only." in text
    assert "<dt>Standing</dt>" not in text


def test_hidden_organization_is_not_found_by_others(cast):
    cast.organization.is_public = False
    cast.organization.save(update_fields=["is_public"])
    address = reverse("members:organization", args=["dx"])
    assert Client().get(address).status_code == 404
    assert cast.client("other_primary").get(address).status_code == 404
    assert cast.client("primary").get(address).status_code == 200
