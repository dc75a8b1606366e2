"""A real browser on every kind of mail: on the narrowest phone nothing runs over the edge or is squeezed."""

import pytest
from playwright.sync_api import Browser

from tests.reminders.sample_emails import Mails

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
# The narrowest value beside its label, in pixels: below it a word stands one letter to a line.
_NARROWEST = """() => Math.min(400, ...[...document.querySelectorAll("td:last-child")].map((cell) => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  return cell.textContent.trim().length < 12 ? 400 : range.getBoundingClientRect().width;
}))"""


def test_every_mail_fits_a_narrow_phone(cast, chromium: Browser):
    pages = {mail.name: mail.message.html for mail in Mails(cast).all()}
    context = chromium.new_context(viewport={"width": 320, "height": 600}, java_script_enabled=True)
    page = context.new_page()
    crooked = []
    for name, html in pages.items():
        page.set_content(html)
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        narrowest = page.evaluate(_NARROWEST)
        if over > 0 or narrowest < 60:
            crooked.append((name, over, narrowest))
    context.close()
    assert crooked == []
