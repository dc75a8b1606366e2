import pytest
from django.utils import timezone

from mail.models import Pause
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
URL = "/staff/reminders/pauses/"


def test_staff_pause_one_kind_to_one_person_and_let_it_go_on(cast):
    client = cast.client("staff")
    assert "Nothing is paused" in client.get(URL).content.decode()
    typed = {"kind": "item_due", "address": "Chair@example.org", "reason": "The date is wrong."}
    assert client.post(URL, typed).status_code == 302
    held = Pause.objects.get()
    assert (held.kind, held.person, held.reason, held.paused_by) == (
        "item_due",
        cast.chair,
        "The date is wrong.",
        cast.staff,
    )
    page = client.get(URL).content.decode()
    assert "Action item due, to The chair" in page and "The date is wrong." in page
    for banner_on in ("/staff/reminders/", "/staff/reminders/dry-run/", "/staff/"):
        assert "Paused: Action item due, to The chair." in client.get(banner_on).content.decode(), banner_on
    assert client.post(f"{URL}{held.pk}/resume/").status_code == 302
    held.refresh_from_db()
    assert held.lifted_by == cast.staff and held.lifted_at is not None
    page = client.get(URL).content.decode()
    assert "Nothing is paused" in page and "Resumed by The staff" in page
    assert "Paused:" not in client.get("/staff/").content.decode()


def test_all_mail_is_paused_with_one_reason(cast):
    cast.client("staff").post(URL, {"kind": "", "address": "", "reason": "Wrong template."})
    held = Pause.objects.get()
    assert (held.kind, held.person, held.lifted_at) == ("", None, None)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "This field is required."),
        ({"reason": "x", "address": "unknown@example.org"}, "No one in the portal has this address."),
        ({"reason": "x", "kind": "anything"}, "Select a valid choice."),
        ({"reason": "x", "kind": "item_due"}, "This email is already paused."),
    ],
)
def test_what_cannot_be_paused_says_why_and_keeps_what_was_typed(cast, typed, words):
    Pause.objects.create(kind="item_due", reason="Before.", paused_by=cast.staff, paused_at=NOW)
    response = cast.client("staff").post(URL, {"kind": "", "address": "", **typed})
    page = response.content.decode()
    assert response.status_code == 400 and words in page
    assert typed.get("address", "") in page
    assert Pause.objects.count() == 1


def test_a_link_from_elsewhere_fills_in_whom(cast):
    page = cast.client("staff").get(URL, {"address": "chair@example.org"}).content.decode()
    assert 'value="chair@example.org"' in page


def test_lifting_twice_is_told(cast):
    held = Pause.objects.create(reason="Before.", paused_by=cast.staff, paused_at=NOW, lifted_at=timezone.now())
    response = cast.client("staff").post(f"{URL}{held.pk}/resume/", follow=True)
    assert "already been resumed" in response.content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries(cast, rows, django_assert_num_queries):
    for n in range(rows):
        Pause.objects.create(reason=f"R{n}", kind=f"k{n}", paused_by=cast.staff, paused_at=NOW)
        Pause.objects.create(
            reason=f"L{n}", kind=f"k{n}", paused_by=cast.staff, paused_at=NOW, lifted_at=NOW, lifted_by=cast.staff
        )
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(5):
        client.get(URL)
