"""A real browser on pages full of scripts that someone stored: none runs, and the policy has nothing to stop."""

import pytest

from tests.browser.conftest import Visit
from tests.security.test_stored_script import poison
from tests.world import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PATHS = ("/", "/home/", "/organizations/dx/", "/task-forces/data/", "/objectives/1/", "/meetings/", "/search/?q=alert")
PATHS += ("/action-items/", "/staff/", "/staff/people/", "/staff/organizations/dx/", "/staff/security/")
PATHS += ("/staff/publish/", "/staff/proposals/", "/task-forces/data/action-items/", "/task-forces/data/members/")


@pytest.mark.parametrize("visit", ["with JavaScript"], indirect=True)
def test_stored_scripts_show_no_dialog_and_break_no_policy(visit: Visit, cast):
    world = build(cast)
    poison()
    dialogs: list[str] = []
    visit.page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    visit.sign_in("administrator@example.org")
    for path in (*PATHS, f"/meetings/{world.meeting.pk}/", f"/action-items/{world.item.pk}/"):
        visit.go(path)
        visit.page.mouse.move(400, 400)
        visit.page.keyboard.press("Tab")
    assert dialogs == []
