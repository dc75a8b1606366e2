import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from meetings import operations, queries
from meetings.models import RSVP
from meetings.rules import CellEdit
from tests import factories
from tests.conftest import NOW

VISITOR = AnonymousUser()


def at(days: int, **values):
    return factories.MeetingFactory(starts_at=NOW + dt.timedelta(days=days), **values)


def test_next_public_meeting_is_announced_and_upcoming(cast):
    at(-2, body=cast.body)
    at(1, body=cast.body, status="draft")
    at(2, body=cast.body, status="canceled")
    at(3, body=cast.body, visibility="members")
    at(5, body=cast.body)
    expected = at(4, body=cast.full)
    assert queries.next_public(NOW) == expected


def test_next_public_meeting_is_none_without_meetings(db):
    assert queries.next_public(NOW) is None


def test_upcoming_meetings_have_own_answer_and_invitation(cast):
    mine, other = at(3, body=cast.body, visibility="body"), at(2, body=cast.full)
    at(1, body=factories.BodyFactory(slug="elsewhere"))
    operations.record_rsvp(actor=cast.seated, meeting=mine, answer="no", now=NOW)
    rows = queries.upcoming_for(cast.seated, NOW, 5)
    assert [(row, row.my_rsvp, row.is_invited) for row in rows] == [(other, None, True), (mine, "no", True)]
    assert list(queries.upcoming_for(cast.other_primary, NOW, 5)) == [other]
    assert list(queries.upcoming_for(cast.executive, NOW, 5)) == []
    assert len(queries.upcoming_for(cast.staff, NOW, 5)) == 3
    assert len(queries.upcoming_for(cast.staff, NOW, 2)) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_upcoming_meetings_take_one_query(cast, django_assert_num_queries, count):
    for day in range(count):
        operations.record_rsvp(actor=cast.seated, meeting=at(day + 1, body=cast.body), answer="yes", now=NOW)
    rows = queries.upcoming_for(cast.seated, NOW, 10)
    with django_assert_num_queries(1):
        assert [(row.my_rsvp, row.body.name) for row in rows] == [("yes", "Data")] * count


def test_next_meeting_of_each_body_is_one_the_person_can_see(cast):
    hidden, shown = at(1, body=cast.body, visibility="body"), at(2, body=cast.body)
    full = at(3, body=cast.full)
    assert queries.next_by_body(NOW, VISITOR) == {cast.body.pk: shown, cast.full.pk: full}
    assert queries.next_by_body(NOW, cast.chair) == {cast.body.pk: hidden, cast.full.pk: full}


def test_upcoming_and_past_share_no_meeting(cast):
    rows = [at(days, body=cast.body, status=status) for days in (-2, 2) for status in ("scheduled", "closed", "draft")]
    ahead = set(queries.upcoming_visible_to(cast.staff, NOW))
    past = set(queries.past_visible_to(cast.staff, NOW))
    assert ahead | past == set(rows)
    assert not ahead & past


def test_invited_participants_are_in_order_of_rank(cast):
    meeting = at(2, body=cast.body)
    RSVP.objects.create(meeting=meeting, person=cast.seated, answer="yes", responded_at=NOW)
    rows = queries.invited_participants(meeting)
    assert [(row.person.name, row.role, row.organization.acronym, row.answer_label) for row in rows] == [
        ("The chair", "Chair", "DX", ""),
        ("The secretary", "Secretary", "DX", ""),
        ("The seated", "Member", "DX", "Attending"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_invited_participants_take_five_queries(cast, django_assert_num_queries, count):
    meeting = at(2, body=factories.BodyFactory(slug="elsewhere"))
    for _ in range(count):
        person = factories.RepresentationFactory().person
        factories.TermFactory(seat=factories.SeatFactory(body=meeting.body), person=person)
    with django_assert_num_queries(5):
        rows = queries.invited_participants(meeting)
        assert [row.organization.name for row in rows] and len(rows) == count


def test_full_workgroup_invites_each_representative_once(cast):
    factories.TermFactory(
        seat=factories.SeatFactory(body=cast.full, role="chair", organization=None), person=cast.primary
    )
    names = [row.person.name for row in queries.invited_participants(at(2, body=cast.full))]
    assert names[0] == "The primary"
    assert len(names) == len(set(names)) == 7
    assert "The executive" not in names and "The deactivated" not in names


def test_attendance_includes_alternates_and_recorded_people(cast):
    meeting = at(0, body=cast.body)
    names = {row.person.name for row in queries.attendance_participants(meeting)}
    assert names == {"The chair", "The secretary", "The seated", "The alternate"}
    operations.record_attendance(
        actor=cast.chair,
        meeting=meeting,
        entries={cast.primary: CellEdit("", "remote")},
        organizations={cast.primary.pk: cast.other_organization},
        now=NOW,
    )
    noted = next(row for row in queries.attendance_participants(meeting) if row.person == cast.primary)
    assert (noted.presence_label, noted.organization) == ("Remote", cast.other_organization)


def test_answers_are_counted_by_label(cast):
    meeting = at(2, body=cast.body)
    for name, answer in (("seated", "yes"), ("chair", "yes"), ("secretary", "no")):
        operations.record_rsvp(actor=cast.people[name], meeting=meeting, answer=answer, now=NOW)
    assert queries.rsvp_counts(meeting) == {"Attending": 2, "Not attending": 1}
