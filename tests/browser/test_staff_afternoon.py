"""A staff person's afternoon: import, mend, apply, invite, hand over, export, and no page far from the console."""

import io
import re

import pytest
from django.core.management import call_command
from django.urls import get_resolver, reverse
from openpyxl import load_workbook
from playwright.sync_api import expect

from accounts.models import Person
from core.sheets import Sheet, as_xlsx
from members.models import Invitation, Organization, Representation
from taskforces.models import Term
from tests import factories
from tests.browser.conftest import Visit
from tests.crawling import LINK
from tests.test_permission_table import every_name
from tests.world import build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ORGANIZATIONS = ["Organization", "Acronym", "Sector", "Jurisdiction", "Website", "Status"]
PEOPLE = ["Name", "Email", "Position", "Organization", "Represents as"]


def workbook(*, is_corrected: bool) -> bytes:
    """60 organizations, three of them with an error, and a primary representative of each."""
    organizations = [
        [f"County {n} health department", f"C{n}HD", "state agency", "One county", "", "Active"] for n in range(1, 61)
    ]
    if not is_corrected:
        organizations[10][2] = "county"
        organizations[20][0] = ""
        organizations[30][4] = "not a web address"
    people = [
        [f"County {n} primary", f"county{n}@example.org", "Health officer", f"C{n}HD", "Primary representative"]
        for n in range(1, 61)
    ]
    return as_xlsx([Sheet("Organizations", ORGANIZATIONS, organizations), Sheet("People", PEOPLE, people)])


def upload(visit: Visit, name: str, content: bytes) -> None:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    visit.page.get_by_label("Spreadsheet").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    visit.page.get_by_role("button", name="Preview changes").click()


def test_an_afternoon_of_staff(visit: Visit, cast, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "mail.backends.OutboxBackend", tmp_path
    strategy = factories.StrategyFactory(
        objective=factories.ObjectiveFactory(number=1),
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.seated,
        title="Share emergency department counts",
    )
    page = visit.page
    visit.sign_in("staff@example.org")
    page.get_by_role("link", name="Staff console", exact=True).click()

    page.get_by_role("link", name="Import and export").click()
    upload(visit, "counties.xlsx", workbook(is_corrected=False))
    expect(page.get_by_text("6 rejected").first).to_be_visible()
    expect(page.get_by_text("“county” is not a valid choice. Enter state agency.")).to_be_visible()
    expect(page.get_by_text("Enter the name of the organization.")).to_be_visible()
    expect(page.get_by_text("Website: Enter a valid URL.")).to_be_visible()
    assert not Organization.objects.filter(key="c1hd").exists()

    page.get_by_role("link", name="upload it again").click()
    upload(visit, "counties corrected.xlsx", workbook(is_corrected=True))
    expect(page.get_by_text("120 rows: 120 new, 0 changed, 0 unchanged, 0 rejected.")).to_be_visible()
    page.get_by_role("button", name="Apply 120 rows").click()
    expect(page.get_by_text("120 new, 0 changed, 0 unchanged")).to_be_visible()
    assert Organization.objects.filter(key__regex=r"^c\d+hd$").count() == 60
    assert Organization.objects.get(key="c31hd").history.get().history_user == cast.staff

    page.get_by_role("link", name="Invite people").click()
    expect(page.get_by_text("Not invited yet: 60")).to_be_visible()
    invitation = "County 1 primary, please accept the invitation to represent County 1 health department"
    expect(page.get_by_text(invitation)).to_be_visible()
    page.get_by_label("County 60 primary").uncheck()
    page.get_by_role("button", name="Send invitations").click()
    expect(page.get_by_text("59 invitations will be sent within a minute.")).to_be_visible()
    assert Invitation.objects.count() == 59
    call_command("send_reminders")
    assert len(list(tmp_path.glob("*.eml"))) >= 50
    page.reload()
    expect(page.get_by_text("email sent").first).to_be_visible()

    visit.go(reverse("members:staff_organization", args=["dx"]))
    page.locator(".row-item", has_text="The seated").get_by_role("link", name=re.compile("End|Hand")).first.click()
    expect(page.get_by_text("Share emergency department counts").first).to_be_visible()
    reassign(visit, to="The alternate")
    strategy.refresh_from_db()
    assert strategy.responsible_person == cast.alternate
    assert Representation.objects.get(person=cast.seated).ended_on is not None
    assert Term.objects.get(seat__body=cast.body, seat__role="member", ended_on=None).person == cast.alternate

    visit.go(reverse("members:staff_organizations"))
    with page.expect_download() as download:
        page.get_by_role("button", name=re.compile("^Excel")).click()
    rows = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
    assert rows.max_row == 1 + Organization.objects.standing().count()
    assert Person.objects.filter(email="county60@example.org", can_sign_in=False).exists()


def reassign(visit: Visit, to: str) -> None:
    """Choose the same successor for everything on the page of a departing representative, and press."""
    page = visit.page
    for select in page.locator("form select").all():
        label = next((text for text in select.locator("option").all_inner_texts() if text.startswith(to)), None)
        if label:
            select.select_option(label=label)
    page.get_by_label("Reason").fill("New position elsewhere")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("no longer represents")).to_be_visible()


def test_every_staff_page_is_within_two_clicks_of_the_console(visit: Visit, cast):
    build(cast)
    visit.sign_in("staff@example.org")
    pages = {reverse(name) for name, pattern in every_name().items() if is_staff_page(name, pattern)}
    assert len(pages) > 15
    console = reverse("overview:console")
    near = links_on(visit, console)
    for address in sorted(near):
        if address.startswith("/staff/") and address in pages:
            near |= links_on(visit, address)
    assert pages - near - {console} == set()


def is_staff_page(name: str, pattern: str) -> bool:
    """A page under /staff/ that needs no argument and that one opens, rather than a button that posts."""
    if not pattern.startswith("staff/") or "<" in pattern:
        return False
    view = get_resolver().resolve(f"/{pattern}").func
    return "GET" in allowed_methods(view)


def allowed_methods(view) -> set[str]:
    """What a view answers to, asked of its own decorator."""
    while view is not None:
        closure = {
            name: cell.cell_contents
            for name, cell in zip(view.__code__.co_freevars, view.__closure__ or (), strict=True)
        }
        if "request_method_list" in closure:
            return set(closure["request_method_list"])
        view = getattr(view, "__wrapped__", None)
    return {"GET"}


def links_on(visit: Visit, address: str) -> set[str]:
    visit.go(address)
    return {link.split("?")[0].split("#")[0] for link in LINK.findall(visit.page.content())}
