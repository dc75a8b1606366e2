"""Asking to join, from the public form to staff's answer."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from members import spam
from members.models import Invitation, JoinRequest, Organization
from tests.conftest import NOW
from tests.factories import JoinRequestFactory, SectorFactory

PAGE = "/join/"
QUEUE = "/staff/join-requests/"


@pytest.fixture(autouse=True)
def clock(db, time_machine):
    time_machine.move_to(NOW, tick=False)


def filled(**values: object) -> dict[str, object]:
    whole = {
        "organization_name": "Coalition of Examples",
        "sector": SectorFactory().pk,
        "participation": "workgroup",
        "reason": "We run a hotline and would like to share what callers ask.",
        "name": "Coalition director",
        "email": "Director@Example.org",
        "stamp": spam.make_stamp(NOW - dt.timedelta(seconds=30)),
    }
    return {**whole, **values}


def words(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_visitor_sends_a_request_and_sees_the_next_steps(client, django_capture_on_commit_callbacks):
    page = words(client.get(PAGE))
    assert "Civil Code section 1798.17" in page and "Send request" in page
    answer = client.post(PAGE, filled(), follow=True)
    assert answer.redirect_chain == [("/join/sent/", 302)]
    assert "What happens next" in words(answer)
    request = JoinRequest.objects.get()
    assert (request.email, request.state, request.asked_at) == ("director@example.org", "waiting", NOW)


def test_form_is_accepted_after_a_few_seconds(client, time_machine):
    page = client.get(PAGE).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]+)"', page)[1]
    quick = client.post(PAGE, filled(stamp=stamp))
    assert "very quick" in words(quick) and "Coalition of Examples" in words(quick)
    assert not JoinRequest.objects.exists()
    time_machine.move_to(NOW + dt.timedelta(seconds=5), tick=False)
    assert client.post(PAGE, filled(stamp=stamp)).status_code == 302


@pytest.mark.parametrize("stamp", ["", "1700000000", "1700000000:forged", "old"])
def test_forged_or_old_stamp_is_renewed_and_input_is_kept(client, stamp):
    posted = spam.make_stamp(NOW - dt.timedelta(hours=13)) if stamp == "old" else stamp
    answer = client.post(PAGE, filled(stamp=posted))
    assert "Your answers are still here" in words(answer) and "We run a hotline" in words(answer)
    assert not JoinRequest.objects.exists()
    renewed = re.search(r'name="stamp" value="([^"]+)"', answer.content.decode())[1]
    assert client.post(PAGE, filled(stamp=renewed)).status_code == 302


def test_filled_honeypot_is_stored_as_spam(client):
    page = client.get(PAGE).content.decode()
    assert re.search(r'class="[^"]*visually-hidden[^"]*"[^>]*>\s*<label[^>]*for="id_fax"', page)
    assert client.post(PAGE, filled(fax="123"))["Location"] == "/join/sent/"
    assert JoinRequest.objects.get().state == "spam"


def test_fifty_posts_from_one_address_leave_five_requests(client):
    statuses = [client.post(PAGE, filled(email=f"a{number}@example.org")).status_code for number in range(50)]
    assert statuses == [302] * 5 + [429] * 45
    assert JoinRequest.objects.count() == 5
    last = words(client.post(PAGE, filled(email="late@example.org")))
    assert "again in an hour" in last and "late@example.org" in last
    assert client.post(PAGE, filled(email="b@example.org"), REMOTE_ADDR="192.0.2.7").status_code == 302


def test_number_of_links_is_limited(client):
    link = "https://spam.example.com/ "
    assert "Use at most 2" in words(client.post(PAGE, filled(reason=link * 3)))
    assert "Use at most 2" in words(client.post(PAGE, filled(reason=link * 2, position="www.spam.example.com")))
    assert client.post(PAGE, filled(reason=link * 2)).status_code == 302


@pytest.mark.parametrize(
    "name", ["organization_name", "acronym", "jurisdiction", "reason", "name", "position", "phone"]
)
@pytest.mark.parametrize("hostile", ["x" * 10_000, "nul\x00"])
def test_too_long_or_invalid_input_shows_an_error(client, name, hostile):
    answer = client.post(PAGE, filled(**{name: hostile}))
    assert answer.status_code == 200 and "There is a problem" in words(answer)
    assert not JoinRequest.objects.exists()


@pytest.mark.parametrize("name", ["organization_name", "acronym", "name", "position", "phone"])
def test_line_break_in_a_name_is_rejected(client, name):
    client.post(PAGE, filled(**{name: "One\r\nBcc: all@example.org"}))
    for request in JoinRequest.objects.all():
        assert "\n" not in getattr(request, name) and "\r" not in getattr(request, name)


def test_a_script_is_shown_as_text(cast):
    script = "<script>alert(1)</script>"
    Client().post(PAGE, filled(organization_name=script, reason=script, name=script, position=script))
    request, client = JoinRequest.objects.get(), cast.client("staff")
    for url in (QUEUE, reverse("members:join_request", args=[request.pk]), "/staff/"):
        text = client.get(url).content.decode()
        assert script not in text and "&lt;script&gt;" in text


def test_visitor_cannot_set_fields_of_staff(client, cast):
    posted = {"state": "accepted", "organization": cast.organization.pk, "answer": "Yes", "answered_by": cast.staff.pk}
    client.post(PAGE, filled(**posted))
    request = JoinRequest.objects.get()
    assert (request.state, request.organization, request.answer, request.answered_by) == ("waiting", None, "", None)


def test_form_is_linked_from_the_directory_and_overview(client, cast):
    for url in ("/", "/organizations/", "/nowhere/"):
        assert 'href="/join/"' in client.get(url).content.decode()


# Staff --------------------------------------------------------------------------------------------


def test_queue_query_count_is_the_same_for_1_and_3_rows(cast, capture):
    client = cast.client("staff")
    JoinRequestFactory(organization_name="First Coalition")
    client.get(QUEUE)
    with capture() as one:
        assert "First Coalition" in words(client.get(QUEUE))
    JoinRequestFactory()
    JoinRequestFactory()
    JoinRequestFactory(organization_name="Bad Coalition", state="spam")
    with capture() as three:
        assert "Bad Coalition" not in words(client.get(QUEUE))
    assert len(one) == len(three) == 5
    assert "Bad Coalition" in words(client.get(QUEUE, {"state": "spam"}))
    assert "First Coalition" in words(client.get(QUEUE, {"state": "nonsense"}))


def test_empty_queue_shows_an_explanation(cast):
    assert "No requests are waiting" in words(cast.client("staff").get(QUEUE))


def test_one_click_accepts_and_invites(cast):
    request, client = JoinRequestFactory(organization_name="Coalition of Examples"), cast.client("staff")
    url = reverse("members:join_request", args=[request.pk])
    assert "Add as a new prospective organization" in words(client.get(url))
    answer = client.post(url, {"version": 1, "invites": "on"}, follow=True)
    assert "Coalition of Examples accepted." in words(answer)
    made = Organization.objects.get(name="Coalition of Examples")
    assert made.status == "invited" and Invitation.objects.get().organization == made
    page = words(client.get(reverse("members:staff_organization", args=[made.key])))
    assert "Asked to join" in page and "First invitation sent" in page and "Coalition director asked to join on" in page


def test_organization_of_the_same_name_is_preselected(cast):
    request, client = JoinRequestFactory(organization_name="department of Examples"), cast.client("staff")
    url = reverse("members:join_request", args=[request.pk])
    page = client.get(url).content.decode()
    assert '<option value="dx" selected>' in page and "Same name" in page
    client.post(url, {"version": 1, "organization": "dx"})
    assert JoinRequest.objects.get().organization == cast.organization
    assert not Invitation.objects.exists()


def test_refused_acceptance_shows_an_error_and_keeps_input(cast):
    request = JoinRequestFactory(organization_name="Department of Examples")
    url = reverse("members:join_request", args=[request.pk])
    answer = words(cast.client("staff").post(url, {"version": 1, "answer": "Good to have you"}))
    assert "is already listed" in answer and "Good to have you" in answer


def test_declining_needs_a_reason(cast):
    request, client = JoinRequestFactory(), cast.client("staff")
    url = reverse("members:join_request_decline", args=[request.pk])
    assert "There is a problem" in words(client.post(url, {"version": 1}))
    assert client.post(url, {"version": 1, "answer": "Not in this field"})["Location"] == QUEUE
    request.refresh_from_db()
    assert (request.state, request.answer) == ("declined", "Not in this field")


def test_second_answer_sees_the_first_one(cast):
    request, client = JoinRequestFactory(), cast.client("staff")
    client.post(reverse("members:join_request_decline", args=[request.pk]), {"version": 1, "answer": "Not yet"})
    answer = client.post(reverse("members:join_request", args=[request.pk]), {"version": 1})
    assert answer.status_code == 409
    assert "Someone else changed this request to join" in words(answer) and "Not yet" in words(answer)


def test_spam_can_be_marked_and_returned(cast):
    request, client = JoinRequestFactory(), cast.client("staff")
    client.post(reverse("members:join_request_spam", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == "spam"
    client.post(reverse("members:join_request_reopen", args=[request.pk]))
    request.refresh_from_db()
    assert request.state == "waiting"
    again = client.post(reverse("members:join_request_reopen", args=[request.pk]), follow=True)
    assert "the status of this request is now" in words(again)
