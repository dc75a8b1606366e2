"""The main pages under axe at two widths, and with the keyboard alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PUBLIC = ("/", "/workgroup/", "/organizations/", "/organizations/dx/", "/task-forces/", "/task-forces/data/")
PUBLIC += ("/objectives/", "/objectives/1/", "/meetings/", "/progress/", "/accessibility/", "/accounts/login/")
CHAIR = ("/task-forces/data/meetings/", "/task-forces/data/action-items/", "/task-forces/data/members/")
CHAIR += ("/home/", "/task-forces/data/", "/task-forces/data/roster/", "/action-items/", "/meetings/", "/profile/")
STAFF = (
    "/staff/import/",
    "/staff/invitations/all/",
    "/staff/invitations/",
    "/staff/",
    "/staff/publish/",
    "/staff/organizations/dx/",
    "/staff/reminders/",
    "/staff/people/",
)


@pytest.fixture
def world(cast) -> World:
    return build(cast)


def faults(visit: Visit, paths: tuple[str, ...]) -> list[str]:
    """What axe finds wrong with each page at 1280 and at 390 pixels, and where a page is wider than the window."""
    found = []
    for width in (1280, 390):
        visit.page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            visit.go(path)
            for violation in Axe().run(visit.page).response["violations"]:
                targets = [node["target"] for node in violation["nodes"]]
                found.append(f"{path} at {width}: {violation['id']} {targets}")
            if visit.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} is wider than {width}")
    return found


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
def test_axe_finds_nothing_wrong_on_public_pages(visit: Visit, world: World):
    assert faults(visit, PUBLIC) == []


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
@pytest.mark.parametrize(("who", "paths"), [("chair", CHAIR), ("staff", STAFF)])
def test_axe_finds_nothing_wrong_behind_the_sign_in(visit: Visit, world: World, who: str, paths: tuple[str, ...]):
    visit.sign_in(f"{who}@example.org")
    form = f"/strategies/{world.strategy.pk}/update/" if who == "chair" else "/staff/organizations/dx/edit/"
    assert faults(visit, (*paths, form)) == []


def test_the_first_tab_skips_to_the_content(visit: Visit, world: World):
    visit.go("/organizations/")
    visit.page.keyboard.press("Tab")
    expect(visit.page.locator(":focus")).to_have_text("Skip to main content")
    visit.page.keyboard.press("Enter")
    assert visit.page.url.endswith("#main")


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
def test_a_form_with_errors_gives_its_summary_the_focus_and_keeps_what_was_typed(visit: Visit, world: World):
    visit.sign_in("staff@example.org")
    visit.go("/staff/organizations/add/")
    visit.page.locator("#id_jurisdiction").fill("Butte County")
    visit.page.keyboard.press("Enter")
    summary = visit.page.locator(":focus")
    expect(summary).to_contain_text("Name")
    expect(visit.page.locator("#id_jurisdiction")).to_have_value("Butte County")
    summary.get_by_role("link").first.click()
    expect(visit.page.locator(":focus")).to_have_attribute("name", "name")
