"""How things come together in one mail, what a person's wishes hold back, and that each reminder has an outcome."""

import datetime as dt

import pytest
from django.conf import settings
from django.db import connection

from actionitems.models import ActionItem
from mail.models import Delivery, Suppression
from mail.sending import claim
from mail.transport import Answer, Outcome, Transport
from reminders.composing import compose
from reminders.digest import make_deliveries
from reminders.models import Heartbeat, NotificationSettings, Preference, Reminder
from reminders.operations import PreferenceChoice, confirm_clock, resend, save_preferences, tick
from reminders.outcomes import record_outcomes
from reminders.storing import store_plan
from reminders.subjects.action_items import ActionItems
from taskforces.models import Body
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import SEATED, WEEK_AHEAD, forget, ledger, run, sent, told

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# Thursday, November 26, 2026, 08:00 in California.
THURSDAY = WEEK_AHEAD
MONDAY = THURSDAY + 4 * DAY


def promise(cast, due_on: dt.date, *, owner=None, text: str = "Send the list") -> ActionItem:
    """An action item of the chair's, made long ago."""
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=None, owner_person=owner or cast.chair, due_on=due_on, text=text
    )
    ActionItem.objects.filter(pk=item.pk).update(created_at=NOW - 100 * DAY)
    return item


def want(person, now=NOW, **values) -> None:
    """Store these frequencies and settings for the person."""
    others = {name: values.pop(name) for name in ("weekly_cap", "away_until", "delegate") if name in values}
    save_preferences(actor=person, choice=PreferenceChoice(values, **others), now=now)


def to(email: str) -> list[str]:
    return [mail.subject for mail in sent() if mail.to == email]


def outcomes(person) -> dict[str, str]:
    return dict(Reminder.objects.filter(recipient=person).values_list("kind", "state"))


@pytest.fixture
def three(cast, meeting):
    """On Thursday the chair is due a meeting in 7 days and two action items."""
    told(meeting)
    promise(cast, dt.date(2026, 11, 27), text="Call the counties")
    promise(cast, dt.date(2026, 12, 3), text="Send the list")
    return meeting


# One mail ----------------------------------------------------------------------------------------


def test_what_is_due_in_a_day_is_one_mail_and_each_reminder_ends_as_merged(cast, three):
    done = run(THURSDAY)
    assert (done.queued, done.outcomes["sent"]) == (3, 3)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert mail.subject == "Data task force meets in 7 days: Thu, Dec 3, 10:00 a.m. PT (and 2 more)"
    for words in ("Call the counties", "Send the list", "Thu, Dec 3", "3 things wait for you"):
        assert words in mail.text and words in mail.html
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("state")) == {("merged",)}
    delivery = Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26")
    assert (delivery.kind, delivery.state) == ("digest", "sent")
    assert run(THURSDAY + MINUTE).outcomes.total() == 0


def test_a_merged_mail_of_one_thing_is_the_plain_mail(cast, meeting):
    told(meeting)
    run(THURSDAY)
    assert to("chair@example.org") == ["Data task force meets in 7 days: Thu, Dec 3, 10:00 a.m. PT"]
    assert outcomes(cast.chair)["meeting_ahead"] == "sent"


def test_a_part_that_is_no_longer_so_is_left_out_with_its_reason_and_the_others_go(cast, three):
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    ActionItem.objects.filter(text="Send the list").update(status="done", done_on=NOW.date())
    run(THURSDAY)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Call the counties" in mail.text and "Send the list" not in mail.text and "2 things" in mail.text
    gone = Reminder.objects.get(kind="item_due", subject_id=ActionItem.objects.get(text="Send the list").pk)
    assert (gone.state, gone.reason) == ("skipped", "The item is done.")


def test_a_mail_of_which_nothing_is_left_does_not_go(cast, three):
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    three.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)
    ActionItem.objects.update(status="done", done_on=NOW.date())
    run(THURSDAY)
    assert to("chair@example.org") == []
    assert Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26").state == "skipped"
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("state")) == {("skipped",)}


def test_a_part_that_cannot_be_built_fails_alone(cast, three, monkeypatch):
    broken = ActionItem.objects.get(text="Send the list")
    real = ActionItems.section

    def section(self, reminder, item, now):
        if item.pk == broken.pk:
            raise ValueError("no such word")
        return real(self, reminder, item, now)

    monkeypatch.setattr(ActionItems, "section", section)
    run(THURSDAY)
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Call the counties" in mail.text and "Send the list" not in mail.text
    failed = Reminder.objects.get(kind="item_due", subject_id=broken.pk)
    assert failed.state == "failed" and "no such word" in failed.reason
    assert run(THURSDAY + MINUTE).outcomes.total() == 0


def test_what_comes_after_the_mail_was_built_goes_in_the_next_one(cast, three, monkeypatch):
    """The row joins a mail that is being sent; it is let go of and not counted as said."""
    late = promise(cast, dt.date(2026, 12, 3), text="Came late")
    real = Transport.send

    def send(self, envelope):
        if envelope.recipient == "chair@example.org":
            row = Delivery.objects.get(key=f"digest:{cast.chair.pk}:2026-11-26")
            Reminder.objects.filter(subject_id=late.pk, kind="item_due").update(delivery=row, state="planned")
        return real(self, envelope)

    store_plan(THURSDAY)
    Reminder.objects.filter(subject_id=late.pk, kind="item_due").update(state="skipped")  # not there yet
    monkeypatch.setattr(Transport, "send", send)
    run(THURSDAY)
    monkeypatch.setattr(Transport, "send", real)
    assert "Came late" not in " ".join(mail.text for mail in sent())
    row = Reminder.objects.get(subject_id=late.pk, kind="item_due", due_at=THURSDAY)
    assert (row.state, row.delivery) == ("planned", None)
    run(THURSDAY + MINUTE)
    forget()
    run(THURSDAY + DAY)
    assert any("Came late" in mail.text + mail.subject for mail in sent())


def test_a_second_mail_of_a_day_waits_for_the_next_one(cast, three):
    run(THURSDAY)
    forget()
    late = promise(cast, dt.date(2026, 12, 3), text="Came late")
    run(THURSDAY + 2 * HOUR)
    assert sent() == []
    row = Reminder.objects.get(subject_id=late.pk)
    assert (row.state, row.send_at) == ("planned", THURSDAY + DAY)
    run(THURSDAY + DAY)
    assert any("Came late" in mail.text + mail.subject for mail in sent())


def test_news_of_several_meetings_at_once_is_one_mail_with_an_entry_for_each(cast, meeting):
    factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 30 * DAY)
    factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 60 * DAY)
    run()
    assert len(sent()) == 3
    for mail in sent():
        assert [name for name, _, _ in mail.files] == ["meeting-1.ics", "meeting-2.ics", "meeting-3.ics"]
    assert {state for _, _, state in ledger("meeting_scheduled")} == {"merged"}
    assert run(NOW + MINUTE).outcomes.total() == 0


def test_moved_and_cancelled_meetings_go_alone(cast, meeting):
    other = factories.MeetingFactory(body=cast.body, starts_at=meeting.starts_at + 30 * DAY)
    run()
    forget()
    for row in (meeting, other):
        type(row).objects.filter(pk=row.pk).update(sequence=1, place="Room 2")
    run(NOW + HOUR)
    assert len(to("chair@example.org")) == 2


# Wishes ------------------------------------------------------------------------------------------


def test_at_once_comes_by_itself_and_weekly_waits_for_monday(cast, three):
    want(cast.chair, meeting_ahead="immediate", item_due="weekly")
    run(THURSDAY)
    # The item of the next day cannot wait for Monday, so it comes in the day's mail; the other one can.
    assert sorted(to("chair@example.org")) == [
        "Data task force meets in 7 days: Thu, Dec 3, 10:00 a.m. PT",
        "Due Fri, Nov 27: Call the counties",
    ]
    forget()
    for day in range(1, 4):
        run(THURSDAY + day * DAY)
    assert not any("Send the list" in subject for subject in to("chair@example.org"))
    forget()
    run(MONDAY)
    assert any("Send the list" in mail.text + mail.subject for mail in sent() if mail.to == "chair@example.org")


def test_a_choice_holds_for_what_waits_already(cast, three):
    want(cast.chair, item_due="weekly", meeting_ahead="weekly")
    run(THURSDAY)
    assert to("chair@example.org") == ["Due Fri, Nov 27: Call the counties"]
    want(cast.chair, now=THURSDAY + HOUR, item_due="immediate", meeting_ahead="off")
    run(THURSDAY + HOUR + MINUTE)
    assert to("chair@example.org")[1:] == ["Due Thu, Dec 3: Send the list"]
    off = Reminder.objects.get(recipient=cast.chair, kind="meeting_ahead")
    assert (off.state, off.reason) == ("skipped", "Switched off by this person.")


def test_past_the_cap_things_merge_into_monday_s_mail(cast):
    """Every item is due at its own day; the person wants two mails a week, one thing at a time."""
    for day in range(1, 5):
        promise(cast, dt.date(2026, 11, 23) + day * DAY, text=f"Thing {day}")
    want(cast.chair, item_due="immediate", item_overdue="immediate", weekly_cap=2)
    monday = MONDAY - 7 * DAY
    for hour in range(0, 7 * 24, 4):
        run(monday + hour * HOUR)
    assert len(to("chair@example.org")) == 2
    week = Reminder.objects.filter(recipient=cast.chair, due_at__lt=MONDAY)
    assert set(week.values_list("state", flat=True)) == {"sent", "merged", "skipped"}
    over = week.filter(state="skipped").values_list("reason", flat=True)
    assert set(over) == {"This person's mails of the week are used up, and Monday's is too late."}


def test_by_default_there_is_one_mail_a_day_at_most_and_none_at_night(cast, meeting):
    """Four weeks of ticks every two hours: reminders never come twice a day, nor between 20:00 and 07:00."""
    told(meeting)
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="14 days, 7 days, 3 days, 1 day")
    for number in range(12):
        promise(cast, dt.date(2026, 11, 20) + number * 2 * DAY, text=f"Thing {number}")
    for hour in range(0, 28 * 24, 6):
        run(NOW + hour * HOUR)
    mails = Delivery.objects.filter(state="sent", person=cast.chair).exclude(kind__in=["meeting_scheduled"])
    local = [row.sent_at.astimezone(cast.chair.zone) for row in mails]
    assert len(local) > 10 and len({moment.date() for moment in local}) == len(local)
    assert all(7 <= moment.hour < 20 for moment in local)
    planned = Reminder.objects.filter(recipient=cast.chair, due_at__lte=NOW + 26 * DAY)
    assert "planned" not in set(planned.values_list("state", flat=True))


# The night -----------------------------------------------------------------------------------------


def test_a_mail_that_is_tried_again_at_night_waits_for_the_morning(cast, meeting, monkeypatch):
    told(meeting)
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.LATER, "451 later"))
    run(THURSDAY)
    monkeypatch.undo()
    settings.EMAIL_BACKEND = "mail.backends.OutboxBackend"
    run(THURSDAY + 13 * HOUR)  # 21:00
    assert sent() == []
    row = Delivery.objects.get(kind="meeting_ahead", person=cast.chair)
    assert row.next_attempt_at == THURSDAY + 23 * HOUR
    run(THURSDAY + 23 * HOUR)
    assert {mail.to for mail in sent()} == SEATED


def test_a_meeting_in_the_early_morning_is_reminded_of_in_the_evening_before(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    early = dt.datetime(2026, 12, 3, 14, 0, tzinfo=dt.UTC)  # 06:00 in California
    told(factories.MeetingFactory(body=cast.body, starts_at=early))
    run(early - 12 * HOUR)
    assert sent() == []
    run(early - 11 * HOUR)  # 19:00 the evening before
    assert {subject for mail in sent() for subject in [mail.subject]} == {
        "Data task force meets at 6:00 a.m. PT tomorrow"
    }
    run(early - HOUR)
    assert len(sent()) == 3


def test_a_meeting_of_which_one_hears_too_late_at_night_is_skipped_with_the_reason(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    early = dt.datetime(2026, 12, 3, 14, 0, tzinfo=dt.UTC)
    told(factories.MeetingFactory(body=cast.body, starts_at=early, scheduled_at=early - 30 * DAY + 2 * HOUR))
    run(early - 10 * HOUR)
    assert sent() == []
    assert set(Reminder.objects.filter(kind="meeting_soon").values_list("state", "reason")) == {
        ("skipped", "It fell into quiet hours and would be too late after them.")
    }


# Away ---------------------------------------------------------------------------------------------


def test_while_a_person_is_away_the_stand_in_gets_their_reminders_and_learns_why(cast, three):
    want(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    run(THURSDAY)
    assert to("chair@example.org") == []
    (mail,) = [mail for mail in sent() if mail.to == "primary@example.org"]
    assert "You stand in for The chair." in mail.text
    assert "because The chair is away until Fri, Nov 27, and you stand in." in " ".join(mail.text.split())
    assert "/answer/" not in mail.text and "/answer/" not in mail.html
    rows = Reminder.objects.filter(recipient=cast.primary, due_at=THURSDAY)
    assert set(rows.values_list("state", "delegated_from")) == {("merged", cast.chair.pk)}
    forget()
    run(dt.datetime(2026, 12, 2, 16, 0, tzinfo=dt.UTC))
    assert to("chair@example.org") and to("primary@example.org") == []


def test_without_a_stand_in_an_alternate_of_the_organization_gets_them(cast, three):
    want(cast.chair, away_until=dt.date(2026, 11, 27))
    run(THURSDAY)
    assert to("chair@example.org") == [] and len(to("alternate@example.org")) == 1


def test_with_nobody_to_stand_in_the_person_gets_them(cast, three):
    want(cast.chair, away_until=dt.date(2026, 11, 27))
    cast.organization.representations.filter(kind="alternate").update(ended_on=NOW.date())
    run(THURSDAY)
    assert len(to("chair@example.org")) == 1


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda cast: want(cast.chair), "The chair is back."),
        (
            lambda cast: want(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.alternate),
            "Another stands in for The chair now.",
        ),
        (
            lambda cast: cast.organization.representations.filter(person=cast.primary).update(ended_on=NOW.date()),
            "Another stands in for The chair now.",
        ),
    ],
)
def test_what_waits_for_a_stand_in_who_is_one_no_longer_does_not_go(cast, three, change, reason):
    want(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    change(cast)
    run(THURSDAY)
    assert to("primary@example.org") == []
    rows = Reminder.objects.filter(recipient=cast.primary)
    assert set(rows.values_list("state", "reason")) == {("skipped", reason)}


def test_what_waits_for_a_person_who_goes_away_goes_to_the_stand_in(cast, three):
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    want(cast.chair, away_until=dt.date(2026, 11, 27), delegate=cast.primary)
    run(THURSDAY)
    run(THURSDAY + MINUTE)
    assert to("chair@example.org") == [] and len(to("primary@example.org")) == 1
    reasons = set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("reason", flat=True))
    assert reasons == {"Away until Fri, Nov 27: The primary gets this instead."}


def test_who_sends_an_alternate_lets_the_alternate_be_reminded(cast, meeting):
    told(meeting)
    meeting.rsvps.create(person=cast.chair, answer="alternate", responded_at=NOW)
    run(THURSDAY)
    (mail,) = [mail for mail in sent() if mail.to == "alternate@example.org"]
    assert "The chair sends you, and you stand in." in " ".join(mail.text.split())


# Assistants ---------------------------------------------------------------------------------------


@pytest.fixture
def assisted(cast):
    type(cast.chair).objects.filter(pk=cast.chair.pk).update(assistant_email="assistant@example.org")
    cast.chair.refresh_from_db()


def test_an_assistant_gets_copies_with_the_entry_and_nothing_to_act_by(cast, assisted, meeting):
    run()
    run(THURSDAY)
    copies = [mail for mail in sent() if mail.to == "assistant@example.org"]
    assert [mail.subject for mail in copies] == [
        "Copy for The chair: Data task force meets Thu, Dec 3, 10:00 a.m. PT",
        "Copy for The chair: Data task force meets in 7 days: Thu, Dec 3, 10:00 a.m. PT",
    ]
    assert copies[0].calendar_method == "REQUEST"
    for mail in copies:
        headers = {name for name, _ in mail.headers}
        assert "/answer/" not in mail.text + mail.html and "/reminders/" not in mail.text + mail.html
        assert "List-Unsubscribe" not in headers
        assert "named you as assistant" in " ".join(mail.text.split())
    assert {row.key for row in Delivery.objects.filter(address="assistant@example.org")} == {
        f"{row.key}:copy" for row in Delivery.objects.filter(address="chair@example.org")
    }


def test_a_copy_of_a_merged_mail_says_the_same_things(cast, assisted, three):
    run(THURSDAY)
    (copy,) = [mail for mail in sent() if mail.to == "assistant@example.org"]
    assert "Call the counties" in copy.text and "Send the list" in copy.text
    assert copy.subject.startswith("Copy for The chair: ")
    assert "3 things wait for The chair." in copy.text and "wait for you" not in copy.text
    assert Reminder.objects.filter(recipient=cast.chair, state="merged").count() == 3


def test_a_copy_holds_to_the_same_guard(cast, assisted, meeting):
    told(meeting)
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    meeting.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)
    run(THURSDAY)
    assert to("assistant@example.org") == []
    states = Delivery.objects.filter(person=cast.chair, kind="meeting_ahead").values_list("state", flat=True)
    assert set(states) == {"skipped"} and len(states) == 2


# Downtime -----------------------------------------------------------------------------------------


def test_after_a_long_downtime_each_gets_one_mail_about_what_lies_ahead(cast, three):
    other = factories.MeetingFactory(body=cast.body, starts_at=three.starts_at + 370 * DAY)
    ahead = promise(cast, dt.date(2027, 12, 2), text="Still to do")
    tick(NOW)
    forget()
    later = dt.datetime(2027, 12, 1, 17, 0, tzinfo=dt.UTC)
    type(other).objects.filter(pk=other.pk).update(sequence=1, place="Room 2")
    assert tick(later).held
    confirm_clock(actor=None, now=later)
    done = tick(later + MINUTE)
    assert done.outcomes["sent"] == 3 and {mail.to for mail in sent()} == SEATED
    (mail,) = [mail for mail in sent() if mail.to == "chair@example.org"]
    assert "Still to do" in mail.text and "Room 2" in mail.text
    assert "Call the counties" not in mail.text and "Dec 3, 2026" not in mail.text
    assert ahead.pk and tick(later + 2 * MINUTE).outcomes.total() == 0


def test_after_a_gap_fifty_mails_a_minute_go_at_most_whoever_ticks(cast):
    for _ in range(70):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None))
    factories.MeetingFactory(body=cast.body)
    Heartbeat.objects.create(pk=1, beat_at=NOW, gap_at=NOW)
    assert tick(NOW + MINUTE).outcomes["sent"] == 50
    assert tick(NOW + MINUTE + dt.timedelta(seconds=5)).outcomes["sent"] == 0
    assert tick(NOW + 3 * MINUTE).outcomes["sent"] == 23


# Outcomes -----------------------------------------------------------------------------------------


def test_a_merged_mail_that_failed_is_sent_again_whole(cast, three, monkeypatch):
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.REFUSED, "550 no"))
    run(THURSDAY)
    monkeypatch.setattr(Transport, "send", real)
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("state")) == {("failed",)}
    row = Delivery.objects.get(kind="digest")
    resend(actor=cast.staff, delivery=row, now=THURSDAY + HOUR)
    run(THURSDAY + HOUR)
    assert len(to("chair@example.org")) == 1
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("state")) == {("merged",)}


def test_a_change_that_may_have_arrived_is_tried_once_more(cast, meeting, monkeypatch):
    """It must not be held for known because of its own first try."""
    told(meeting)
    type(meeting).objects.filter(pk=meeting.pk).update(sequence=1, place="Room 2")
    real = Transport.send
    monkeypatch.setattr(Transport, "send", lambda self, envelope: Answer(Outcome.INDETERMINATE, "timeout"))
    run(NOW + HOUR)
    monkeypatch.setattr(Transport, "send", real)
    run(NOW + HOUR + 31 * MINUTE)
    assert {mail.to for mail in sent()} == SEATED
    assert ledger("meeting_changed") == {("meeting_changed", email, "sent") for email in SEATED}


def test_a_merged_mail_that_is_made_again_is_the_same_mail(cast, three):
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    row = Delivery.objects.get(kind="digest")
    first, second = (compose(row, THURSDAY + minute * MINUTE) for minute in (0, 31))
    assert first == second


def test_a_sender_that_dies_after_building_a_merged_mail_loses_no_part(cast, three):
    store_plan(THURSDAY)
    make_deliveries(THURSDAY)
    for row in claim(THURSDAY, 50):
        compose(row, THURSDAY)
    record_outcomes()
    run(THURSDAY + 6 * MINUTE)
    assert len(to("chair@example.org")) == 1
    assert set(Reminder.objects.filter(recipient=cast.chair, due_at=THURSDAY).values_list("state")) == {("merged",)}


def test_the_defaults_are_kept_as_no_rows(cast):
    want(cast.chair, item_due="daily", meeting_soon="immediate")
    assert not Preference.objects.exists() and NotificationSettings.objects.get().weekly_cap == 7
    assert not Suppression.objects.exists() and connection.vendor in ("sqlite", "postgresql")
