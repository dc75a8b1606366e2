"""What is planned for whom and when: exact sets."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from members.rules import OrganizationStatus, RepresentationKind
from objectives.rules import UpdateState
from reminders.models import Preference, Reminder
from reminders.operations import mark_as_notified
from reminders.rules import ReminderKind, clock_error, morning_of
from reminders.schedule import build_plan
from reminders.storing import store_plan
from taskforces.models import Term
from taskforces.rules import SeatRole
from tests import factories
from tests.conftest import NOW
from tests.reminders.conftest import DAY_AHEAD, SEATED, WEEK_AHEAD, ledger, run, sent, told

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
HOUR = dt.timedelta(hours=1)
PACIFIC = ZoneInfo("America/Los_Angeles")


def planned(now: dt.datetime, kind: str = "") -> set[tuple[str, str, dt.datetime]]:
    """Kind, recipient and due time of the plan at `now`; Monday's list for staff has a file of its own."""
    return {
        (row.kind, row.recipient.email, row.due_at)
        for row in build_plan(now).reminders.values()
        if row.kind != ReminderKind.FOLLOW_UP_LIST and kind in ("", row.kind)
    }


def at_eight(day: dt.date, zone: ZoneInfo = PACIFIC) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(8), tzinfo=zone)


# Meetings -----------------------------------------------------------------------------------------


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
    told(meeting)
    expected = {("meeting_ahead", email, due) for email in SEATED}
    assert planned(due - 49 * HOUR, "meeting_ahead") == set()
    assert planned(due - 47 * HOUR, "meeting_ahead") == expected
    assert planned(due, "meeting_ahead") == expected
    assert planned(due + 23 * HOUR, "meeting_ahead") == expected
    assert planned(due + 25 * HOUR, "meeting_ahead") == set()


def test_days_ahead_fall_at_eight_in_the_recipient_s_zone(cast, meeting):
    told(meeting)
    cast.chair.time_zone = "Pacific/Honolulu"
    cast.chair.save(update_fields=["time_zone"])
    due = {email: at for _, email, at in planned(WEEK_AHEAD)}
    assert due["seated@example.org"] == at_eight(dt.date(2026, 11, 26))
    assert due["chair@example.org"] == at_eight(dt.date(2026, 11, 26), ZoneInfo("Pacific/Honolulu"))


def test_who_said_no_is_not_reminded_and_for_who_sends_an_alternate_the_alternate_is(cast, meeting):
    told(meeting)
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
    assert {mail.subject.split(" meets")[0] for mail in sent()} == {"Data task force"}
    assert planned(NOW + HOUR, "meeting_ahead") == set()
    assert planned(near.starts_at - HOUR, "meeting_ahead") == set()


def test_who_joins_later_gets_the_notice_and_the_others_do_not(cast, meeting):
    told(meeting)
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
    told(meeting)
    assert {email for _, email, _ in planned(WEEK_AHEAD)} == SEATED - {"chair@example.org"}


def test_a_postponed_meeting_is_reminded_again_and_one_whose_room_changed_is_not(cast, meeting):
    told(meeting)
    run(WEEK_AHEAD)
    assert len(sent()) == 3
    meeting.place, meeting.sequence = "Room 2", 1
    meeting.save(update_fields=["place", "sequence"])
    run(WEEK_AHEAD + HOUR)
    assert ledger("meeting_ahead") == {("meeting_ahead", email, "sent") for email in SEATED}
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


# Action items -------------------------------------------------------------------------------------


@pytest.fixture
def item(cast):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )
    type(item).objects.filter(pk=item.pk).update(created_at=NOW - 60 * DAY)
    return item


def test_an_item_is_reminded_of_before_on_and_after_its_day_and_then_its_chair_is_told_once(item):
    said = {}
    for day in (-14, -8, -7, -6, -2, -1, 0, 1, 6, 7, 8, 13, 14, 21, 28, 34, 35, 36, 42):
        now = at_eight(item.due_on + day * DAY)
        store_plan(now)
        said[day] = {(kind, email) for kind, email, due_at in planned(now) if due_at == now}
    assert {day: what for day, what in said.items() if what} == {
        **{day: {("item_due", "representative@example.org")} for day in (-7, -1, 0)},
        **{day: {("item_overdue", "representative@example.org")} for day in (7, 14, 21, 28)},
        35: {("item_escalated", "chair@example.org")},
    }
    assert Reminder.objects.count() == 8


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_a_finished_item_says_nothing(item, status):
    item.status = status
    item.done_on = item.due_on if status == "done" else None
    item.save(update_fields=["status", "done_on"])
    assert planned(at_eight(item.due_on)) == set()


def test_an_item_of_an_organization_goes_to_its_primary_else_its_alternates_else_the_chair(cast, item):
    item.owner_person = None
    item.save(update_fields=["owner_person"])
    now = at_eight(item.due_on)
    assert {email for _, email, _ in planned(now)} == {"primary@example.org"}
    cast.organization.representations.filter(kind=RepresentationKind.PRIMARY).update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(now)} == {"alternate@example.org"}
    cast.organization.representations.filter(kind=RepresentationKind.ALTERNATE).update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(now)} == {"chair@example.org"}
    cast.organization.status = OrganizationStatus.ON_LEAVE
    cast.organization.save(update_fields=["status"])
    assert planned(now) == set()


def test_an_item_whose_person_has_left_goes_to_who_speaks_for_the_organization(cast, item):
    cast.representative.representations.update(ended_on=NOW.date())
    assert {email for _, email, _ in planned(at_eight(item.due_on))} == {"primary@example.org"}


def test_a_chair_who_owns_the_item_is_not_told_of_it_as_chair(cast, item):
    item.owner_person = cast.chair
    item.save(update_fields=["owner_person"])
    assert planned(at_eight(item.due_on + 35 * DAY)) == set()


def test_a_moment_that_passed_before_the_item_was_made_is_not_made_up(item):
    type(item).objects.filter(pk=item.pk).update(created_at=at_eight(item.due_on - DAY) + HOUR)
    assert planned(at_eight(item.due_on - DAY) + 2 * HOUR) == {
        ("item_due", "representative@example.org", at_eight(item.due_on))
    }


# Progress -----------------------------------------------------------------------------------------


@pytest.fixture
def strategy(cast):
    strategy = factories.StrategyFactory(
        body=cast.body,
        lead_organization=cast.organization,
        responsible_person=cast.representative,
        starts_on=dt.date(2026, 9, 1),
    )
    type(strategy).objects.filter(pk=strategy.pk).update(created_at=NOW - 300 * DAY)
    return strategy


def progress_days(first: dt.date, last: dt.date) -> dict[dt.date, set[tuple[str, str]]]:
    found = {}
    while first <= last:
        now = at_eight(first)
        what = {(kind, email) for kind, email, due_at in planned(now) if due_at == now}
        if what:
            found[first] = what
        first += DAY
    return found


def test_progress_is_due_a_rhythm_after_the_start_and_then_after_each_word(cast, strategy):
    own, chair = ("progress_due", "representative@example.org"), ("progress_late", "chair@example.org")
    due = dt.date(2026, 9, 1) + 91 * DAY
    expected = {due - 7 * DAY: {own}, due: {own}, due + 7 * DAY: {chair}}
    assert progress_days(due - 8 * DAY, due + 15 * DAY) == expected
    factories.ProgressUpdateFactory(strategy=strategy, author=cast.seated, reported_on=dt.date(2026, 11, 1))
    assert progress_days(due - DAY, due) == {due: {own}}  # a draft says nothing
    word = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.chair, reported_on=dt.date(2026, 11, 1), state=UpdateState.SUBMITTED
    )
    due = dt.date(2026, 11, 1) + 91 * DAY
    assert set(progress_days(due - 8 * DAY, due + 8 * DAY)) == {due - 7 * DAY, due, due + 7 * DAY}
    word.confirmed_on = dt.date(2026, 11, 20)
    word.save(update_fields=["confirmed_on"])
    assert set(progress_days(due + 11 * DAY, due + 20 * DAY)) == {due + 12 * DAY, due + 19 * DAY}


def test_progress_that_nobody_answers_for_is_the_chair_s(cast, strategy):
    strategy.responsible_person = None
    strategy.save(update_fields=["responsible_person"])
    due = dt.date(2026, 9, 1) + 91 * DAY
    assert progress_days(due - 8 * DAY, due) == {
        due - 7 * DAY: {("progress_due", "chair@example.org")},
        due: {("progress_due", "chair@example.org")},
    }
    Term.objects.filter(person=cast.chair).update(ended_on=NOW.date())
    seat = factories.SeatFactory(body=cast.body, organization=cast.organization, role=SeatRole.CO_CHAIR)
    factories.TermFactory(seat=seat, person=cast.primary)
    assert progress_days(due, due) == {due: {("progress_due", "primary@example.org")}}


def test_what_is_done_or_closed_owes_no_word(cast, strategy):
    due = dt.date(2026, 9, 1) + 91 * DAY
    word = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.chair, reported_on=dt.date(2026, 9, 1), state="submitted", status="done"
    )
    assert progress_days(due, due) == {}
    word.status = "on_track"
    word.save(update_fields=["status"])
    assert progress_days(due, due)
    strategy.closed_on = due
    strategy.save(update_fields=["closed_on"])
    assert progress_days(due, due) == {}


# The plan as a whole ------------------------------------------------------------------------------


def test_planning_twice_stores_nothing_twice(meeting, item, strategy):
    assert store_plan(WEEK_AHEAD) > 0
    before = Reminder.objects.count()
    assert store_plan(WEEK_AHEAD) == 0
    assert Reminder.objects.count() == before


def test_planning_takes_the_same_queries_for_one_and_for_many(cast, meeting, item, strategy):
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            build_plan(WEEK_AHEAD)
        return len(context)

    told(meeting)
    few = queries()
    for n in range(3):
        factories.MeetingFactory(body=cast.full, title=f"Another {n}")
        factories.ActionItemFactory(body=cast.body, owner_person=cast.chair)
        factories.StrategyFactory(body=cast.body, responsible_person=cast.seated)
    assert queries() == few


@given(
    st.dates(dt.date(2020, 1, 1), dt.date(2035, 1, 1)),
    st.sampled_from(["America/Los_Angeles", "America/New_York", "Pacific/Honolulu", "Australia/Lord_Howe", "UTC"]),
)
def test_a_morning_is_eight_o_clock_wherever_one_is(day, name):
    local = morning_of(day, ZoneInfo(name)).astimezone(ZoneInfo(name))
    assert (local.date(), local.time()) == (day, dt.time(8))


def test_the_clock_is_trusted_after_plain_downtime_only():
    assert clock_error(NOW, None) == clock_error(NOW, NOW - 35 * HOUR) == ""
    assert clock_error(NOW, NOW + dt.timedelta(seconds=119)) == ""
    assert "37 hours" in clock_error(NOW, NOW - 37 * HOUR)
    assert "went back" in clock_error(NOW, NOW + dt.timedelta(seconds=121))
