import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.permissions import is_staff
from actionitems import permissions
from actionitems.rules import ITEM_TRANSITIONS, OPEN_STATUSES, ActionItemStatus
from members.permissions import organizations_managed_by
from taskforces.permissions import is_member, leads, terms_of
from tests import factories
from tests.conftest import TODAY
from tests.meetings import worlds

VISITOR = AnonymousUser()
many = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.mark.slow
@pytest.mark.django_db
@many
@given(st.data())
def test_predicates_agree_with_querysets(data):
    with transaction.atomic():
        world = worlds.build(data.draw)
        items = []
        for _ in range(3):
            status = data.draw(st.sampled_from(list(ActionItemStatus)))
            items.append(
                factories.ActionItemFactory(
                    body=data.draw(st.sampled_from(world.bodies)),
                    owner_organization=data.draw(st.sampled_from(world.organizations)),
                    owner_person=data.draw(st.sampled_from([None, *world.people])),
                    status=status,
                    done_on=TODAY if status == ActionItemStatus.DONE else None,
                )
            )
        for person in [*world.people, VISITOR]:
            check(person, world, items)
        transaction.set_rollback(True)


def check(person, world, items):
    staff, member = is_staff(person), is_member(person)
    visible = set(permissions.items_visible_to(person))
    moved = set(permissions.items_with_status_editable_by(person))
    changed = set(permissions.items_editable_by(person))
    spoken_for = set(organizations_managed_by(person).values_list("pk", flat=True))
    led = {body.pk for body in world.bodies if leads(person, body)}
    seated = set(terms_of(person).values_list("seat__body", flat=True))
    assert visible == (set(items) if member else set())
    for item in items:
        owns = item.owner_person_id == person.pk or item.owner_organization_id in spoken_for
        assert (item in moved) == (member and (staff or owns or item.body_id in led))
        assert (item in changed) == (staff or item.body_id in led)
    assert changed <= moved <= visible
    one = items[0]
    assert permissions.can_change_status(person, one) == (one in moved)
    assert permissions.can_edit(person, one) == (one in changed)
    expected = set(ITEM_TRANSITIONS[one.status]) if one in moved else set()
    assert set(permissions.allowed_statuses(person, one)) == (
        expected if one in changed else expected - {ActionItemStatus.CANCELED}
    )
    addable = set(permissions.bodies_allowing_items_from(person))
    assert addable == {body for body in world.bodies if not body.dissolved_on and (staff or body.pk in seated)}
    assert permissions.can_add(person, one.body) == (one.body in addable)


def test_roles_that_change_status_and_that_edit(cast):
    item = factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative
    )
    roles = [name for name in cast.people if permissions.can_change_status(cast.people[name], item)]
    assert sorted(roles) == ["administrator", "alternate", "chair", "primary", "representative", "staff"]
    roles = [name for name in cast.people if permissions.can_edit(cast.people[name], item)]
    assert sorted(roles) == ["administrator", "chair", "staff"]


def test_roles_that_add_to_a_task_force(cast):
    roles = [name for name in cast.people if permissions.can_add(cast.people[name], cast.body)]
    assert sorted(roles) == ["administrator", "chair", "seated", "secretary", "staff"]


def test_open_statuses_are_those_that_can_become_done():
    assert {status for status in ActionItemStatus if ActionItemStatus.DONE in ITEM_TRANSITIONS[status]} == set(
        OPEN_STATUSES
    )
