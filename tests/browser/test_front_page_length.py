"""The front page with the real records is at most three screens long."""

import pytest
from django.core.management import call_command

from tests.browser.conftest import Visit

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
THREE_SCREENS = 3 * 800


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
def test_the_front_page_is_at_most_three_screens(visit: Visit, settings):
    settings.DEMO = True
    call_command("load_workgroup", verbosity=0)
    visit.page.set_viewport_size({"width": 1280, "height": 800})
    visit.go("/")
    assert visit.page.evaluate("document.documentElement.scrollHeight") <= THREE_SCREENS
