import pytest

from mail.models import Suppression
from tests.conftest import NOW

pytestmark = pytest.mark.django_db
URL = "/staff/reminders/addresses/"


def refuse(address: str, bounces: int = 2) -> Suppression:
    return Suppression.objects.create(
        address=address,
        bounces=bounces,
        first_at=NOW,
        suppressed_at=NOW if bounces > 1 else None,
        last_code="550 no such user",
    )


def test_what_refuses_mail_is_shown_with_whose_it_is_and_why(cast):
    refuse("once@example.org", 1)
    refuse("chair@example.org")
    page = cast.client("staff").get(URL).content.decode()
    assert page.index("chair@example.org") < page.index("once@example.org")
    assert ">The chair</a>" in page and "550 no such user" in page and "Not blocked" in page
    assert page.count("Unblock address") == 1


def test_staff_let_mail_go_there_again(cast):
    row = refuse("chair@example.org")
    client = cast.client("staff")
    assert '<a href="/staff/reminders/addresses/">1</a>' in client.get("/staff/reminders/").content.decode()
    response = client.post(f"{URL}{row.pk}/unblock/", follow=True)
    assert "chair@example.org is unblocked." in response.content.decode()
    row.refresh_from_db()
    assert (row.suppressed_at, row.bounces) == (None, 0)
    assert "No blocked addresses" in client.get(URL).content.decode()
    assert "is not blocked" in client.post(f"{URL}{row.pk}/unblock/", follow=True).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries(cast, rows, django_assert_num_queries):
    for name in ("chair", "seated", "primary")[:rows]:
        refuse(f"{name}@example.org")
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(6):
        client.get(URL)
