"""Minutes that someone types outlive the end of their session: typed, signed out elsewhere, signed in, still there."""

import pytest

from tests.browser.conftest import Visit
from tests.world import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "The counties agreed on the first three measures."


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
def test_minutes_typed_before_the_session_ended_in_another_tab_are_there_after_signing_in(visit: Visit, cast):
    meeting = build(cast).meeting
    visit.sign_in("secretary@example.org")
    visit.page.clock.install()
    visit.go(f"/meetings/{meeting.pk}/minutes/")
    visit.page.get_by_label("Anything else").fill(TYPED)
    visit.page.clock.fast_forward(20_000)
    visit.page.get_by_text("Draft saved, visible only to you").wait_for()
    other = visit.page.context.new_page()
    other.goto(f"{visit.base}/accounts/logout/")
    other.get_by_role("main").get_by_role("button", name="Sign out").click()
    other.wait_for_url(f"{visit.base}/")
    visit.page.close()
    visit.page = other
    visit.sign_in("secretary@example.org")
    visit.go(f"/meetings/{meeting.pk}/minutes/")
    assert visit.page.get_by_label("Anything else").input_value() == TYPED
    meeting.refresh_from_db()
    assert meeting.minutes == ""
