"""A real browser on the sections of a task force's page: none is longer than three screens."""

import io

import pytest
from django.conf import settings as site
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from accounts.models import Person
from taskforces.models import Body

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SCREEN, SECTIONS = (1280, 800), ("detail", "meetings", "action_items", "members")


@pytest.fixture
def demonstration(db, settings, tmp_path):
    settings.DEMO, settings.VAR_DIR, settings.DEMO_PASSWORD = True, tmp_path, ""
    call_command("load_workgroup", stdout=io.StringIO())
    call_command("load_demo", stdout=io.StringIO())


def test_no_section_is_longer_than_three_screens(live_server, demonstration, chromium: Browser):
    too_long = []
    for body in Body.objects.task_forces():
        client = Client()
        client.force_login(Person.objects.get(email=f"chair.{body.slug}@example.org"))
        context = chromium.new_context(viewport={"width": SCREEN[0], "height": SCREEN[1]})
        session = client.cookies[site.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": site.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        for section in SECTIONS:
            page.goto(live_server.url + reverse(f"taskforces:{section}", args=[body.slug]))
            assert page.get_by_role("navigation", name=body.title).locator("[aria-current=page]").count() == 1
            height = page.evaluate("document.documentElement.scrollHeight")
            if height > 3 * SCREEN[1]:
                too_long.append((body.slug, section, height))
        context.close()
    assert too_long == []
