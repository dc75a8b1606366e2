"""Each kind of reminder: to whom it goes, when, and what holds it back. Nobody is told of their own act."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from mail.models import CircuitBreaker, Delivery, Suppression
from mail.sending import claimable
from meetings import operations as meetings
from meetings.models import Meeting
from members.rules import PortalRole
from reminders import operations, tasks
from reminders.digest import make_deliveries
from reminders.models import Heartbeat, Reminder
from reminders.operations import send_batch, tick
from reminders.schedule import build_plan
from reminders.storing import store_plan
from taskforces.models import Body, Term
from taskforces.rules import SeatRole, format_offsets, parse_offsets
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import SEATED, WEEK_AHEAD, forget, ledger, run, sent, told

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
STAFF = {"staff@example.org", "administrator@example.org"}


def eight(day: dt.date) -> dt.datetime:
    """08:00 in California in winter."""
    return dt.datetime.combine(day, dt.time(16), tzinfo=dt.UTC)


def to(kind: str) -> set[str]:
    """Who got mail of a kind."""
    sent_rows = Reminder.objects.filter(kind=kind, state__in=["sent", "merged"])
    return set(sent_rows.values_list("recipient__email", flat=True))


def wanted(now: dt.datetime, kind: str) -> set[tuple[str, dt.datetime]]:
    return {(row.recipient.email, row.due_at) for row in build_plan(now).reminders.values() if row.kind == kind}


# Meetings: when ------------------------------------------------------------------------------------


def offsets(meeting: Meeting) -> set[dt.timedelta]:
    """How long before the meeting its chair is reminded, by the plan of every half day."""
    found = set()
    for half_days in range(0, 100):
        now = meeting.starts_at - half_days * 12 * HOUR
        for kind in ("meeting_ahead", "meeting_soon"):
            found |= {meeting.starts_at - due for email, due in wanted(now, kind) if email == "chair@example.org"}
    return found


def test_a_body_chooses_when_its_meetings_are_reminded_of_and_a_meeting_may_differ(cast, meeting):
    told(meeting)
    assert offsets(meeting) == {7 * DAY + 2 * HOUR, DAY + 2 * HOUR}
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="14 days, 1 hour")
    assert offsets(meeting) == {14 * DAY + 2 * HOUR, HOUR}
    Meeting.objects.filter(pk=meeting.pk).update(reminders="3 hours")
    assert offsets(meeting) == {3 * HOUR}
    Meeting.objects.filter(pk=meeting.pk).update(reminders="none")
    assert offsets(meeting) == set()
    assert wanted(eight(dt.date(2026, 11, 30)), "rsvp_missing") == set()


def test_hours_before_a_meeting_are_real_hours_over_a_change_of_clocks(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="12 hours, 1 day")
    # Clocks go forward on March 14, 2027 at 02:00: 12 hours before 13:00 PDT is 00:00 PST.
    starts_at = dt.datetime(2027, 3, 14, 20, 0, tzinfo=dt.UTC)
    told(factories.MeetingFactory(body=cast.body, starts_at=starts_at))
    due = {due for email, due in wanted(starts_at - 20 * HOUR, "meeting_soon") if email == "chair@example.org"}
    assert due == {starts_at - 12 * HOUR}
    day = {due for email, due in wanted(starts_at - 30 * HOUR, "meeting_ahead") if email == "chair@example.org"}
    assert day == {dt.datetime(2027, 3, 13, 16, 0, tzinfo=dt.UTC)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("7 days, 1 day", "7 days, 1 day"),
        ("1d,7d,1h", "7 days, 1 day, 1 hour"),
        ("1 hour, 2 Hours", "2 hours, 1 hour"),
        (" none ", "none"),
    ],
)
def test_times_ahead_are_read_as_people_write_them(text, said):
    assert format_offsets(parse_offsets(text)) == said


@pytest.mark.parametrize("text", ["soon", "7", "0 days", "61 days", "24 hours", "1d,2d,3d,4d,5d,6d", "7 days; 1 day"])
def test_a_time_that_cannot_be_says_what_to_write(text, cast):
    with pytest.raises(ValueError, match="Write"):
        parse_offsets(text)
    cast.body.meeting_reminders = text
    with pytest.raises(ValidationError, match="Write"):
        cast.body.full_clean()


def test_an_hour_before_goes_alone_even_where_other_mail_waits(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    first = factories.MeetingFactory(body=cast.body)
    second = factories.MeetingFactory(body=cast.body, starts_at=first.starts_at + MINUTE)
    run(first.scheduled_at)
    forget()
    run(second.starts_at - HOUR)
    assert [mail.to for mail in sent()].count("chair@example.org") == 2
    assert {state for _, _, state in ledger("meeting_soon")} == {"sent"}


# Meetings: who has not answered --------------------------------------------------------------------


def test_who_has_not_answered_is_asked_once_three_days_before(cast, meeting):
    told(meeting)
    meeting.rsvps.create(person=cast.chair, answer="yes", responded_at=NOW)
    meeting.rsvps.create(person=cast.secretary, answer="no", responded_at=NOW)
    for hour in range(0, 10 * 24, 4):
        run(eight(dt.date(2026, 11, 25)) + hour * HOUR)
    assert to("rsvp_missing") == {"seated@example.org"}
    (row,) = Reminder.objects.filter(kind="rsvp_missing")
    assert row.due_at == eight(dt.date(2026, 11, 30))
    assert "Will you come? Data task force meets Thu, Dec 3, 10:00 a.m. PT" in [mail.subject for mail in sent()]


def test_who_answers_meanwhile_is_not_asked(cast, meeting):
    told(meeting)
    now = eight(dt.date(2026, 11, 30))
    store_plan(now)
    make_deliveries(now)
    meeting.rsvps.create(person=cast.seated, answer="yes", responded_at=now)
    run(now)
    row = Reminder.objects.get(kind="rsvp_missing", recipient=cast.seated)
    assert (row.state, row.reason) == ("skipped", "This person has answered.")


# Meetings: never to the actor ----------------------------------------------------------------------


def draft(cast) -> Meeting:
    return meetings.create_draft(
        actor=cast.chair,
        body=cast.body,
        title="Data task force meeting",
        starts_on=dt.date(2026, 12, 3),
        starts_time=dt.time(10),
        duration_minutes=90,
        time_zone="America/Los_Angeles",
    )


def test_nobody_is_told_of_their_own_act_and_everybody_of_the_acts_of_others(cast):
    meeting = meetings.schedule(actor=cast.chair, meeting=draft(cast), version=None, now=NOW)
    run()
    assert to("meeting_scheduled") == SEATED - {"chair@example.org"}
    meetings.edit(actor=cast.secretary, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4))
    run(NOW + MINUTE)
    assert to("meeting_changed") == SEATED - {"secretary@example.org"}
    forget()
    meetings.edit(actor=cast.chair, meeting=meeting, version=None, now=NOW, place="Room 2")
    run(NOW + 2 * MINUTE)
    assert {mail.to for mail in sent()} == SEATED - {"chair@example.org"}
    meetings.cancel(actor=cast.seated, meeting=meeting, version=None, reason="No quorum", now=NOW)
    run(NOW + 3 * MINUTE)
    assert to("meeting_canceled") == SEATED - {"seated@example.org"}
    assert run(NOW + 4 * MINUTE).outcomes.total() == 0


def test_who_changed_a_meeting_still_hears_what_another_changed_right_after(cast):
    meeting = meetings.schedule(actor=cast.staff, meeting=draft(cast), version=None, now=NOW)
    run()
    meetings.edit(actor=cast.chair, meeting=meeting, version=None, now=NOW, place="Room 2")
    meetings.edit(actor=cast.secretary, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4))
    run(NOW + MINUTE)
    assert to("meeting_changed") == {"chair@example.org", "seated@example.org"}


def test_who_scheduled_a_meeting_is_reminded_of_it_like_the_others(cast):
    meetings.schedule(actor=cast.chair, meeting=draft(cast), version=None, now=NOW - 20 * DAY)
    Meeting.history.update(history_date=NOW - 20 * DAY)
    run(NOW - 20 * DAY)
    run(WEEK_AHEAD)
    assert to("meeting_ahead") == SEATED


def test_a_change_names_what_is_no_longer_so(cast):
    meeting = meetings.schedule(actor=cast.staff, meeting=draft(cast), version=None, now=NOW)
    meetings.edit(actor=cast.staff, meeting=meeting, version=None, now=NOW, place="Room 1")
    run()
    forget()
    meetings.edit(
        actor=cast.staff, meeting=meeting, version=None, now=NOW, starts_on=dt.date(2026, 12, 4), place="Room 2"
    )
    run(NOW + MINUTE)
    text = sent()[0].text
    assert "- When: Fri, Dec 4, 10:00–11:30 a.m. PT" in text
    assert "- Not any more: Thu, Dec 3, 10:00–11:30 a.m. PT" in text
    assert "- Where: Room 2" in text and "- Not in: Room 1" in text


# Minutes, terms, troubles --------------------------------------------------------------------------


def test_draft_minutes_are_asked_for_after_3_and_14_days_of_who_keeps_them(cast, meeting):
    Meeting.objects.filter(pk=meeting.pk).update(status="closed", minutes_status="draft")
    dues = set()
    for day in range(0, 30):
        dues |= wanted(eight(meeting.starts_on + day * DAY), "minutes_waiting")
    assert dues == {
        (email, eight(dt.date(2026, 12, day)))
        for email in ("chair@example.org", "secretary@example.org")
        for day in (6, 17)
    }
    now = eight(dt.date(2026, 12, 6))
    store_plan(now)
    make_deliveries(now)
    run(now)
    assert to("minutes_waiting") == {"chair@example.org", "secretary@example.org"}
    assert "Minutes of Thu, Dec 3 wait: Data task force" in {mail.subject for mail in sent()}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda meeting: Meeting.objects.update(minutes_status="published"), "The minutes are published."),
        (
            lambda meeting: Term.objects.filter(seat__role=SeatRole.CHAIR).update(ended_on=NOW.date()),
            "No longer keeps the minutes of the Data task force.",
        ),
    ],
)
def test_minutes_that_wait_no_longer_are_not_asked_for(cast, meeting, change, reason):
    Meeting.objects.filter(pk=meeting.pk).update(status="closed", minutes_status="draft")
    now = eight(dt.date(2026, 12, 6))
    store_plan(now)
    make_deliveries(now)
    change(meeting)
    run(now)
    row = Reminder.objects.get(kind="minutes_waiting", recipient=cast.chair)
    assert (row.state, row.reason) == ("skipped", reason)


@pytest.fixture
def term(cast):
    term = Term.objects.get(person=cast.seated)
    Term.objects.filter(pk=term.pk).update(planned_end_on=dt.date(2027, 1, 31), created_at=NOW - 300 * DAY)
    term.refresh_from_db()
    return term


def test_a_term_that_ends_is_told_to_its_person_chair_and_staff_and_once_past_to_the_latter(cast, term):
    keepers = {"chair@example.org"} | STAFF
    end = dt.date(2027, 1, 31)
    for kind, expected in (
        (
            "term_ending",
            {end - 60 * DAY: keepers | {"seated@example.org"}, end - 14 * DAY: keepers | {"seated@example.org"}},
        ),
        ("term_past", {end + DAY: keepers}),
    ):
        found: dict[dt.date, set[str]] = {}
        for day in range(-70, 20):
            now = eight(end + day * DAY)
            who = {email for email, due in wanted(now, kind) if due == now}
            if who:
                found[end + day * DAY] = who
        assert found == expected
    run(eight(end - 14 * DAY))
    said = {mail.to: mail.subject for mail in sent()}
    assert said["seated@example.org"] == "Your term ends Sun, Jan 31: Data task force"
    assert said["chair@example.org"] == "The seated's term ends Sun, Jan 31: Data task force"


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"ended_on": NOW.date()}, "The term has ended."),
        ({"planned_end_on": dt.date(2029, 1, 31)}, "The term has another end now."),
    ],
)
def test_a_term_that_was_renewed_or_ended_is_not_told_of(cast, term, values, reason):
    now = eight(dt.date(2027, 1, 17))
    store_plan(now)
    make_deliveries(now)
    Term.objects.filter(pk=term.pk).update(**values)
    run(now)
    rows = Reminder.objects.filter(kind="term_ending")
    assert set(rows.values_list("state", "reason")) == {("skipped", reason)}


def failed(at: dt.datetime, **values) -> Delivery:
    row = {"key": f"k{at}", "kind": "invitation", "address": "a@example.org", "message_id": f"<{at}@x>"}
    times = dict.fromkeys(("created_at", "deliver_after", "expires_at", "next_attempt_at", "ended_at"), at)
    return Delivery.objects.create(state="failed", subject="You are invited", **row, **times, **values)


def test_staff_are_told_once_a_day_at_most_of_mail_that_failed(cast):
    evening = eight(dt.date(2026, 12, 2)) + 8 * HOUR
    failed(evening)
    for minutes in range(0, 24 * 60, 30):
        run(evening + minutes * MINUTE)
    assert {mail.to for mail in sent()} == STAFF and len(sent()) == 2
    assert "1 mail problem to look at" in sent()[0].subject
    assert "You are invited to a@example.org" in " ".join(sent()[0].text.split())
    forget()
    for minutes in range(24 * 60, 48 * 60, 30):
        run(evening + minutes * MINUTE)
    assert sent() == []  # nothing new
    failed(evening + 48 * HOUR)
    for hour in range(48, 72):
        run(evening + hour * HOUR)
    assert len(sent()) == 2


def test_staff_are_told_of_addresses_that_get_no_more_mail_and_of_a_server_that_takes_none(cast):
    now = eight(dt.date(2026, 12, 2))
    Suppression.objects.create(address="gone@example.org", bounces=2, first_at=now, suppressed_at=now - HOUR)
    run(now)
    assert "No more mail to gone@example.org" in sent()[0].text
    forget()
    CircuitBreaker.objects.create(pk=1, opened_at=now + 20 * HOUR, open_until=now + 21 * HOUR)
    run(now + DAY)
    assert "takes no mail since 4:00 a.m. PT" in sent()[0].text


def test_what_was_sent_again_meanwhile_or_who_left_the_staff_holds_it_back(cast):
    now = eight(dt.date(2026, 12, 2))
    row = failed(now - HOUR)
    store_plan(now)
    make_deliveries(now)
    cast.administrator.portal_role = PortalRole.NONE
    cast.administrator.save(update_fields=["portal_role"])
    Delivery.objects.filter(pk=row.pk).update(state="sent")
    run(now)
    assert set(Reminder.objects.values_list("recipient__email", "state", "reason")) == {
        ("staff@example.org", "skipped", "What went wrong was put right, or told already."),
        ("administrator@example.org", "skipped", "No longer of the staff."),
    }


# Sharing the work ----------------------------------------------------------------------------------


@pytest.fixture
def many(cast):
    """250 people to be told of a meeting."""
    for _ in range(247):
        factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None))
    return factories.MeetingFactory(body=cast.body)


def test_when_much_is_due_a_tick_asks_others_and_sends_nothing_itself(many):
    asked: list[int] = []
    done = tick(NOW, fan_out=asked.append)
    assert asked == [3] and done.outcomes["handed to workers"] == 3
    assert sent() == [] and claimable(NOW).count() == 250
    assert [send_batch(NOW + MINUTE)["sent"], send_batch(NOW + MINUTE)["sent"]] == [250, 0]
    assert {state for _, _, state in ledger()} == {"sent"}


def test_when_little_is_due_the_tick_sends_itself(meeting):
    asked: list[int] = []
    assert tick(NOW, fan_out=asked.append).outcomes["sent"] == 3
    assert asked == []


def test_a_share_is_not_sent_while_the_clock_is_held(many):
    tick(NOW, fan_out=lambda batches: None)
    Heartbeat.objects.update(held_at=NOW, hold_reason="The clock went back.")
    assert send_batch(NOW + MINUTE).total() == 0
    assert sent() == []


def test_the_tasks_carry_nothing_expire_and_end_before_the_lease(settings, monkeypatch, many):
    for task in (tasks.tick, tasks.send_batch):
        assert (task.expires, task.ignore_result, task.acks_late) == (55, True, False)
        assert task.time_limit < 300
    calls: list[object] = []
    monkeypatch.setattr(operations, "tick", lambda now, fan_out: calls.append(fan_out) or operations.Tick())
    settings.REDIS_URL = ""
    tasks.tick()
    settings.REDIS_URL = "redis://localhost:6379/0"
    tasks.tick()
    assert calls[0] is None and calls[1] is not None
