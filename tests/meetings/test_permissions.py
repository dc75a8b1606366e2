import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import is_staff, signed_in
from meetings import permissions
from meetings.rules import MeetingStatus, Visibility
from taskforces.permissions import belongs_to, can_keep_minutes, is_member, leads, people_of
from tests import factories
from tests.meetings import worlds

VISITOR = AnonymousUser()
many = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def was_announced(meeting) -> bool:
    """Return True if a notice of the meeting was ever sent."""
    if meeting.status == MeetingStatus.CANCELED:
        return meeting.scheduled_at is not None
    return meeting.status != MeetingStatus.DRAFT


@pytest.mark.slow
@pytest.mark.django_db
@many
@given(st.data())
def test_predicates_agree_with_querysets(data):
    with transaction.atomic():
        world = worlds.build(data.draw)
        for person in [*world.people, VISITOR]:
            check(person, world)
        transaction.set_rollback(True)


def check(person, world):
    visible = set(permissions.meetings_visible_to(person))
    run = set(permissions.meetings_managed_by(person))
    recorded = set(permissions.meetings_recorded_by(person))
    inviting = set(permissions.meetings_invited_to(person))
    staff, member, known = is_staff(person), is_member(person), signed_in(person)
    led = {body.pk for body in world.bodies if leads(person, body)}
    kept = {body.pk for body in world.bodies if can_keep_minutes(person, body)}
    own = {body.pk for body in world.bodies if belongs_to(person, body)}
    peopled = {body.pk for body in world.bodies if known and people_of(body).filter(pk=person.pk).exists()}
    for meeting in world.meetings:
        shown = meeting.visibility == Visibility.PUBLIC or (member and meeting.visibility == Visibility.MEMBERS)
        is_own = member and meeting.body_id in own
        assert (meeting in visible) == (staff or is_own or (shown and was_announced(meeting)))
        assert (meeting in run) == (meeting.body_id in led)
        assert (meeting in recorded) == (meeting.body_id in kept)
        assert (meeting in inviting) == (meeting.body_id in peopled)
    assert run <= recorded <= visible
    one = world.meetings[0]
    assert permissions.can_manage(person, one) == (one in run)
    assert permissions.can_take_minutes(person, one) == (one in recorded)
    assert permissions.can_answer(person, one) == (one in inviting)
    assert permissions.can_see_join_link(person, one) == (staff or one.body_id in own)
    assert one in visible or not permissions.can_see_join_link(person, one)


WHO_SEES = {
    "public": {"visitor", "representative", "seated", "chair", "other_primary", "executive", "staff"},
    "members": {"representative", "seated", "chair", "other_primary", "staff"},
    "body": {"seated", "chair", "staff"},
}


@pytest.mark.parametrize("visibility", ["public", "members", "body"])
def test_each_role_sees_meetings_visible_to_it(cast, visibility):
    meeting = factories.MeetingFactory(body=cast.body, visibility=visibility)
    people = {name: cast.people[name] for name in WHO_SEES["public"] - {"visitor"}} | {"visitor": VISITOR}
    sees = {name for name, person in people.items() if meeting in permissions.meetings_visible_to(person)}
    assert sees == WHO_SEES[visibility]


def test_draft_is_visible_to_body_and_staff_only(cast):
    for row in (
        factories.MeetingFactory(body=cast.body, status="draft", scheduled_at=None),
        factories.MeetingFactory(body=cast.body, status="canceled", scheduled_at=None),
    ):
        assert row not in permissions.public_meetings()
        assert row not in permissions.meetings_visible_to(cast.representative)
        assert row in permissions.meetings_visible_to(cast.seated)
        assert row in permissions.meetings_visible_to(cast.staff)


def test_join_link_is_visible_to_body_and_staff_only(cast):
    meeting = factories.MeetingFactory(body=cast.body)
    roles = ("representative", "primary", "executive", "seated", "chair", "staff", "deactivated")
    assert [name for name in roles if permissions.can_see_join_link(cast.people[name], meeting)] == [
        "seated",
        "chair",
        "staff",
    ]
    assert not permissions.can_see_join_link(VISITOR, meeting)


def test_draft_minutes_are_visible_to_body_and_staff_only(cast):
    meeting = factories.MeetingFactory(body=cast.body, status="closed", minutes_status="draft")
    assert permissions.can_read_minutes(cast.seated, meeting)
    assert permissions.can_read_minutes(cast.staff, meeting)
    assert not permissions.can_read_minutes(cast.representative, meeting)
    meeting.minutes_status = "published"
    assert permissions.can_read_minutes(VISITOR, meeting)


def test_roles_that_manage_and_that_take_minutes(cast):
    meeting = factories.MeetingFactory(body=cast.body)
    roles = ("representative", "seated", "secretary", "chair", "staff")
    assert [name for name in roles if permissions.can_manage(cast.people[name], meeting)] == ["chair", "staff"]
    assert [name for name in roles if permissions.can_take_minutes(cast.people[name], meeting)] == [
        "secretary",
        "chair",
        "staff",
    ]
    assert permissions.can_schedule(cast.chair, cast.body)
    assert not permissions.can_schedule(cast.chair, cast.full)
