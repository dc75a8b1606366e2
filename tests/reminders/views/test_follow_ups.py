import datetime as dt

import pytest
import time_machine

from mail.models import Delivery, Suppression
from members.models import Invitation, Representation
from members.tokens import hash_token, make_token
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import run, sent
from tests.world import fingerprints

pytestmark = pytest.mark.django_db
URL = "/staff/follow-ups/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def invitation(cast, *, sent_ago: int = 5, nonce: str = "n1") -> Invitation:
    sent_at = NOW - dt.timedelta(days=sent_ago)
    return Invitation.objects.create(
        organization=cast.organization,
        kind="representative",
        email=f"{nonce}@example.org",
        name="The invited",
        nonce=nonce,
        token_hash=hash_token(make_token(nonce)),
        invited_by=cast.staff,
        sent_at=sent_at,
        expires_at=sent_at + dt.timedelta(days=14),
    )


@pytest.fixture
def owed(cast):
    """One of each matter."""
    Representation.objects.filter(person=cast.primary).update(ended_on=TODAY)
    Suppression.objects.create(
        address="seated@example.org", bounces=2, first_at=NOW, suppressed_at=NOW, last_code="550 no such user"
    )
    Term.objects.filter(person=cast.secretary).update(planned_end_on=TODAY - dt.timedelta(days=10))
    strategy = factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )
    factories.ProgressUpdateFactory(
        strategy=strategy, state="published", published_at=NOW, reported_on=dt.date(2026, 5, 1)
    )
    return {
        "no-primary": cast.organization.pk,
        "invitation": invitation(cast).pk,
        "address": Suppression.objects.get().pk,
        "late-update": strategy.pk,
        "vacant-seat": factories.SeatFactory(body=cast.body, organization=cast.other_organization).pk,
        "past-term": Term.objects.get(person=cast.secretary).pk,
    }


# Whom each is asked of, and words of the mail.
ASKED = {
    "no-primary": ({"alternate@example.org"}, "Please name a primary representative for Department of Examples."),
    "invitation": ({"n1@example.org"}, "invited to represent Department of Examples."),
    "address": ({"alternate@example.org"}, "deliver email to The seated."),
    "late-update": ({"representative@example.org"}, "Please submit a progress update. It was due"),
    "vacant-seat": ({"other_primary@example.org"}, "A seat of Other Department on the Data task force is vacant."),
    "past-term": ({"chair@example.org"}, "term ended Thu, Nov 12. Please renew it"),
}


def test_everything_owed_is_listed_with_a_nudge(cast, owed):
    page = cast.client("staff").get(URL).content.decode()
    for matter, pk in owed.items():
        assert f"{URL}{matter}/{pk}/" in page, matter
    for heading in (
        "Organizations without a primary representative: 1",
        "Vacant seats: 1",
        "Overdue progress updates: 1",
    ):
        assert heading in page


@pytest.mark.parametrize("matter", ASKED)
def test_a_nudge_shows_its_words_first_and_goes_once_a_day(cast, owed, matter):
    people, words = ASKED[matter]
    client = cast.client("staff")
    url = f"{URL}{matter}/{owed[matter]}/"
    client.get(url)
    before = fingerprints()
    page = client.get(url).content.decode()
    assert words in page and all(address in page for address in people)
    assert fingerprints() == before
    assert client.post(url).status_code == 302
    again = client.post(url)
    assert again.status_code == 409 and "A reminder was already sent today." in again.content.decode()
    assert set(Delivery.objects.filter(kind="follow_up").values_list("address", flat=True)) == people
    run(NOW)
    (mail,) = [mail for mail in sent() if mail.to in people and words in " ".join(mail.text.split())]
    assert "The staff asked us to send you this. Reply to this email to reach them." in " ".join(mail.text.split())
    assert "reminder sent today" in client.get(URL).content.decode()
    with time_machine.travel(NOW + dt.timedelta(days=1)):
        assert cast.client("staff").post(url).status_code == 302
    assert Delivery.objects.filter(kind="follow_up").count() == 2


def test_an_answer_to_a_nudge_goes_to_who_asked(cast, owed, outbox):
    cast.client("staff").post(f"{URL}vacant-seat/{owed['vacant-seat']}/")
    run(NOW)
    (raw,) = [raw for path in outbox.glob("*.eml") if b"To: other_primary@" in (raw := path.read_bytes())]
    assert b"Reply-To: staff@example.org" in raw


def test_what_was_settled_meanwhile_is_not_asked(cast, owed):
    client = cast.client("staff")
    client.post(f"{URL}vacant-seat/{owed['vacant-seat']}/")
    factories.TermFactory(seat_id=owed["vacant-seat"], person=cast.other_primary)
    run(NOW)
    row = Delivery.objects.get(kind="follow_up")
    assert (row.state, row.reason) == ("skipped", "This has been resolved.")
    assert client.get(f"{URL}vacant-seat/{owed['vacant-seat']}/").status_code == 404
    assert client.post(f"{URL}vacant-seat/{owed['vacant-seat']}/").status_code == 404


def test_whom_no_mail_reaches_is_shown_and_not_asked(cast, owed):
    Suppression.objects.create(address="other_primary@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    client = cast.client("staff")
    page = client.get(f"{URL}vacant-seat/{owed['vacant-seat']}/").content.decode()
    assert "This address is blocked" in page and "Send to" not in page
    assert client.post(f"{URL}vacant-seat/{owed['vacant-seat']}/").status_code == 409
    assert not Delivery.objects.filter(kind="follow_up").exists()


def test_a_fresh_invitation_is_left_in_peace_and_one_that_ran_out_is_sent_again_elsewhere(cast):
    invitation(cast, sent_ago=2, nonce="fresh")
    old = invitation(cast, sent_ago=20, nonce="old")
    client = cast.client("staff")
    page = client.get(URL).content.decode()
    assert "fresh@example.org" not in page and "old@example.org" in page and "expired: send it again" in page
    assert f"{URL}invitation/{old.pk}/" not in page
    assert client.post(f"{URL}invitation/{old.pk}/").status_code == 409


def test_nothing_to_chase_says_so(cast):
    assert "Nothing needs a follow-up." in cast.client("staff").get(URL).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries(cast, owed, rows, django_assert_num_queries):
    for n in range(rows - 1):
        invitation(cast, nonce=f"more{n}")
        factories.SeatFactory(body=cast.body, organization=cast.organization)
        Suppression.objects.create(address=f"gone{n}@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    client = cast.client("staff")
    client.get(URL)
    with django_assert_num_queries(19):
        client.get(URL)
