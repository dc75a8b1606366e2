"""Accessibility, privacy, the style guide, and the error pages."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse

from overview.views import errors
from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_the_required_pages_give_a_contact_address(settings, name):
    settings.DEFAULT_FROM_EMAIL = "SOS portal <portal@example.gov>"
    page = Client().get(reverse(f"overview:{name}")).content.decode()
    assert '<a href="mailto:portal@example.gov">portal@example.gov</a>' in page


@pytest.mark.django_db
def test_every_page_has_required_links_and_a_skip_link():
    page = Client().get(reverse("overview:accessibility")).content.decode()
    for name in ("accessibility", "privacy", "progress"):
        assert f'href="{reverse(f"overview:{name}")}"' in page
    assert '<a class="skip-link" href="#main">Skip to main content</a>' in page
    assert '<html lang="en">' in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.django_db
def test_the_style_guide_is_for_developers_only(settings):
    assert Client().get(reverse("overview:style_guide")).status_code == 404
    settings.DEMO = True
    page = Client().get(reverse("overview:style_guide")).content.decode()
    for tone in ("neutral", "good", "warn", "bad", "done", "stale", "info"):
        assert f"badge-status tone-{tone}" in page
    assert "The saved title" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.django_db
def test_missing_and_hidden_records_get_the_same_page():
    factories.OrganizationFactory(key="hidden", is_public=False)
    missing = Client().get("/organizations/missing/")
    hidden = Client().get("/organizations/hidden/")
    assert missing.status_code == hidden.status_code == 404
    assert missing.content.replace(b"missing", b"hidden") == hidden.content
    page = missing.content.decode()
    assert 'href="/accounts/login/?next=%2Forganizations%2Fmissing%2F"' in page


@pytest.mark.django_db
def test_a_member_is_not_asked_to_sign_in_again(cast):
    page = cast.client("representative").get("/organizations/missing/").content.decode()
    assert "/accounts/login/?next" not in page
    assert f'href="{reverse("overview:home")}"' in page


@pytest.mark.django_db
def test_a_permission_error_shows_its_reason(cast):
    request = RequestFactory().get("/")
    request.user = cast.representative
    answer = errors.permission_denied(request, PermissionDenied("Only the chair schedules."))
    assert answer.status_code == 403
    assert "Only the chair schedules." in answer.content.decode()


def test_server_error_pages_need_no_database():
    request = RequestFactory().get("/")
    for view, status in ((errors.server_error, 500), (errors.bad_request, 400)):
        answer = view(request)
        assert answer.status_code == status
        assert 'href="/"' in answer.content.decode()


@pytest.mark.django_db
def test_an_invalid_csrf_token_gets_an_error_page(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    answer = client.post(reverse("overview:workgroup_edit"), {"name": "x"})
    assert answer.status_code == 403
    assert "403_csrf.html" in [template.name for template in answer.templates]


@pytest.mark.django_db
def test_a_foreign_host_gets_no_page():
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400
