"""Staff look at the portal as a member: read-only, on record, for half an hour, and never upwards."""

import datetime as dt
import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.drafts import SESSION_KEY
from accounts.impersonation import MAX_DURATION
from accounts.models import Person, SecurityEvent
from accounts.operations import start_viewing
from accounts.rules import PortalRole
from core.operations import OperationNotAllowedError
from members.tokens import token_of
from tests.cast import NOW, Cast
from tests.test_permission_table import TABLE
from tests.world import fingerprints
from tests.writes import recorded_writes

STOP = "/staff/view-as/stop/"
BANNER = "You are viewing the portal as The {}. You can't make changes."
READ = sorted(name for name, row in TABLE.items() if row.get is not None)
WRITTEN = sorted(name for name, row in TABLE.items() if row.post and name != "accounts:view_as_stop")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOW, tick=False)
    return time_machine


@pytest.fixture
def cast(world) -> Cast:
    return world.cast


def looking(cast, name="seated", by="staff") -> Client:
    client = cast.client(by)
    answer = client.post(reverse("accounts:view_as", args=[cast.people[name].pk]))
    assert answer.url == "/home/"
    return client


def events(kind):
    return list(SecurityEvent.objects.filter(kind=kind).values_list("actor__name", "person__name", "detail"))


def test_pages_are_shown_as_the_member_sees_them_with_a_banner(world):
    client = looking(world.cast)
    for page in ("/home/", reverse("meetings:detail", args=[world.meeting.pk]), "/nowhere/"):
        text = client.get(page).content.decode()
        assert BANNER.format("seated") in text and "Staff console" not in text, page
    assert client.get("/staff/").status_code == 404
    assert (
        "https://meet.example.org/secret-room"
        in client.get(reverse("meetings:detail", args=[world.meeting.pk])).content.decode()
    )
    assert client.get("/home/").headers["Cache-Control"] == "no-store, private"


def test_start_and_end_are_recorded_with_the_staff_member(cast):
    client = looking(cast)
    answer = client.post(STOP)
    assert answer.url == reverse("members:person", args=[cast.seated.pk])
    assert events("view_started") == [("The staff", "The seated", "")]
    assert events("view_ended") == [("The staff", "The seated", "Stopped by staff")]
    text = client.get("/staff/").content.decode()
    assert "Staff console" in text and "You are viewing" not in text
    assert client.post(STOP).url == "/staff/"
    assert len(events("view_ended")) == 1


@pytest.mark.parametrize("name", READ)
def test_reading_any_page_as_a_member_writes_nothing(name, world):
    row = TABLE[name]
    client = looking(world.cast)
    seen = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    Person.objects.filter(pk=world.cast.seated.pk).update(last_seen_at=seen)
    with recorded_writes() as writes:
        answer = client.get(reverse(name, kwargs=row.args(world)) + row.query)
    assert answer.status_code < 500
    assert writes == []
    viewed = Person.objects.get(pk=world.cast.seated.pk)
    assert (viewed.last_seen_at, viewed.last_login) == (seen, world.cast.seated.last_login)


@pytest.mark.parametrize("name", WRITTEN)
def test_forms_and_buttons_are_rejected(name, world):
    row = TABLE[name]
    client = looking(world.cast, "chair")
    address = reverse(name, kwargs=row.args(world)) + row.query
    with recorded_writes() as writes:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, address)
            assert answer.status_code == 403, method
            assert "Nothing was changed" in answer.content.decode()
    assert writes == []


@pytest.mark.parametrize(
    "page",
    [
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/sessions/",
        "/accounts/logout/",
        "/admin/",
        "/profile/",
        "/reminders/",
        "/reminders/some-token/",
        "/invitations/some-token/",
        "/answer/some-token/item-done/",
        "/staff/records/export/",
    ],
)
def test_private_pages_of_the_person_are_closed(cast, page):
    answer = looking(cast).get(page)
    assert answer.status_code == 403
    assert "You can't open this page while viewing as someone else" in answer.content.decode()


@pytest.mark.parametrize("name", ["staff", "administrator", "deactivated"])
@pytest.mark.parametrize("by", ["staff", "administrator"])
def test_staff_and_closed_accounts_cannot_be_viewed(cast, name, by):
    client = cast.client(by)
    page = reverse("members:person", args=[cast.people[name].pk])
    assert "View the portal as" not in client.get(page).content.decode()
    assert client.post(reverse("accounts:view_as", args=[cast.people[name].pk])).url == page
    assert "You are viewing" not in client.get("/home/").content.decode()
    assert events("view_started") == []


def test_person_without_an_account_cannot_be_viewed(cast):
    Person.objects.filter(pk=cast.seated.pk).update(can_sign_in=False)
    with pytest.raises(OperationNotAllowedError):
        start_viewing(actor=cast.staff, person=Person.objects.get(pk=cast.seated.pk), now=NOW)


@pytest.mark.parametrize("role", ["chair", "primary", "executive"])
def test_only_staff_can_view_as_someone_else(cast, role):
    client = cast.client(role)
    assert client.post(reverse("accounts:view_as", args=[cast.seated.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        start_viewing(actor=cast.people[role], person=cast.seated, now=NOW)
    assert events("view_started") == []


def test_it_ends_after_30_minutes_and_rejects_the_request(world, clock):
    client = looking(world.cast)
    clock.move_to(NOW + MAX_DURATION / 2, tick=False)
    assert client.get("/home/").status_code == 200
    clock.move_to(NOW + MAX_DURATION, tick=False)
    answer = client.post(reverse("actionitems:done", args=[world.item.pk]))
    assert answer.url == reverse("members:person", args=[world.cast.seated.pk])
    world.item.refresh_from_db()
    assert world.item.status == "open"
    assert "You are no longer viewing the portal as The seated" in client.get(answer.url).content.decode()
    assert events("view_ended") == [("The staff", "The seated", "30 minutes are over")]


def test_it_ends_when_a_right_is_lost_or_gained(cast):
    client = looking(cast)
    Person.objects.filter(pk=cast.seated.pk).update(portal_role=PortalRole.STAFF)
    assert client.get("/home/").url == reverse("members:person", args=[cast.seated.pk])
    assert events("view_ended") == [("The staff", "The seated", "No longer allowed")]
    client = looking(cast, "chair")
    Person.objects.filter(pk=cast.staff.pk).update(portal_role=PortalRole.NONE)
    client.get("/home/")
    assert "You are viewing" not in client.get("/home/").content.decode()


def test_it_ends_with_the_session(cast, clock):
    client = looking(cast)
    clock.move_to(NOW + dt.timedelta(hours=1), tick=False)
    assert client.get("/home/").url.startswith("/accounts/login/")
    assert events("view_ended") == [("The staff", "The seated", "The session ended")]
    client.force_login(cast.staff)
    assert "You are viewing" not in client.get("/home/").content.decode()


def test_form_opened_while_viewing_cannot_be_sent_afterwards(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.cast.staff)
    person = reverse("members:person", args=[world.cast.seated.pk])

    def token(page):
        return re.search(r'csrfmiddlewaretoken" value="([^"]+)', client.get(page).content.decode())[1]

    start = reverse("accounts:view_as", args=[world.cast.seated.pk])
    client.post(start, {"csrfmiddlewaretoken": token(person)})
    opened = token("/home/")
    client.post(STOP, {"csrfmiddlewaretoken": opened})
    done = reverse("actionitems:done", args=[world.item.pk])
    assert client.post(done, {"csrfmiddlewaretoken": opened}).status_code == 403
    world.item.refresh_from_db()
    assert world.item.status == "open"


def test_second_factor_of_the_staff_member_counts(cast, settings):
    settings.REQUIRE_STAFF_MFA = True
    client = cast.client("staff")
    assert client.post(reverse("accounts:view_as", args=[cast.chair.pk])).url == "/accounts/2fa/"
    TOTP.activate(cast.staff, "JBSWY3DPEHPK3PXP")
    client = looking(cast, "chair")
    assert BANNER.format("chair") in client.get("/home/").content.decode()


def test_home_page_of_staff_and_member_are_separate(cast):
    client = looking(cast)
    client.get("/home/")
    assert "last_visit_at" not in client.session


def test_stored_form_is_not_restored_while_viewing(cast):
    client = looking(cast)
    session = client.session
    kept = {"page": "/home/", "posted_to": "/home/", "content": "x=1", "stored_at": NOW.timestamp(), "person": None}
    session[SESSION_KEY] = kept
    session.save()
    client.get("/home/")
    assert SESSION_KEY in client.session


def test_log_names_the_staff_member(cast, caplog):
    client = looking(cast)
    client.get("/home/")
    lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    assert any(line.get("viewer_id") == cast.staff.pk and line.get("user_id") == cast.seated.pk for line in lines)


def test_upcoming_emails_are_shown_without_their_links(world):
    due = NOW.date() + dt.timedelta(days=1)
    type(world.item).objects.filter(pk=world.item.pk).update(due_on=due, created_at=NOW - dt.timedelta(days=30))
    page = reverse("reminders:person_emails", args=[world.cast.representative.pk])
    before = fingerprints()
    for client in (world.cast.client("staff"), looking(world.cast, "representative")):
        text = client.get(page).content.decode()
        assert world.item.text in text and "<summary>" in text
        for secret in settings.TOKEN_URL_PREFIXES:
            assert re.search(rf"{secret}(?!…)[^/\s]", text.split("<main")[1]) is None, secret
    after = fingerprints()
    assert [label for label in before if after[label] != before[label]] == []


def test_only_emails_of_the_viewed_person_are_shown(cast):
    client = looking(cast)
    assert client.get(reverse("reminders:person_emails", args=[cast.seated.pk])).status_code == 200
    assert client.get(reverse("reminders:person_emails", args=[cast.chair.pk])).status_code == 404


def test_viewing_does_not_mark_an_invitation_as_opened(cast, invited):
    invitation = invited()
    client = looking(cast)
    address = reverse("members:accept_invitation", args=[token_of(invitation)])
    assert client.get(address).status_code == 403
    invitation.refresh_from_db()
    assert invitation.opened_at is None
