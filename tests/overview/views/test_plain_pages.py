"""Accessibility, privacy, the parts sheet, and the pages for what went wrong."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import reverse

from overview import views
from tests import factories


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_the_required_pages_say_whom_to_write_to(settings, name):
    settings.DEFAULT_FROM_EMAIL = "SOS portal <portal@example.gov>"
    page = Client().get(reverse(f"overview:{name}")).content.decode()
    assert '<a href="mailto:portal@example.gov">portal@example.gov</a>' in page


@pytest.mark.django_db
def test_every_page_links_the_required_pages_and_skips_to_its_content():
    page = Client().get(reverse("overview:accessibility")).content.decode()
    for name in ("accessibility", "privacy", "progress"):
        assert f'href="{reverse(f"overview:{name}")}"' in page
    assert '<a class="skip-link" href="#main">Skip to main content</a>' in page
    assert '<html lang="en">' in page
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.django_db
def test_the_parts_sheet_opens_only_for_builders(settings):
    assert Client().get(reverse("overview:parts")).status_code == 404
    settings.DEMO = True
    page = Client().get(reverse("overview:parts")).content.decode()
    for tone in ("neutral", "good", "warn", "bad", "done", "stale", "info"):
        assert f"badge-status tone-{tone}" in page
    assert "What somebody else saved meanwhile" in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.django_db
def test_what_is_not_there_and_what_is_not_ours_are_one_page():
    factories.OrganizationFactory(key="hidden", is_public=False)
    missing = Client().get("/organizations/missing/")
    hidden = Client().get("/organizations/hidden/")
    assert missing.status_code == hidden.status_code == 404
    assert missing.content.replace(b"missing", b"hidden") == hidden.content
    page = missing.content.decode()
    assert "Have an account? Sign in to see this page." in page
    assert 'href="/accounts/login/?next=%2Forganizations%2Fmissing%2F"' in page


@pytest.mark.django_db
def test_a_member_is_not_asked_to_sign_in_again(cast):
    page = cast.client("representative").get("/organizations/missing/").content.decode()
    assert "Have an account?" not in page
    assert f'href="{reverse("overview:home")}"' in page


@pytest.mark.django_db
def test_a_refusal_says_why(cast):
    request = RequestFactory().get("/")
    request.user = cast.representative
    answer = views.permission_denied(request, PermissionDenied("Only the chair schedules."))
    assert answer.status_code == 403
    assert "Only the chair schedules." in answer.content.decode()


def test_pages_for_faults_of_ours_need_no_database():
    request = RequestFactory().get("/")
    for view, status in ((views.server_error, 500), (views.bad_request, 400)):
        answer = view(request)
        assert answer.status_code == status
        assert 'href="/"' in answer.content.decode()


@pytest.mark.django_db
def test_a_form_whose_token_no_longer_fits_is_told_so(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    answer = client.post(reverse("overview:workgroup_edit"), {"name": "x"})
    assert answer.status_code == 403
    assert "Nothing was saved." in answer.content.decode()


@pytest.mark.django_db
def test_a_foreign_host_gets_no_page():
    assert Client(headers={"host": "evil.example"}).get("/").status_code == 400
