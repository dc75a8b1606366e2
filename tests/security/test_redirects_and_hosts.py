"""A link that came from elsewhere leads nowhere else: redirects stay here, foreign hosts get nothing."""

import datetime as dt
import re

import pytest
from django.core.management import call_command
from django.test import Client

from tests.conftest import NOW
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
ELSEWHERE = [
    "https://elsewhere.example/",
    "//elsewhere.example/",
    "///elsewhere.example",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "https:elsewhere.example",
    "https:///elsewhere.example",
    "javascript:alert(1)",
    "http://testserver@elsewhere.example/",
    "\thttps://elsewhere.example/",
    "/%09/elsewhere.example",
    "data:text/html,x",
]


def stays_here(location: str) -> bool:
    """Whether a browser takes the address for a path of this site: one slash, and nothing that it would drop."""
    return bool(re.fullmatch(r"/(?![/\\])[^\s\\]*", location))


@pytest.mark.parametrize("url", ELSEWHERE)
def test_every_way_through_an_account_page_stays_here(world, url):
    client = Client()
    answers = [client.post("/accounts/login/", {"login": "primary@example.org", "password": PASSWORD, "next": url})]
    answers.append(client.get("/accounts/login/", {"next": url}))
    answers.append(client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": url}))
    answers.append(client.post("/accounts/logout/", {"next": url}))
    for response in answers:
        assert response.status_code == 302
        assert stays_here(response["Location"]), response["Location"]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_buttons_of_staff_lead_back_to_our_own_pages(world, url):
    client = world.cast.client("staff")
    response = client.post(f"/staff/invitations/{world.invitation.pk}/revoke/", {"back": url})
    assert response.status_code == 302
    assert stays_here(response["Location"]), response["Location"]


@pytest.mark.parametrize(
    "host", ["evil.example", "portal.test.evil.example", "evil.example:80", "portal.test@evil.example"]
)
def test_a_foreign_host_gets_nothing(world, host):
    for path in ("/", "/accounts/login/", "/accounts/password/reset/", "/no-such-page/", "/healthz"):
        response = Client(headers={"host": host}).get(path)
        assert response.status_code == 400, path
        assert "evil" not in response.content.decode(), path


def test_a_forwarded_host_is_not_believed(world, mailoutbox):
    client = Client(headers={"x-forwarded-host": "evil.example", "x-forwarded-server": "evil.example"})
    client.post("/accounts/login/code/", {"email": "unknown@example.org"})
    assert "evil" not in mailoutbox[-1].body
    assert "evil" not in client.get("/").content.decode()


def test_links_in_mails_come_from_the_sites_own_address(world, mailoutbox):
    client = Client(headers={"host": "localhost"})
    for path in ("/accounts/login/code/", "/accounts/password/reset/"):
        for email in ("primary@example.org", "unknown@example.org"):
            client.post(path, {"email": email})
    world.cast.client("staff").post(
        "/staff/organizations/dx/invite/",
        {"name": "New", "email": "new@example.org", "kind": "representative"},
        headers={"host": "localhost"},
    )
    call_command("send_reminders", at=(NOW + dt.timedelta(minutes=5)).isoformat(), verbosity=0)
    assert len(mailoutbox) >= 5
    assert any("/invitations/" in mail.body for mail in mailoutbox)
    for mail in mailoutbox:
        whole = mail.body + "".join(
            content for content, kind in getattr(mail, "alternatives", ()) if kind == "text/html"
        )
        for link in re.findall(r"https?://[^\s\"'<>)]+", whole):
            assert link.startswith("http://portal.test") or link == world.meeting.join_link, link
