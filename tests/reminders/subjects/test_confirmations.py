"""The yearly question by mail: each stage once, to whom it belongs, and not after the answer."""

import datetime as dt
import html

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from members import operations
from members.models import Confirmation, Representation
from members.rules import OrganizationStatus
from reminders.models import Reminder
from reminders.schedule import build_plan
from reminders.storing import store_plan
from reminders.subjects.confirmations import request_confirmations
from tests import factories
from tests.conftest import NOW, TODAY
from tests.reminders.conftest import run, sent

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
KIND = "organization_confirm"


@pytest.fixture
def question(cast):
    return operations.request_confirmation(actor=cast.staff, organization=cast.organization, now=NOW, today=TODAY)


def answer(cast, person=None):
    operations.confirm_organization(
        actor=person or cast.primary, organization=cast.organization, via="link", now=NOW, today=TODAY
    )


def told() -> list[tuple[str, str]]:
    """Whom the question's mails went to and at which stage, in order."""
    rows = Reminder.objects.filter(kind=KIND, state__in=["sent", "merged"]).order_by("due_at", "recipient__email")
    return [(row.recipient.email.split("@")[0], row.subject_version) for row in rows]


def days(first: int, last: int) -> None:
    """The clock ticks every six hours, from so many days after the asking to so many."""
    moment = NOW + first * DAY
    while moment <= NOW + last * DAY:
        run(moment)
        moment += DAY / 4


def test_silence_goes_from_the_primary_to_the_alternate_to_the_executive_contact_and_then_to_staff(cast, question):
    days(0, 60)
    assert told() == [
        ("primary", "asked"),
        ("alternate", "again"),
        ("primary", "again"),
        ("executive", "executive"),
    ]
    assert Reminder.objects.filter(kind=KIND).count() == 4


def test_the_mail_asks_says_why_and_carries_a_link_of_its_person(cast, question):
    run(NOW)
    run(NOW + DAY)
    mail = next(mail for mail in sent() if mail.to == "primary@example.org")
    assert "Is DX's information still correct? Please confirm by Sun, Dec 6." in " ".join(mail.text.split())
    assert "Primary representative: The primary" in mail.text
    assert "you represent DX" in " ".join(mail.text.split())
    assert "/confirm/" in mail.text and mail.headers
    assert "notices about meetings" not in mail.text
    assert "List-Unsubscribe" not in dict(mail.headers)


def test_the_assistant_s_copy_says_the_same_and_carries_no_link_that_answers(cast, question):
    cast.primary.assistant_email = "assistant@example.org"
    cast.primary.save(update_fields=["assistant_email"])
    run(NOW)
    mails = {mail.to: mail for mail in sent()}
    assert set(mails) == {"primary@example.org", "assistant@example.org"}
    copy = mails["assistant@example.org"]
    assert copy.subject == "Copy for The primary: Please confirm DX's information by Sun, Dec 6"
    assert "/confirm/" in mails["primary@example.org"].html
    for text in (copy.text, copy.html):
        assert "/confirm/" not in text
        assert "DX's information still correct?" in html.unescape(" ".join(text.split()))


def test_an_answer_ends_it_even_what_waits_in_the_ledger(cast, question):
    days(0, 13)
    assert told() == [("primary", "asked")]
    answer(cast)
    days(13, 60)
    assert told() == [("primary", "asked")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("answered", "has confirmed for DX"),
        ("left", "No longer a contact of DX for this email."),
        ("on leave", "DX is not an active member."),
        ("lapsed", "confirmation is closed"),
        ("closed", "account is closed"),
    ],
)
def test_what_is_planned_is_looked_at_again_and_stays_with_its_reason(cast, question, change, reason):
    soon = NOW + 13 * DAY
    store_plan(soon)
    waiting = Reminder.objects.filter(kind=KIND, subject_version="again", recipient=cast.alternate)
    assert waiting.get().state == "planned"
    if change == "answered":
        answer(cast)
    elif change == "left":
        Representation.objects.filter(person=cast.alternate).update(ended_on=TODAY)
    elif change == "on leave":
        type(cast.organization).objects.update(status=OrganizationStatus.ON_LEAVE)
    elif change == "lapsed":
        Confirmation.objects.update(lapsed_on=TODAY, lapse_reason="Asked again")
    else:
        cast.alternate.is_active = False
        cast.alternate.save(update_fields=["is_active"])
    run(NOW + 14 * DAY + dt.timedelta(hours=6))
    row = waiting.get()
    assert row.state == "skipped" and reason in row.reason
    assert not [mail for mail in sent() if mail.to == "alternate@example.org"]


def test_a_stage_that_fell_into_a_standstill_goes_late_and_a_past_one_does_not(cast, question):
    days(0, 1)
    run(NOW + 20 * DAY)
    run(NOW + 21 * DAY)
    assert ("alternate", "again") in told()
    run(NOW + 50 * DAY)
    run(NOW + 51 * DAY)
    assert "executive" not in {stage for _, stage in told()}


def test_the_month_of_the_workgroup_asks_once_after_eight_in_the_morning(cast):
    workgroup = cast.body.workgroup
    assert request_confirmations(NOW) == 0
    workgroup.confirmation_month = 12
    workgroup.save(update_fields=["confirmation_month"])
    assert request_confirmations(NOW) == 0
    assert request_confirmations(dt.datetime(2026, 12, 1, 15, 59, tzinfo=dt.UTC)) == 0
    assert request_confirmations(dt.datetime(2026, 12, 1, 16, 0, tzinfo=dt.UTC)) == 2
    assert request_confirmations(dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC)) == 0
    assert request_confirmations(dt.datetime(2027, 12, 1, 16, 0, tzinfo=dt.UTC)) == 2
    assert Confirmation.objects.open().count() == 2


def test_the_number_of_queries_does_not_grow(cast, question):
    def planned():
        with CaptureQueriesContext(connection) as captured:
            build_plan(NOW)
        return len(captured)

    one = planned()
    for _ in range(3):
        row = factories.RepresentationFactory(kind="primary")
        operations.request_confirmation(actor=None, organization=row.organization, now=NOW, today=TODAY)
    assert planned() == one
