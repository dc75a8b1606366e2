"""Announcements: whom they reach, that each gets one once, and what stops them."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import Person
from core.operations import EditConflictError, OperationNotAllowedError
from mail.models import Delivery, Suppression
from members.models import Organization, Representation
from reminders import operations
from reminders.models import Announcement, Preference
from reminders.rules import MAX_TEXT_LENGTH, SEND_DELAY
from reminders.subjects.announcements import find_recipients
from taskforces.models import Term
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import run, sent

LATER = NOW + SEND_DELAY + dt.timedelta(minutes=1)


def write(cast, audience, **values):
    return operations.create_announcement(
        actor=cast.staff, **{"subject": "We moved", "text": "Write to the new address.", "audience": audience, **values}
    )


def included(announcement):
    return {row.person.email.split("@")[0] for row in find_recipients(announcement).included}


def excluded(announcement):
    return {row.person.email.split("@")[0]: row.reason for row in find_recipients(announcement).excluded}


def send(cast, announcement, **values):
    whole = {
        "actor": cast.staff,
        "announcement": announcement,
        "version": announcement.version,
        "checksum": find_recipients(announcement).checksum,
        "now": NOW,
    }
    return operations.send_announcement(**{**whole, **values})


DX = {"representative", "alternate", "primary", "seated", "secretary", "chair"}


@pytest.mark.parametrize(
    ("audience", "reached"),
    [
        ({"bodies": ["data"]}, {"seated", "secretary", "chair"}),
        ({"bodies": ["workgroup"]}, DX | {"other_primary"}),
        ({"bodies": ["data", "workgroup"]}, DX | {"other_primary"}),
        ({"roles": ["primary"]}, {"primary", "other_primary"}),
        ({"roles": ["chair", "alternate"]}, {"chair", "alternate"}),
        ({"bodies": ["data"], "roles": ["chair"]}, {"chair"}),
        ({"bodies": ["data"], "roles": ["primary"]}, set()),
        ({"bodies": ["workgroup"], "roles": ["primary"]}, {"primary", "other_primary"}),
        ({"bodies": ["workgroup"], "roles": ["chair"]}, set()),
        ({"roles": ["executive_contact"]}, {"executive"}),
        ({"sectors": ["county"]}, {"other_primary"}),
        ({"sectors": ["county"], "bodies": ["data"]}, set()),
        ({"statuses": ["active"]}, DX | {"executive", "other_primary"}),
        ({"statuses": ["former"]}, set()),
    ],
)
def test_an_audience_is_or_within_a_kind_and_and_between_kinds(cast, audience, reached):
    county = factories.SectorFactory(slug="county", name="county")
    Organization.objects.filter(key="other").update(sector=county)
    assert included(write(cast, audience)) == reached


def test_whoever_fits_in_two_ways_is_one_recipient_and_gets_one_mail(cast):
    factories.RepresentationFactory(person=cast.chair, organization=cast.other_organization)
    announcement = write(cast, {"bodies": ["data", "workgroup"], "roles": ["chair", "representative"]})
    found = [row for row in find_recipients(announcement).included if row.person == cast.chair]
    assert (
        len(found) == 1 and "Chair" in found[0].positions and "DX" in found[0].positions and "OD" in found[0].positions
    )
    send(cast, announcement)
    run(LATER)
    assert [mail.to for mail in sent()].count("chair@example.org") == 1


def test_who_is_left_out_is_named_with_the_reason(cast):
    on_leave = factories.OrganizationFactory(acronym="AWAY", status="on_leave")
    away = factories.RepresentationFactory(organization=on_leave, person__email="away@example.org")
    Preference.objects.create(person=cast.alternate, kind="announcement", frequency="off", chosen_at=NOW)
    Suppression.objects.create(address="primary@example.org", bounces=2, first_at=NOW, suppressed_at=NOW)
    everyone = write(cast, {"roles": ["primary", "alternate", "representative"]})
    assert excluded(everyone) == {
        "away": "On leave: AWAY.",
        "alternate": "Unsubscribed from announcements.",
        "primary": "This address is blocked after bounces.",
        "deactivated": "The account is closed.",
    }
    assert "away" not in included(everyone)
    assert "away" in included(write(cast, {"statuses": ["on_leave"]}))
    duty = write(cast, {"roles": ["alternate"]}, is_mandatory=True, mandatory_reason="The address is wrong everywhere.")
    assert included(duty) == {"alternate"}
    factories.RepresentationFactory(organization=cast.organization, person=away.person)
    assert "away" in included(everyone)


def test_the_recipients_take_the_same_queries_however_many(cast, django_assert_num_queries):
    announcement = write(cast, {"statuses": ["active"]})
    with django_assert_num_queries(7):
        find_recipients(announcement)
    for _ in range(3):
        factories.RepresentationFactory()
    with django_assert_num_queries(7):
        find_recipients(announcement)


def test_each_gets_a_mail_of_their_own_after_the_hold_and_can_stop_the_kind(cast):
    announcement = write(cast, {"bodies": ["data"]}, text="Read **this** first.")
    assert send(cast, announcement) == 3
    run(NOW + SEND_DELAY / 2)
    assert sent() == []
    run(LATER)
    run(LATER)
    mails = sent()
    assert {mail.to for mail in mails} == {"seated@example.org", "secretary@example.org", "chair@example.org"}
    mail = next(mail for mail in mails if mail.to == "chair@example.org")
    assert mail.subject == "We moved" and "Read **this** first." in mail.text
    assert "<strong>this</strong>" in mail.html
    assert "Data task force" in " ".join(mail.text.split()) and "/reminders/" in mail.text
    assert Delivery.objects.filter(kind="announcement", state="sent").count() == 3


def headers_of(folder):
    return [path.read_bytes().split(b"\n\n")[0].decode() for path in sorted(folder.glob("*.eml"))]


def test_what_is_no_duty_carries_one_click_and_duty_says_why_instead(cast, outbox):
    send(cast, write(cast, {"bodies": ["data"], "roles": ["chair"]}))
    run(LATER)
    (head,) = headers_of(outbox)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in head and "List-Unsubscribe: " in head
    (outbox / next(outbox.glob("*.eml")).name).unlink()
    send(cast, write(cast, {"roles": ["chair"]}, is_mandatory=True, mandatory_reason="Old links no longer work."))
    run(LATER)
    (head,) = headers_of(outbox)
    assert "List-Unsubscribe" not in head
    assert "Old links no longer work." in sent()[-1].text


def test_between_the_press_and_the_mail_everything_is_asked_again(cast):
    send(cast, write(cast, {"roles": ["chair", "secretary", "member", "primary"]}))
    Person.objects.filter(pk=cast.chair.pk).update(is_active=False)
    operations.unsubscribe(actor=cast.secretary, kinds=["announcement"], now=NOW)
    Term.objects.filter(person=cast.seated).update(ended_on=NOW.date())
    Organization.objects.filter(key="other").update(status="on_leave")
    run(LATER)
    assert [mail.to for mail in sent()] == ["primary@example.org"]
    reasons = dict(Delivery.objects.exclude(state="sent").values_list("address", "reason"))
    assert reasons == {
        "chair@example.org": "The account is closed.",
        "secretary@example.org": "Unsubscribed from announcements.",
        "seated@example.org": "This person is no longer in the audience.",
        "other_primary@example.org": "On leave: OD.",
    }


def test_it_is_sent_once_however_often_it_is_pressed(cast):
    announcement = write(cast, {"bodies": ["data"]})
    send(cast, announcement)
    with pytest.raises(OperationNotAllowedError, match="was already sent"):
        send(cast, announcement)
    with pytest.raises(OperationNotAllowedError, match="already being sent"):
        operations.edit_announcement(actor=cast.staff, announcement=announcement, version=None, subject="Other")
    assert Delivery.objects.filter(kind="announcement").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_staff_who_press_at_once_send_it_once(cast):
    announcement = write(cast, {"bodies": ["data"]})
    checksum, outcomes, gate = find_recipients(announcement).checksum, [], threading.Barrier(2)

    def press(actor):
        try:
            gate.wait(10)
            outcomes.append(
                operations.send_announcement(
                    actor=actor, announcement=announcement, version=announcement.version, checksum=checksum, now=NOW
                )
            )
        except OperationNotAllowedError as refused:
            outcomes.append(str(refused))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[actor]) for actor in (cast.staff, cast.administrator)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes, key=str) == [3, "This announcement was already sent. Each person gets it once."]
    assert Delivery.objects.filter(kind="announcement").count() == 3


def test_what_was_looked_at_is_what_is_sent(cast):
    announcement = write(cast, {"bodies": ["data"]})
    checksum = find_recipients(announcement).checksum
    Representation.objects.filter(person=cast.seated).update(ended_on=NOW.date())
    Term.objects.filter(person=cast.seated).update(ended_on=NOW.date())
    with pytest.raises(OperationNotAllowedError, match="recipients have changed"):
        send(cast, announcement, checksum=checksum)
    operations.edit_announcement(actor=cast.administrator, announcement=announcement, version=1, subject="We moved far")
    with pytest.raises(EditConflictError):
        send(cast, announcement)
    assert not Delivery.objects.filter(kind="announcement").exists()


def test_an_audience_of_nobody_is_refused(cast):
    with pytest.raises(OperationNotAllowedError, match="No one would get this"):
        send(cast, write(cast, {"statuses": ["former"]}))


def test_stopping_keeps_what_waits_and_what_a_sender_holds_from_going(cast):
    announcement = write(cast, {"bodies": ["data"]})
    send(cast, announcement)
    with pytest.raises(OperationNotAllowedError, match="has not been sent"):
        operations.stop_announcement(actor=cast.staff, announcement=write(cast, {"roles": ["chair"]}), now=NOW)
    held = Delivery.objects.filter(kind="announcement").first()
    Delivery.objects.filter(pk=held.pk).update(state="claimed", lease_until=NOW)
    assert operations.stop_announcement(actor=cast.administrator, announcement=announcement, now=NOW) == 2
    with pytest.raises(OperationNotAllowedError, match="already stopped"):
        operations.stop_announcement(actor=cast.staff, announcement=announcement, now=NOW)
    run(LATER)
    assert sent() == []
    rows = Delivery.objects.filter(kind="announcement")
    assert set(rows.values_list("state", flat=True)) == {"skipped"}
    assert set(rows.values_list("reason", flat=True)) == {
        "The administrator stopped this announcement.",
        "Staff stopped this announcement.",
    }


def test_a_mail_that_may_have_arrived_is_unknown_when_it_is_stopped(cast):
    announcement = write(cast, {"roles": ["chair"]})
    send(cast, announcement)
    Delivery.objects.filter(kind="announcement").update(state="retry", indeterminate_count=1)
    operations.stop_announcement(actor=cast.staff, announcement=announcement, now=NOW)
    assert Delivery.objects.get(kind="announcement").state == "unknown"


def test_a_test_goes_to_oneself_alone_whatever_one_switched_off(cast):
    operations.unsubscribe(actor=cast.staff, kinds=["announcement"], now=NOW)
    announcement = write(cast, {"bodies": ["data"]})
    operations.send_test_announcement(actor=cast.staff, announcement=announcement, now=NOW)
    run(NOW)
    (mail,) = sent()
    assert (mail.to, mail.subject) == ("staff@example.org", "Test: We moved")
    announcement.refresh_from_db()
    assert announcement.sent_at is None


@pytest.mark.parametrize("subject", ["One\r\nBcc: all@example.org", "One\nTwo", "x" * 161, ""])
def test_a_subject_is_one_line_of_bounded_length(cast, subject):
    with pytest.raises(ValidationError):
        write(cast, {"bodies": ["data"]}, subject=subject)


def test_a_text_of_twenty_thousand_characters_goes_and_a_longer_one_does_not(cast):
    send(cast, write(cast, {"roles": ["chair"]}, text="word " * (MAX_TEXT_LENGTH // 5)))
    run(LATER)
    assert len(sent()[-1].text) > MAX_TEXT_LENGTH - 100
    with pytest.raises(ValidationError):
        write(cast, {"roles": ["chair"]}, text="x" * (MAX_TEXT_LENGTH + 1))


def test_script_in_the_text_is_text(cast):
    hostile = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [click](javascript:alert(1)) ![p](https://x.example/p)"
    )
    send(cast, write(cast, {"roles": ["chair"]}, subject="<b>Bold</b>", text=hostile))
    run(LATER)
    html = sent()[-1].html
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html and "<b>Bold" not in html
    assert "&lt;script&gt;" in html


def test_duty_without_a_reason_is_refused_by_the_database(cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Announcement.objects.create(subject="x", text="x", is_mandatory=True, created_by=cast.staff)


def test_at_night_it_waits_for_the_morning_of_whom_it_is_for(cast):
    night = dt.datetime(2026, 11, 23, 6, 0, tzinfo=dt.UTC)  # 10 p.m. in California
    announcement = write(cast, {"roles": ["chair"]})
    send(cast, announcement, now=night)
    run(night + SEND_DELAY)
    assert sent() == []
    run(dt.datetime(2026, 11, 23, 14, 59, tzinfo=dt.UTC))
    assert sent() == []
    run(dt.datetime(2026, 11, 23, 15, 1, tzinfo=dt.UTC))
    assert [mail.to for mail in sent()] == ["chair@example.org"]
