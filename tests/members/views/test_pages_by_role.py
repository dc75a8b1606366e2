"""Which role opens which page of membership."""

import pytest
from django.urls import reverse

from accounts.models import SecurityEvent
from members import operations
from members.tokens import token_of
from tests.conftest import NOW
from tests.factories import OrganizationFactory, PersonFactory, RepresentationFactory

pytestmark = pytest.mark.django_db
OUTSIDERS = ("representative", "primary", "chair", "executive")


@pytest.fixture
def world(cast):
    invitation = operations.invite(
        actor=cast.staff,
        organization=cast.organization,
        kind="representative",
        email="new@example.org",
        name="N",
        now=NOW,
    )
    proposal = operations.propose(
        actor=cast.primary, organization=cast.organization, version=None, values={"acronym": "DOX"}, note="", now=NOW
    )
    return cast, invitation, proposal


def staff_pages(cast, invitation, proposal) -> list[str]:
    key, pk = cast.organization.key, cast.primary.pk
    return [
        reverse("members:staff_organizations"),
        reverse("members:organization_add"),
        reverse("members:staff_organization", args=[key]),
        reverse("members:organization_edit", args=[key]),
        reverse("members:organization_status", args=[key]),
        reverse("members:representation_add", args=[key]),
        reverse("members:invite", args=[key]),
        reverse("members:people"),
        reverse("members:person", args=[pk]),
        reverse("members:person_edit", args=[pk]),
        reverse("overview:close_account", args=[pk]),
        reverse("members:invitations"),
        reverse("members:proposals"),
        reverse("members:proposal", args=[proposal.pk]),
        reverse("accounts:security_events"),
    ]


def test_staff_open_every_staff_page(world):
    client = world[0].client("staff")
    for url in staff_pages(*world):
        response = client.get(url)
        assert response.status_code == 200, url
        assert response["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("role", OUTSIDERS)
def test_staff_pages_are_not_found_by_others(world, role):
    client = world[0].client(role)
    for url in staff_pages(*world):
        assert client.get(url).status_code == 404, url


def test_a_visitor_is_sent_to_sign_in_from_every_staff_page(world, client):
    for url in staff_pages(*world):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login")), url


def test_only_an_administrator_opens_the_role_page(world):
    cast = world[0]
    url = reverse("members:person_role", args=[cast.primary.pk])
    assert cast.client("administrator").get(url).status_code == 200
    assert cast.client("staff").get(url).status_code == 403
    assert cast.client("primary").get(url).status_code == 404


def test_only_primary_and_alternate_can_propose(world):
    cast = world[0]
    url = reverse("members:propose", args=[cast.organization.key])
    for role, status in {
        "primary": 200,
        "alternate": 200,
        "representative": 403,
        "other_primary": 403,
        "executive": 403,
        "staff": 403,
    }.items():
        assert cast.client(role).get(url).status_code == status, role


def test_people_and_contact_data_are_shown_by_role(cast, client):
    url = reverse("members:organization", args=[cast.organization.key])
    assert b"The primary" not in client.get(url).content
    other = cast.client("other_primary").get(url).content
    assert b"The primary" in other
    assert b"primary@example.org" not in other.replace(b"other_primary@example.org", b"")
    assert b"The primary" not in cast.client("executive").get(url).content
    for role in ("representative", "staff"):
        assert b"primary@example.org" in cast.client(role).get(url).content, role


def test_hidden_organization_is_404_for_others(cast, client):
    hidden = OrganizationFactory(is_public=False)
    url = reverse("members:organization", args=[hidden.key])
    for role in ("representative", "other_primary"):
        assert cast.client(role).get(url).status_code == 404
    assert client.get(url).status_code == 404
    assert cast.client("staff").get(url).status_code == 200


def test_merged_organization_redirects(cast, client):
    operations.reassign_organization(
        actor=cast.staff, source=cast.other_organization, target=cast.organization, today=NOW.date()
    )
    response = client.get(reverse("members:organization", args=[cast.other_organization.key]))
    assert response.status_code == 301
    assert response["Location"] == reverse("members:organization", args=[cast.organization.key])


@pytest.mark.parametrize(
    "name",
    [
        "members:staff_organizations",
        "members:people",
        "members:invitations",
        "members:proposals",
        "accounts:security_events",
    ],
)
def test_list_query_count_is_the_same_for_1_and_3_rows(cast, name, django_assert_num_queries, capture):
    client = cast.client("staff")
    url = reverse(name)
    counts = []
    for number in range(3):
        organization = OrganizationFactory()
        person = PersonFactory()
        RepresentationFactory(organization=organization, person=person, kind="primary")
        operations.invite(
            actor=cast.staff,
            organization=organization,
            kind="representative",
            email=f"q{number}@example.org",
            name="Q",
            now=NOW,
        )
        operations.propose(
            actor=person, organization=organization, version=None, values={"acronym": "QQ"}, note="", now=NOW
        )
        if number in (0, 2):
            client.get(url)
            with capture() as queries:
                assert client.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_organization_query_count_is_the_same_for_1_and_3_people(cast, capture):
    client = cast.client("staff")
    url = reverse("members:staff_organization", args=[cast.other_organization.key])
    client.get(url)
    with capture() as first:
        client.get(url)
    for _ in range(2):
        RepresentationFactory(organization=cast.other_organization)
    with capture() as third:
        client.get(url)
    assert len(first) == len(third)


def test_security_events_can_be_filtered(world):
    cast = world[0]
    client = cast.client("staff")
    SecurityEvent.objects.all()
    page = client.get(reverse("accounts:security_events"), {"kind": "role_changed"})
    assert b"No events found" in page.content
    page = client.get(reverse("accounts:security_events"), {"kind": "invited"})
    assert b"new@example.org" in page.content


def test_invitation_token_is_on_no_staff_page(world):
    token = token_of(world[1])
    client = world[0].client("staff")
    for url in staff_pages(*world):
        assert token.encode() not in client.get(url).content
