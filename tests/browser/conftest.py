"""A real Chromium on the live server, with JavaScript on and off."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.factories import PASSWORD
from tests.skips import CHROMIUM_NAMES

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; Playwright brings none of its own."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Visit:
    """One person's browser window on the live server; collects what the page complained of."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.base = base
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def sign_in(self, email: str) -> None:
        """Through the sign-in page, as a person does."""
        self.go("/accounts/login/")
        self.page.locator("#id_login").fill(email)
        self.page.locator("#id_password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in", exact=True).click()
        self.page.wait_for_url("**/home/")


@pytest.fixture(params=["with JavaScript", "without JavaScript"])
def visit(request: pytest.FixtureRequest, chromium: Browser, live_server) -> Iterator[Visit]:
    """A fresh window at 1280 pixels, once with JavaScript and once without; fails on any error the page reports."""
    context = chromium.new_context(
        java_script_enabled=request.param == "with JavaScript", viewport={"width": 1280, "height": 900}
    )
    visit = Visit(context.new_page(), live_server.url)
    visit.page.set_default_timeout(10_000)
    yield visit
    context.close()
    assert visit.complaints == []
