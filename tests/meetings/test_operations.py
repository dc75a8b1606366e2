import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.operations import EditConflictError, OperationNotAllowedError
from meetings import operations
from meetings.models import RSVP, AgendaItem, Attendance, Meeting
from meetings.rules import AgendaEdit, AgendaLine, CellEdit
from tests import factories
from tests.conftest import NOW

AFTER = dt.datetime(2026, 12, 3, 19, 45, tzinfo=dt.UTC)
DURING = dt.datetime(2026, 12, 3, 18, 10, tzinfo=dt.UTC)
WHEN = {
    "title": "Data task force meeting",
    "starts_on": dt.date(2026, 12, 3),
    "starts_time": dt.time(10),
    "duration_minutes": 90,
    "time_zone": "America/Los_Angeles",
}


@pytest.fixture
def draft(cast):
    return operations.create_draft(actor=cast.chair, body=cast.body, agenda=[AgendaLine("Welcome", 10)], **WHEN)


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


def latest_history(row):
    """Return the latest history row, which must equal the stored row."""
    row.refresh_from_db()
    newest = row.history.latest()
    for field in row._meta.concrete_fields:
        assert getattr(newest, field.attname) == getattr(row, field.attname), field.name
    return newest


def test_draft_has_its_local_time_and_sends_no_notice(cast, draft):
    assert draft.starts_at == dt.datetime(2026, 12, 3, 18, tzinfo=dt.UTC)
    assert draft.ends_at - draft.starts_at == dt.timedelta(minutes=90)
    assert (draft.status, draft.sequence, draft.scheduled_at) == ("draft", 0, None)
    assert latest_history(draft).history_user == cast.chair
    item = draft.agenda_items.get()
    assert (item.title, item.duration_minutes, item.position) == ("Welcome", 10, 1)
    assert latest_history(item).history_user == cast.chair


def test_title_of_two_lines_is_invalid(cast):
    with pytest.raises(ValidationError):
        operations.create_draft(actor=cast.chair, body=cast.body, **{**WHEN, "title": "Two\nlines"})


def test_editing_draft_raises_no_counter(cast, draft):
    row = operations.edit(actor=cast.chair, meeting=draft, version=1, now=NOW, starts_time=dt.time(13))
    assert (row.sequence, row.schedule_version) == (0, 0)
    assert row.original_start_at == row.starts_at == dt.datetime(2026, 12, 3, 21, tzinfo=dt.UTC)


def test_new_start_raises_both_counters_and_keeps_original_start(cast, meeting):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, starts_on=dt.date(2026, 12, 10))
    assert (row.sequence, row.schedule_version) == (1, 1)
    assert row.original_start_at == meeting.original_start_at
    assert row.starts_at == dt.datetime(2026, 12, 10, 18, tzinfo=dt.UTC)
    assert latest_history(row).history_user == cast.chair


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Data meeting"},
        {"location": "Room 5"},
        {"join_link": "https://meet.example.org/other"},
        {"duration_minutes": 60},
    ],
)
def test_notice_field_raises_sequence_but_not_start_version(cast, meeting, change):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, **change)
    assert (row.sequence, row.schedule_version) == (1, 0)


@pytest.mark.parametrize("change", [{}, {"visibility": "body"}, {"title": "Data task force meeting"}])
def test_other_field_raises_no_counter(cast, meeting, change):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, **change)
    assert (row.sequence, row.schedule_version) == (0, 0)


def test_new_start_in_the_past_is_refused_with_the_time(cast, meeting):
    with pytest.raises(OperationNotAllowedError, match=r"Wed, Nov 18, 10:00–11:30 a\.m\. PT has passed"):
        operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, starts_on=dt.date(2026, 11, 18))
    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_title_can_be_edited_during_the_meeting(cast, meeting):
    assert operations.edit(actor=cast.chair, meeting=meeting, version=1, now=DURING, title="Data").sequence == 1


def test_stale_edit_changes_nothing_and_returns_the_row(cast, meeting):
    operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, location="Room 5")
    with pytest.raises(EditConflictError) as stale:
        operations.edit(actor=cast.staff, meeting=meeting, version=1, now=NOW, location="Room 6")
    assert stale.value.current.location == "Room 5"


@pytest.mark.parametrize("status", ["closed", "canceled"])
def test_finished_meeting_cannot_be_edited(cast, status):
    row = factories.MeetingFactory(body=cast.body, status=status)
    with pytest.raises(OperationNotAllowedError):
        operations.edit(actor=cast.chair, meeting=row, version=1, now=NOW, location="Room 5")
    with pytest.raises(OperationNotAllowedError):
        operations.set_agenda(actor=cast.chair, meeting=row, items=[AgendaEdit("Late")], now=NOW)


def test_meeting_is_scheduled_only_once(cast, draft):
    row = operations.schedule(actor=cast.chair, meeting=draft, version=draft.version, now=NOW)
    assert (row.status, row.scheduled_at, row.sequence) == ("scheduled", NOW, 0)
    assert latest_history(row).history_user == cast.chair
    with pytest.raises(OperationNotAllowedError):
        operations.schedule(actor=cast.chair, meeting=row, version=row.version, now=NOW)


def test_draft_in_the_past_cannot_be_scheduled(cast, draft):
    with pytest.raises(OperationNotAllowedError):
        operations.schedule(actor=cast.chair, meeting=draft, version=1, now=draft.starts_at)


def test_local_time_that_occurs_twice_is_the_first(cast):
    row = operations.create_draft(
        actor=cast.chair, body=cast.body, **{**WHEN, "starts_on": dt.date(2026, 11, 1), "starts_time": dt.time(1, 30)}
    )
    assert row.local_start == dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert row.local_start.utcoffset() == dt.timedelta(hours=-7)


def test_canceling_raises_sequence_and_keeps_reason(cast, meeting):
    row = operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason=" No quorum. ", now=NOW)
    assert (row.status, row.cancel_reason, row.sequence, row.schedule_version) == ("canceled", "No quorum.", 1, 0)
    assert latest_history(row).history_user == cast.chair


def test_canceling_draft_sends_no_notice(cast, draft):
    assert operations.cancel(actor=cast.chair, meeting=draft, version=1, reason="Not needed", now=NOW).sequence == 0


def test_canceling_needs_reason_and_meeting_that_is_not_over(cast, meeting):
    with pytest.raises(OperationNotAllowedError):
        operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="  ", now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="Too late", now=AFTER)


def test_meeting_starts_within_the_hour_and_closes_after_start(cast, meeting):
    with pytest.raises(OperationNotAllowedError):
        operations.start(actor=cast.chair, meeting=meeting, now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.close(actor=cast.chair, meeting=meeting, now=meeting.starts_at - dt.timedelta(minutes=30))
    assert operations.start(actor=cast.chair, meeting=meeting, now=DURING).status == "in_session"
    row = operations.close(actor=cast.chair, meeting=meeting, now=AFTER)
    assert row.status == "closed"
    assert latest_history(row).history_user == cast.chair
    assert row.sequence == 0


def titles(meeting):
    return list(meeting.agenda_items.filter(removed_at=None).values_list("title", flat=True))


def test_agenda_items_change_without_notice(cast, meeting):
    first = [AgendaEdit(title) for title in ("One", "Two", "Three")]
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=first, now=NOW)
    one, two, three = meeting.agenda_items.all()
    assert [one.position, two.position, three.position] == [1, 2, 3]
    operations.set_agenda(
        actor=cast.chair,
        meeting=meeting,
        items=[
            AgendaEdit("Three", position=1, pk=three.pk, version=three.version),
            AgendaEdit("Two and a half", position=2, duration_minutes=5, pk=two.pk, version=two.version),
            AgendaEdit("One", pk=one.pk, version=one.version, remove=True),
            AgendaEdit("Middle", position=2),
        ],
        now=NOW,
    )
    assert titles(meeting) == ["Three", "Middle", "Two and a half"]
    one.refresh_from_db()
    assert one.removed_at == NOW
    assert latest_history(one).history_user == cast.chair
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.schedule_version, meeting.version) == (0, 0, 1)


def test_item_moved_down_goes_after_the_one_at_its_position(cast, meeting):
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=[AgendaEdit(t) for t in "ABC"], now=NOW)
    a = meeting.agenda_items.get(title="A")
    moved = AgendaEdit("A", position=3, pk=a.pk, version=a.version)
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=[moved], now=NOW)
    assert titles(meeting) == ["B", "C", "A"]
    assert list(meeting.agenda_items.values_list("position", flat=True)) == [1, 2, 3]


def test_stale_agenda_item_stops_the_whole_edit(cast, meeting):
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=[AgendaEdit("A"), AgendaEdit("B")], now=NOW)
    a, b = meeting.agenda_items.all()
    operations.set_agenda(
        actor=cast.staff, meeting=meeting, items=[AgendaEdit("B2", pk=b.pk, version=b.version)], now=NOW
    )
    mine = [AgendaEdit("A2", pk=a.pk, version=a.version), AgendaEdit("B3", pk=b.pk, version=b.version)]
    with pytest.raises(EditConflictError) as stale:
        operations.set_agenda(actor=cast.chair, meeting=meeting, items=mine, now=NOW)
    assert stale.value.current.title == "B2"
    assert titles(meeting) == ["A", "B2"]


def test_later_answer_replaces_earlier_one_in_one_row(cast, meeting):
    operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="yes", now=NOW)
    rsvp = operations.record_rsvp(
        actor=cast.seated, meeting=meeting, answer="alternate", now=AFTER - dt.timedelta(hours=2)
    )
    assert RSVP.objects.get() == rsvp
    assert (rsvp.answer, rsvp.responded_at) == ("alternate", AFTER - dt.timedelta(hours=2))
    assert latest_history(rsvp).history_user == cast.seated
    assert [row.answer for row in rsvp.history.all()] == ["alternate", "yes"]


def test_only_the_invited_answer_and_only_until_the_end(cast, meeting):
    with pytest.raises(PermissionDenied):
        operations.record_rsvp(actor=cast.representative, meeting=meeting, answer="yes", now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="yes", now=AFTER)
    draft = factories.MeetingFactory(body=cast.body, status="draft")
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.seated, meeting=draft, answer="yes", now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="maybe", now=NOW)
    assert not RSVP.objects.exists()


def test_person_without_organization_cannot_send_alternate(cast, meeting):
    factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=cast.staff)
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.staff, meeting=meeting, answer="alternate", now=NOW)
    operations.record_rsvp(actor=cast.staff, meeting=meeting, answer="yes", now=NOW)


def record(cast, meeting, entries, actor="secretary", now=DURING):
    operations.record_attendance(
        actor=cast.people[actor],
        meeting=meeting,
        entries={cast.people[name]: entry for name, entry in entries.items()},
        organizations={cast.alternate.pk: cast.organization},
        now=now,
    )


def test_attendance_records_organization_of_each(cast, meeting):
    record(
        cast,
        meeting,
        {"seated": CellEdit("", "remote"), "alternate": CellEdit("", "in_person"), "chair": CellEdit("", "")},
    )
    rows = {row.person.name: (row.presence, row.organization) for row in Attendance.objects.all()}
    assert rows == {"The seated": ("remote", None), "The alternate": ("in_person", cast.organization)}
    row = Attendance.objects.get(person=cast.seated)
    assert latest_history(row).history_user == cast.secretary


def test_only_same_attendance_cell_is_edit_conflict(cast, meeting):
    record(cast, meeting, {"seated": CellEdit("", "remote"), "chair": CellEdit("", "")})
    record(cast, meeting, {"seated": CellEdit("", ""), "chair": CellEdit("", "in_person")}, actor="staff")
    record(cast, meeting, {"seated": CellEdit("", "remote")}, actor="staff")
    with pytest.raises(EditConflictError) as stale:
        record(cast, meeting, {"alternate": CellEdit("", "remote"), "seated": CellEdit("", "absent")}, actor="staff")
    assert stale.value.current.presence == "remote"
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(("status", "now"), [("draft", AFTER), ("canceled", AFTER), ("scheduled", NOW)])
def test_meeting_not_held_takes_no_attendance_or_minutes(cast, status, now):
    row = factories.MeetingFactory(body=cast.body, status=status)
    with pytest.raises(OperationNotAllowedError):
        record(cast, row, {"seated": CellEdit("", "remote")}, now=now)
    with pytest.raises(OperationNotAllowedError):
        operations.write_minutes(actor=cast.chair, meeting=row, notes={}, minutes=CellEdit("", "Text"), now=now)


@pytest.fixture
def held(cast):
    row = factories.MeetingFactory(body=cast.body, status="closed")
    AgendaItem.objects.create(meeting=row, position=1, title="One")
    AgendaItem.objects.create(meeting=row, position=2, title="Two")
    return row


def test_minutes_are_draft_until_published_then_corrected(cast, held):
    one, two = held.agenda_items.all()
    with pytest.raises(OperationNotAllowedError):
        operations.publish_minutes(actor=cast.chair, meeting=held, now=AFTER)
    operations.write_minutes(
        actor=cast.secretary, meeting=held, notes={one.pk: CellEdit("", "We met."), two.pk: CellEdit("", "")}, now=AFTER
    )
    held.refresh_from_db()
    assert held.minutes_status == "draft"
    one.refresh_from_db()
    assert (one.notes, latest_history(one).history_user) == ("We met.", cast.secretary)
    row = operations.publish_minutes(actor=cast.chair, meeting=held, now=AFTER)
    assert (row.minutes_status, latest_history(row).history_user) == ("published", cast.chair)
    operations.write_minutes(actor=cast.chair, meeting=held, notes={two.pk: CellEdit("", "Agreed.")}, now=AFTER)
    held.refresh_from_db()
    assert held.minutes_status == "published"


def test_two_people_write_minutes_of_two_items(cast, held):
    one, two = held.agenda_items.all()
    operations.write_minutes(
        actor=cast.secretary, meeting=held, notes={one.pk: CellEdit("", "First."), two.pk: CellEdit("", "")}, now=AFTER
    )
    operations.write_minutes(
        actor=cast.chair, meeting=held, notes={one.pk: CellEdit("", ""), two.pk: CellEdit("", "Second.")}, now=AFTER
    )
    assert list(held.agenda_items.values_list("notes", flat=True)) == ["First.", "Second."]
    with pytest.raises(EditConflictError) as stale:
        operations.write_minutes(actor=cast.chair, meeting=held, notes={one.pk: CellEdit("", "Other.")}, now=AFTER)
    assert stale.value.current.notes == "First."


def test_minutes_are_published_only_after_close(cast):
    row = factories.MeetingFactory(body=cast.body, status="in_session", minutes_status="draft")
    with pytest.raises(OperationNotAllowedError):
        operations.publish_minutes(actor=cast.chair, meeting=row, now=AFTER)


def test_canceling_does_not_delete_the_meeting(cast, meeting):
    operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="No quorum", now=NOW)
    assert Meeting.objects.filter(pk=meeting.pk).exists()
