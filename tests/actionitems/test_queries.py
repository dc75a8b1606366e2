import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser

from actionitems import operations, queries
from tests import factories
from tests.conftest import TODAY

VISITOR = AnonymousUser()


def item(cast, **values):
    return factories.ActionItemFactory(**{"body": cast.body, "owner_organization": cast.organization, **values})


def test_assigned_items_are_own_and_unclaimed_of_organization(cast):
    mine = item(cast, owner_person=cast.seated, due_on=dt.date(2026, 12, 2))
    unclaimed = item(cast, due_on=dt.date(2026, 12, 1))
    left = item(cast, owner_person=cast.deactivated, due_on=dt.date(2026, 12, 3))
    item(cast, owner_person=cast.seated, status="canceled")
    assert list(queries.items_assigned_to(cast.seated)) == [mine]
    assert (
        list(queries.items_assigned_to(cast.primary))
        == list(queries.items_assigned_to(cast.alternate))
        == [unclaimed, left]
    )
    assert not queries.items_assigned_to(cast.representative).exists()
    assert not queries.items_assigned_to(cast.other_primary).exists()
    assert not queries.items_assigned_to(VISITOR).exists()


def test_assigned_items_take_one_query(cast, django_assert_num_queries):
    for _ in range(3):
        item(cast)
    rows = queries.items_assigned_to(cast.primary)
    with django_assert_num_queries(1):
        assert len([(row.body.name, row.owner_organization.name, row.owner_person) for row in rows]) == 3


def test_counts_are_open_blocked_and_overdue(cast, django_assert_num_queries):
    item(cast)
    item(cast, status="blocked", due_on=dt.date(2026, 11, 1))
    item(cast, status="done", done_on=TODAY, due_on=dt.date(2026, 11, 1))
    item(cast, body=cast.full)
    with django_assert_num_queries(1):
        assert queries.counts_for_body(cast.body, TODAY) == queries.Counts(open=2, blocked=1, overdue=1)


def test_item_due_today_is_not_overdue(cast):
    item(cast, due_on=TODAY)
    assert queries.counts_for_body(cast.body, TODAY).overdue == 0


def test_list_is_filtered(cast):
    mine = item(cast, owner_person=cast.seated, due_on=dt.date(2026, 11, 1))
    ours = item(cast, owner_person=cast.chair)
    theirs = item(cast, owner_organization=cast.other_organization, body=cast.full)
    done = item(cast, owner_person=cast.seated, status="done", done_on=TODAY, due_on=dt.date(2026, 12, 31))

    def listed(**filters):
        return list(queries.items_listed(cast.seated, TODAY, **filters))

    assert listed() == [mine, ours, theirs]
    assert listed(whose="mine") == [mine]
    assert listed(whose="organization") == [mine, ours]
    assert listed(body=cast.full) == [theirs]
    assert listed(status="done") == [done]
    assert listed(status="all") == [mine, ours, theirs, done]
    assert listed(overdue=True) == [mine]
    assert not queries.items_listed(VISITOR, TODAY, status="all").exists()


def test_owner_choices_are_representatives_and_staff(cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        names = {
            person.name: [right.organization.acronym for right in person.representations.all()]
            for person in queries.owner_choices()
        }
    assert names["The primary"] == ["DX"]
    assert names["The staff"] == []
    assert "The executive" not in names and "The deactivated" not in names


def test_history_describes_each_change(cast, django_assert_num_queries):
    row = operations.add(
        actor=cast.chair,
        body=cast.body,
        text="Send the list",
        due_on=dt.date(2026, 12, 10),
        owner_person=cast.seated,
        today=TODAY,
    )
    operations.change_status(
        actor=cast.seated, item=row, status="blocked", note="Counsel has not answered.", today=TODAY
    )
    row.refresh_from_db()
    operations.edit(
        actor=cast.chair,
        item=row,
        version=row.version,
        today=TODAY,
        due_on=dt.date(2027, 1, 5),
        owner_person=cast.other_primary,
        owner_organization=None,
        text="Send both lists",
        detail="By mail",
    )
    operations.complete(actor=cast.other_primary, item=row, today=TODAY)
    with django_assert_num_queries(2):
        changes = queries.history_of(row, TODAY)
    assert [(change.who, change.what) for change in changes] == [
        ("The other_primary", "Changed the status from Blocked to Done"),
        (
            "The chair",
            "Changed the due date from Thu, Dec 10 to Tue, Jan 5, 2027. Changed the owner from The seated, DX to "
            "The other_primary, OD. Changed the text from “Send the list”. Changed the details",
        ),
        ("The seated", "Changed the status from Open to Blocked: Counsel has not answered."),
        ("The chair", "Added this item"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_items_of_meeting_take_one_query(cast, django_assert_num_queries, count):
    meeting = factories.MeetingFactory(body=cast.body)
    for _ in range(count):
        item(cast, origin_meeting=meeting, owner_person=cast.seated)
    rows = queries.items_from_meeting(meeting, cast.staff)
    with django_assert_num_queries(1):
        assert len([(row.owner_person.name, row.owner_organization.name) for row in rows]) == count
