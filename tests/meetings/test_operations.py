import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

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


def last(row):
    """The newest history row, which equals the stored row."""
    row.refresh_from_db()
    newest = row.history.latest()
    for field in row._meta.concrete_fields:
        assert getattr(newest, field.attname) == getattr(row, field.attname), field.name
    return newest


def test_a_draft_keeps_its_wall_time_and_tells_nobody(cast, draft):
    assert draft.starts_at == dt.datetime(2026, 12, 3, 18, tzinfo=dt.UTC)
    assert draft.ends_at - draft.starts_at == dt.timedelta(minutes=90)
    assert (draft.status, draft.sequence, draft.scheduled_at) == ("draft", 0, None)
    assert last(draft).history_user == cast.chair
    item = draft.agenda_items.get()
    assert (item.title, item.duration_minutes, item.position) == ("Welcome", 10, 1)
    assert last(item).history_user == cast.chair


def test_a_zone_that_is_none_is_refused(cast):
    with pytest.raises(ValidationError):
        operations.create_draft(actor=cast.chair, body=cast.body, **{**WHEN, "title": "Two\nlines"})


def test_editing_a_draft_counts_no_change(cast, draft):
    row = operations.edit(actor=cast.chair, meeting=draft, version=1, now=NOW, starts_time=dt.time(13))
    assert (row.sequence, row.schedule_version) == (0, 0)
    assert row.original_start_at == row.starts_at == dt.datetime(2026, 12, 3, 21, tzinfo=dt.UTC)


def test_moving_an_announced_meeting_grows_both_counts_and_keeps_the_original_start(cast, meeting):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, starts_on=dt.date(2026, 12, 10))
    assert (row.sequence, row.schedule_version) == (1, 1)
    assert row.original_start_at == meeting.original_start_at
    assert row.starts_at == dt.datetime(2026, 12, 10, 18, tzinfo=dt.UTC)
    assert last(row).history_user == cast.chair


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Data meeting"},
        {"location": "Room 5"},
        {"join_link": "https://meet.example.org/other"},
        {"duration_minutes": 60},
    ],
)
def test_what_people_are_told_grows_the_sequence_but_not_the_start(cast, meeting, change):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, **change)
    assert (row.sequence, row.schedule_version) == (1, 0)


@pytest.mark.parametrize("change", [{}, {"visibility": "body"}, {"title": "Data task force meeting"}])
def test_what_nobody_is_told_of_grows_nothing(cast, meeting, change):
    row = operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, **change)
    assert (row.sequence, row.schedule_version) == (0, 0)


def test_moving_into_the_past_is_refused_with_the_time(cast, meeting):
    with pytest.raises(OperationNotAllowedError, match=r"Wed, Nov 18, 10:00–11:30 a\.m\. PT has passed"):
        operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, starts_on=dt.date(2026, 11, 18))
    meeting.refresh_from_db()
    assert meeting.sequence == 0


def test_a_title_is_still_mended_while_the_meeting_runs(cast, meeting):
    assert operations.edit(actor=cast.chair, meeting=meeting, version=1, now=DURING, title="Data").sequence == 1


def test_a_stale_edit_changes_nothing_and_brings_the_row(cast, meeting):
    operations.edit(actor=cast.chair, meeting=meeting, version=1, now=NOW, location="Room 5")
    with pytest.raises(EditConflictError) as stale:
        operations.edit(actor=cast.staff, meeting=meeting, version=1, now=NOW, location="Room 6")
    assert stale.value.current.location == "Room 5"


@pytest.mark.parametrize("status", ["closed", "canceled"])
def test_what_is_over_is_not_edited(cast, status):
    row = factories.MeetingFactory(body=cast.body, status=status)
    with pytest.raises(OperationNotAllowedError):
        operations.edit(actor=cast.chair, meeting=row, version=1, now=NOW, location="Room 5")
    with pytest.raises(OperationNotAllowedError):
        operations.set_agenda(actor=cast.chair, meeting=row, items=[AgendaEdit("Late")], now=NOW)


def test_scheduling_announces_once(cast, draft):
    row = operations.schedule(actor=cast.chair, meeting=draft, version=draft.version, now=NOW)
    assert (row.status, row.scheduled_at, row.sequence) == ("scheduled", NOW, 0)
    assert last(row).history_user == cast.chair
    with pytest.raises(OperationNotAllowedError, match="scheduled, so it cannot become scheduled"):
        operations.schedule(actor=cast.chair, meeting=row, version=row.version, now=NOW)


def test_a_draft_in_the_past_is_not_scheduled(cast, draft):
    with pytest.raises(OperationNotAllowedError, match=r"has passed\. Choose a time that lies ahead"):
        operations.schedule(actor=cast.chair, meeting=draft, version=1, now=draft.starts_at)


def test_a_wall_time_after_the_clocks_went_back_is_that_hour(cast):
    row = operations.create_draft(
        actor=cast.chair, body=cast.body, **{**WHEN, "starts_on": dt.date(2026, 11, 1), "starts_time": dt.time(1, 30)}
    )
    assert row.local_start == dt.datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Los_Angeles"))
    assert row.local_start.utcoffset() == dt.timedelta(hours=-7)


def test_cancelling_grows_the_sequence_and_keeps_the_reason(cast, meeting):
    row = operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason=" No quorum. ", now=NOW)
    assert (row.status, row.cancel_reason, row.sequence, row.schedule_version) == ("canceled", "No quorum.", 1, 0)
    assert last(row).history_user == cast.chair


def test_cancelling_a_draft_is_nobodys_news(cast, draft):
    assert operations.cancel(actor=cast.chair, meeting=draft, version=1, reason="Not needed", now=NOW).sequence == 0


def test_cancelling_needs_a_reason_and_a_meeting_that_is_not_over(cast, meeting):
    with pytest.raises(OperationNotAllowedError, match="Say why"):
        operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="  ", now=NOW)
    with pytest.raises(OperationNotAllowedError, match="Close it instead"):
        operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="Too late", now=AFTER)


def test_a_meeting_starts_within_the_hour_and_closes_once_begun(cast, meeting):
    with pytest.raises(OperationNotAllowedError, match="The meeting is on Thu, Dec 3"):
        operations.start(actor=cast.chair, meeting=meeting, now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.close(actor=cast.chair, meeting=meeting, now=meeting.starts_at - dt.timedelta(minutes=30))
    assert operations.start(actor=cast.chair, meeting=meeting, now=DURING).status == "in_session"
    row = operations.close(actor=cast.chair, meeting=meeting, now=AFTER)
    assert row.status == "closed"
    assert last(row).history_user == cast.chair
    assert row.sequence == 0


def titles(meeting):
    return list(meeting.agenda_items.filter(removed_at=None).values_list("title", flat=True))


def test_agenda_items_are_added_moved_changed_and_removed_without_telling_anybody(cast, meeting):
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
    assert last(one).history_user == cast.chair
    meeting.refresh_from_db()
    assert (meeting.sequence, meeting.schedule_version, meeting.version) == (0, 0, 1)


def test_an_item_moved_down_stands_after_the_one_whose_place_it_takes(cast, meeting):
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=[AgendaEdit(t) for t in "ABC"], now=NOW)
    a = meeting.agenda_items.get(title="A")
    moved = AgendaEdit("A", position=3, pk=a.pk, version=a.version)
    operations.set_agenda(actor=cast.chair, meeting=meeting, items=[moved], now=NOW)
    assert titles(meeting) == ["B", "C", "A"]
    assert list(meeting.agenda_items.values_list("position", flat=True)) == [1, 2, 3]


def test_a_stale_agenda_item_stops_the_whole_edit(cast, meeting):
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


def test_the_last_answer_counts_in_one_row(cast, meeting):
    operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="yes", now=NOW)
    said = operations.record_rsvp(
        actor=cast.seated, meeting=meeting, answer="alternate", now=AFTER - dt.timedelta(hours=2)
    )
    assert RSVP.objects.get() == said
    assert (said.answer, said.responded_at) == ("alternate", AFTER - dt.timedelta(hours=2))
    assert last(said).history_user == cast.seated
    assert [row.answer for row in said.history.all()] == ["alternate", "yes"]


def test_only_the_invited_answer_and_only_while_the_meeting_lies_ahead(cast, meeting):
    with pytest.raises(OperationNotAllowedError, match="Only the people of the Data task force are invited"):
        operations.record_rsvp(actor=cast.representative, meeting=meeting, answer="yes", now=NOW)
    with pytest.raises(OperationNotAllowedError, match="no longer takes answers"):
        operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="yes", now=AFTER)
    draft = factories.MeetingFactory(body=cast.body, status="draft")
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.seated, meeting=draft, answer="yes", now=NOW)
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.seated, meeting=meeting, answer="maybe", now=NOW)
    assert not RSVP.objects.exists()


def test_who_represents_nobody_sends_no_alternate(cast, meeting):
    factories.TermFactory(seat=factories.SeatFactory(body=cast.body, organization=None), person=cast.staff)
    with pytest.raises(OperationNotAllowedError):
        operations.record_rsvp(actor=cast.staff, meeting=meeting, answer="alternate", now=NOW)
    operations.record_rsvp(actor=cast.staff, meeting=meeting, answer="yes", now=NOW)


def note(cast, meeting, entries, actor="secretary", now=DURING):
    operations.record_attendance(
        actor=cast.people[actor],
        meeting=meeting,
        entries={cast.people[name]: entry for name, entry in entries.items()},
        organizations={cast.alternate.pk: cast.organization},
        now=now,
    )


def test_attendance_names_for_whom_each_was_there(cast, meeting):
    note(
        cast,
        meeting,
        {"seated": CellEdit("", "remote"), "alternate": CellEdit("", "in_person"), "chair": CellEdit("", "")},
    )
    rows = {row.person.name: (row.presence, row.organization) for row in Attendance.objects.all()}
    assert rows == {"The seated": ("remote", None), "The alternate": ("in_person", cast.organization)}
    row = Attendance.objects.get(person=cast.seated)
    assert last(row).history_user == cast.secretary


def test_two_may_note_attendance_at_once_and_only_a_clash_is_stale(cast, meeting):
    note(cast, meeting, {"seated": CellEdit("", "remote"), "chair": CellEdit("", "")})
    note(cast, meeting, {"seated": CellEdit("", ""), "chair": CellEdit("", "in_person")}, actor="staff")
    note(cast, meeting, {"seated": CellEdit("", "remote")}, actor="staff")
    with pytest.raises(EditConflictError) as stale:
        note(cast, meeting, {"alternate": CellEdit("", "remote"), "seated": CellEdit("", "absent")}, actor="staff")
    assert stale.value.current.presence == "remote"
    assert Attendance.objects.count() == 2


@pytest.mark.parametrize(("status", "now"), [("draft", AFTER), ("canceled", AFTER), ("scheduled", NOW)])
def test_nobody_came_to_what_was_not_held(cast, status, now):
    row = factories.MeetingFactory(body=cast.body, status=status)
    with pytest.raises(OperationNotAllowedError):
        note(cast, row, {"seated": CellEdit("", "remote")}, now=now)
    with pytest.raises(OperationNotAllowedError):
        operations.write_minutes(actor=cast.chair, meeting=row, notes={}, minutes=CellEdit("", "Text"), now=now)


@pytest.fixture
def held(cast):
    row = factories.MeetingFactory(body=cast.body, status="closed")
    AgendaItem.objects.create(meeting=row, position=1, title="One")
    AgendaItem.objects.create(meeting=row, position=2, title="Two")
    return row


def test_minutes_are_a_draft_until_published_and_corrected_after(cast, held):
    one, two = held.agenda_items.all()
    with pytest.raises(OperationNotAllowedError, match="no minutes to publish"):
        operations.publish_minutes(actor=cast.chair, meeting=held, now=AFTER)
    operations.write_minutes(
        actor=cast.secretary, meeting=held, notes={one.pk: CellEdit("", "We met."), two.pk: CellEdit("", "")}, now=AFTER
    )
    held.refresh_from_db()
    assert held.minutes_status == "draft"
    one.refresh_from_db()
    assert (one.notes, last(one).history_user) == ("We met.", cast.secretary)
    row = operations.publish_minutes(actor=cast.chair, meeting=held, now=AFTER)
    assert (row.minutes_status, last(row).history_user) == ("published", cast.chair)
    operations.write_minutes(actor=cast.chair, meeting=held, notes={two.pk: CellEdit("", "Agreed.")}, now=AFTER)
    held.refresh_from_db()
    assert held.minutes_status == "published"


def test_two_write_minutes_of_two_items_and_nothing_is_lost(cast, held):
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


def test_minutes_are_published_once_the_meeting_is_closed(cast):
    row = factories.MeetingFactory(body=cast.body, status="in_session", minutes_status="draft")
    with pytest.raises(OperationNotAllowedError, match="Close the meeting first"):
        operations.publish_minutes(actor=cast.chair, meeting=row, now=AFTER)


def test_nothing_of_all_this_deletes_a_meeting(cast, meeting):
    operations.cancel(actor=cast.chair, meeting=meeting, version=1, reason="No quorum", now=NOW)
    assert Meeting.objects.filter(pk=meeting.pk).exists()
