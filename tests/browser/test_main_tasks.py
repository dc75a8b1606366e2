"""The three tasks that the portal exists for, in a real browser, with JavaScript and without."""

import datetime as dt
import email
import email.policy
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Person
from members.models import Organization, Representation
from objectives.models import ProgressUpdate
from tests import factories
from tests.browser.conftest import Visit
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_member_updates_progress_in_three_clicks_from_home(visit: Visit, cast):
    today = timezone.localdate()
    strategy = factories.StrategyFactory(
        objective=factories.ObjectiveFactory(number=1),
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.seated,
        title="Share emergency department counts",
        starts_on=today - dt.timedelta(days=200),
    )
    visit.sign_in("seated@example.org")
    owed = visit.page.locator(".todo-list", has_text="Share emergency department counts")
    owed.get_by_role("link", name=re.compile("Update")).first.click()
    visit.page.get_by_text("At risk", exact=True).click()
    visit.page.locator("#id_narrative").fill("Two counties wait for a signature.")
    visit.page.get_by_role("button", name="Submit").click()
    expect(visit.page.get_by_text("Two counties wait for a signature.").first).to_be_visible()
    update = ProgressUpdate.objects.get(strategy=strategy)
    assert (update.state, update.status, update.author) == ("submitted", "at_risk", cast.seated)
    assert update.narrative == "Two counties wait for a signature."


def test_staff_add_an_organization_and_its_representative_comes_in(visit: Visit, cast, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.MAIL_DIR = "mail.backends.OutboxBackend", tmp_path
    visit.sign_in("staff@example.org")
    visit.page.get_by_role("link", name="Staff console", exact=True).click()
    visit.page.get_by_role("link", name="Organizations", exact=True).last.click()
    visit.page.get_by_role("link", name="Add an organization").first.click()
    visit.page.get_by_label("Name", exact=False).first.fill("County of Example")
    visit.page.get_by_label("Acronym").fill("COE")
    visit.page.get_by_label("Sector").select_option(label="state agency")
    visit.page.get_by_label("Status").select_option(label="Active")
    visit.page.get_by_role("button", name="Add organization").click()
    visit.page.get_by_role("link", name="Invite its primary representative").click()
    visit.page.get_by_label("Name", exact=False).first.fill("COE primary representative")
    visit.page.locator("#id_email").fill("Primary@Coe.example.org")
    visit.page.locator("#id_kind").select_option(label="Primary representative")
    visit.page.get_by_role("button", name="Send invitation").click()
    expect(visit.page.get_by_text("primary@coe.example.org").first).to_be_visible()

    call_command("send_reminders")
    link = invitation_link("primary@coe.example.org")
    visit.page.context.clear_cookies()
    visit.go(link)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Accept invitation").click()
    visit.page.wait_for_url("**/home/")

    person = Person.objects.get(email="primary@coe.example.org")
    assert person.can_sign_in and person.check_password(PASSWORD)
    row = Representation.objects.get(person=person)
    assert (row.organization, row.kind, row.ended_on) == (
        Organization.objects.get(name="County of Example"),
        "primary",
        None,
    )


def invitation_link(address: str) -> str:
    """The path of the link in the newest invitation that was mailed to `address`."""
    for path in sorted(Path(settings.MAIL_DIR).glob("*.eml"), key=lambda path: path.stat().st_mtime, reverse=True):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if mail["To"] == address:
            text = mail.get_body(("plain",)).get_content()
            return re.search(re.escape(settings.SITE_URL) + r"(/invitations/\S+)", text)[1]
    raise AssertionError(f"no mail went to {address}")


def test_a_visitor_reads_the_overview(visit: Visit, settings):
    settings.DEMO = True
    call_command("load_workgroup", verbosity=0)
    visit.go("/")
    page = visit.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Statewide Opioid Safety Workgroup")
    for title in (
        "Strengthen the Workgroup infrastructure to improve effectiveness and expand collaboration",
        "Support local opioid safety coalitions and community engagement",
    ):
        expect(page.get_by_role("link", name=title).first).to_be_visible()
    for name in ("Communication", "Data", "Opioid Treatment", "Maternal Neonatal"):
        expect(page.get_by_role("link", name=name, exact=True).first).to_be_visible()
    page.get_by_role("link", name="Licensing board").click()
    expect(page.locator("main .rows > li")).to_have_count(5)
    page.get_by_role("link", name=re.compile("Dental Board of California")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dental Board of California")
