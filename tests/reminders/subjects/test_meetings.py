"""Meetings: who is reminded of them and when, and who is asked for an answer."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from meetings.models import Meeting
from members.rules import OrganizationStatus
from reminders.digest import make_deliveries
from reminders.models import Preference, Reminder
from reminders.operations import mark_as_notified
from reminders.rules import ReminderKind
from reminders.storing import store_plan
from taskforces.models import Body, Term
from taskforces.rules import NO_REMINDERS, parse_offsets
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import (
    DAY,
    DAY_AHEAD,
    HOUR,
    MINUTE,
    SEATED,
    WEEK_AHEAD,
    at_eight,
    clear_outbox,
    due_times,
    planned,
    recipients_of,
    reminder_states,
    run,
    send_notices,
    sent,
    subjects_by_recipient,
)

pytestmark = pytest.mark.django_db


def offsets(meeting: Meeting) -> set[dt.timedelta]:
    """How long before the meeting its chair is reminded, by the plan of every half day."""
    found = set()
    for half_days in range(100):
        now = meeting.starts_at - half_days * 12 * HOUR
        for kind in ("meeting_ahead", "meeting_soon"):
            found |= {meeting.starts_at - due for email, due in due_times(now, kind) if email == "chair@example.org"}
    return found


def test_a_scheduled_meeting_is_noticed_at_once_to_the_people_of_its_body(meeting):
    assert planned(NOW) == {("meeting_scheduled", email, NOW) for email in SEATED}


def test_a_meeting_of_the_full_workgroup_reaches_each_once_and_no_contact_without_rights(cast):
    factories.TermFactory(seat=factories.SeatFactory(body=cast.full, organization=None), person=cast.chair)
    factories.MeetingFactory(body=cast.full)
    expected = SEATED | {f"{name}@example.org" for name in ("representative", "alternate", "primary", "other_primary")}
    assert sorted(email for _, email, _ in planned(NOW)) == sorted(expected)


def test_a_draft_and_a_past_meeting_say_nothing(cast):
    factories.MeetingFactory(body=cast.body, status="draft", scheduled_at=None)
    factories.MeetingFactory(body=cast.body, starts_at=NOW - DAY)
    factories.MeetingFactory(body=cast.body, status="closed")
    assert planned(NOW) == set()


@pytest.mark.parametrize("due", [WEEK_AHEAD, DAY_AHEAD])
def test_meetings_are_reminded_of_seven_days_and_one_day_ahead(meeting, due):
    send_notices(meeting)
    expected = {("meeting_ahead", email, due) for email in SEATED}
    assert planned(due - 49 * HOUR, "meeting_ahead") == set()
    assert planned(due - 47 * HOUR, "meeting_ahead") == expected
    assert planned(due, "meeting_ahead") == expected
    assert planned(due + 23 * HOUR, "meeting_ahead") == expected
    assert planned(due + 25 * HOUR, "meeting_ahead") == set()


def test_days_ahead_fall_at_eight_in_the_recipient_s_zone(cast, meeting):
    send_notices(meeting)
    cast.chair.time_zone = "Pacific/Honolulu"
    cast.chair.save(update_fields=["time_zone"])
    due = {email: at for _, email, at in planned(WEEK_AHEAD)}
    assert due["seated@example.org"] == at_eight(dt.date(2026, 11, 26))
    assert due["chair@example.org"] == at_eight(dt.date(2026, 11, 26), ZoneInfo("Pacific/Honolulu"))


def test_who_said_no_is_not_reminded_and_for_who_sends_an_alternate_the_alternate_is(cast, meeting):
    send_notices(meeting)
    meeting.rsvps.create(person=cast.chair, answer="no", responded_at=NOW)
    meeting.rsvps.create(person=cast.seated, answer="alternate", responded_at=NOW)
    meeting.rsvps.create(person=cast.secretary, answer="yes", responded_at=NOW)
    assert planned(WEEK_AHEAD) == {
        ("meeting_ahead", "secretary@example.org", WEEK_AHEAD),
        ("meeting_ahead", "alternate@example.org", WEEK_AHEAD),
    }


def test_a_reminder_within_a_day_of_the_notice_gives_way_to_it(cast):
    near = factories.MeetingFactory(body=cast.body, starts_at=NOW + 26 * HOUR, scheduled_at=NOW)
    run(NOW)
    assert {mail.subject.split(", ")[0] for mail in sent()} == {"New meeting: Data task force"}
    assert planned(NOW + HOUR, "meeting_ahead") == set()
    assert planned(near.starts_at - HOUR, "meeting_ahead") == set()


def test_who_joins_later_gets_the_notice_and_the_others_do_not(cast, meeting):
    send_notices(meeting)
    factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=cast.other_primary)
    assert planned(NOW) == {("meeting_scheduled", "other_primary@example.org", NOW)}


def test_on_leave_stops_reminders_and_so_does_leaving(cast, meeting):
    cast.organization.status = OrganizationStatus.ON_LEAVE
    cast.organization.save(update_fields=["status"])
    assert planned(NOW) == set()
    cast.organization.status = OrganizationStatus.ACTIVE
    cast.organization.save(update_fields=["status"])
    Term.objects.filter(person=cast.chair).update(ended_on=NOW.date())
    cast.seated.is_active = False
    cast.seated.save(update_fields=["is_active"])
    assert planned(NOW) == {("meeting_scheduled", "secretary@example.org", NOW)}


def test_a_listed_person_without_an_account_gets_notices(cast, meeting):
    cast.chair.can_sign_in = False
    cast.chair.save(update_fields=["can_sign_in"])
    assert ("meeting_scheduled", "chair@example.org", NOW) in planned(NOW)


def test_what_is_switched_off_is_not_planned_but_notices_are(cast, meeting):
    for kind in (ReminderKind.MEETING_AHEAD, ReminderKind.ITEM_DUE):
        Preference.objects.create(person=cast.chair, kind=kind, chosen_at=NOW)
    assert "chair@example.org" in {email for _, email, _ in planned(NOW)}
    send_notices(meeting)
    assert {email for _, email, _ in planned(WEEK_AHEAD)} == SEATED - {"chair@example.org"}


def test_a_postponed_meeting_is_reminded_again_and_one_whose_room_changed_is_not(cast, meeting):
    send_notices(meeting)
    run(WEEK_AHEAD)
    assert len(sent()) == 3
    meeting.location, meeting.sequence = "Room 2", 1
    meeting.save(update_fields=["location", "sequence"])
    run(WEEK_AHEAD + HOUR)
    assert reminder_states("meeting_ahead") == {("meeting_ahead", email, "sent") for email in SEATED}
    later = dt.timedelta(days=30)
    meeting.starts_at, meeting.ends_at = meeting.starts_at + later, meeting.ends_at + later
    meeting.starts_on += later
    meeting.sequence, meeting.schedule_version = 2, 1
    meeting.save(update_fields=["starts_at", "ends_at", "starts_on", "sequence", "schedule_version"])
    run(WEEK_AHEAD + 2 * HOUR)
    assert planned(WEEK_AHEAD + later) == {("meeting_ahead", email, WEEK_AHEAD + later) for email in SEATED}


def test_what_was_told_elsewhere_is_not_noticed_again_but_changes_are(meeting):
    assert mark_as_notified(meetings=[meeting], now=NOW) == 3
    assert planned(NOW) == set()
    meeting.sequence = 1
    meeting.save(update_fields=["sequence"])
    assert planned(NOW) == {("meeting_changed", email, NOW) for email in SEATED}


def test_a_body_chooses_when_its_meetings_are_reminded_of_and_a_meeting_may_differ(cast, meeting):
    send_notices(meeting)
    assert offsets(meeting) == {7 * DAY + 2 * HOUR, DAY + 2 * HOUR}
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="14 days, 1 hour")
    assert offsets(meeting) == {14 * DAY + 2 * HOUR, HOUR}
    Meeting.objects.filter(pk=meeting.pk).update(reminders="3 hours")
    assert offsets(meeting) == {3 * HOUR}
    Meeting.objects.filter(pk=meeting.pk).update(reminders="none")
    assert offsets(meeting) == set()
    assert due_times(at_eight(dt.date(2026, 11, 30)), "rsvp_missing") == set()


def test_hours_before_a_meeting_are_real_hours_over_a_change_of_clocks(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="12 hours, 1 day")
    # Clocks go forward on March 14, 2027 at 02:00: 12 hours before 13:00 PDT is 00:00 PST.
    starts_at = dt.datetime(2027, 3, 14, 20, 0, tzinfo=dt.UTC)
    send_notices(factories.MeetingFactory(body=cast.body, starts_at=starts_at))
    due = {due for email, due in due_times(starts_at - 20 * HOUR, "meeting_soon") if email == "chair@example.org"}
    assert due == {starts_at - 12 * HOUR}
    day = {due for email, due in due_times(starts_at - 30 * HOUR, "meeting_ahead") if email == "chair@example.org"}
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
    assert (", ".join(map(str, parse_offsets(text))) or NO_REMINDERS) == said


@pytest.mark.parametrize("text", ["soon", "7", "0 days", "61 days", "24 hours", "1d,2d,3d,4d,5d,6d", "7 days; 1 day"])
def test_a_time_that_cannot_be_says_what_to_write(text, cast):
    with pytest.raises(ValueError, match="Enter"):
        parse_offsets(text)
    cast.body.meeting_reminders = text
    with pytest.raises(ValidationError, match="Enter"):
        cast.body.full_clean()


def test_an_hour_before_goes_alone_even_where_other_mail_waits(cast):
    Body.objects.filter(pk=cast.body.pk).update(meeting_reminders="1 hour")
    first = factories.MeetingFactory(body=cast.body)
    second = factories.MeetingFactory(body=cast.body, starts_at=first.starts_at + MINUTE)
    run(first.scheduled_at)
    clear_outbox()
    run(second.starts_at - HOUR)
    assert [mail.to for mail in sent()].count("chair@example.org") == 2
    assert {state for _, _, state in reminder_states("meeting_soon")} == {"sent"}


def test_who_has_not_answered_is_asked_once_three_days_before(cast, meeting):
    send_notices(meeting)
    meeting.rsvps.create(person=cast.chair, answer="yes", responded_at=NOW)
    meeting.rsvps.create(person=cast.secretary, answer="no", responded_at=NOW)
    for hour in range(0, 10 * 24, 4):
        run(at_eight(dt.date(2026, 11, 25)) + hour * HOUR)
    assert recipients_of("rsvp_missing") == {"seated@example.org"}
    (row,) = Reminder.objects.filter(kind="rsvp_missing")
    assert row.due_at == at_eight(dt.date(2026, 11, 30))
    assert "RSVP: Data task force, Thu, Dec 3, 10:00 a.m. PT" in [mail.subject for mail in sent()]


def test_who_answers_meanwhile_is_not_asked(cast, meeting):
    send_notices(meeting)
    now = at_eight(dt.date(2026, 11, 30))
    store_plan(now)
    make_deliveries(now)
    meeting.rsvps.create(person=cast.seated, answer="yes", responded_at=now)
    run(now)
    row = Reminder.objects.get(kind="rsvp_missing", recipient=cast.seated)
    assert (row.state, row.reason) == ("skipped", "This person has responded.")


def test_seven_days_ahead_the_right_persons_get_one_mail_and_then_none(cast, meeting):
    send_notices(meeting)
    noon = WEEK_AHEAD + 4 * HOUR
    assert run(noon).outcomes["sent"] == 3
    assert subjects_by_recipient() == {
        email: ["Meeting in 7 days: Data task force, Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED
    }
    assert run(noon).outcomes.total() == 0
    assert run(noon + MINUTE).outcomes.total() == 0
    clear_outbox()
    run(DAY_AHEAD)
    assert subjects_by_recipient() == {
        email: ["Meeting tomorrow: Data task force, Thu, Dec 3, 10:00 a.m. PT"] for email in SEATED
    }
