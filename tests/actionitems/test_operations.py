import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from actionitems import operations
from actionitems.models import ActionItem
from core.operations import EditConflictError, OperationNotAllowedError
from tests import factories
from tests.conftest import TODAY

DUE = dt.date(2026, 12, 10)


def add(cast, **values):
    return operations.add(
        **{
            "actor": cast.chair,
            "body": cast.body,
            "today": TODAY,
            "text": "Send the list",
            "due_on": DUE,
            "owner_person": cast.seated,
            **values,
        }
    )


@pytest.fixture
def item(cast):
    return add(cast)


def latest_history(row):
    """Return the latest history row, which must equal the stored row."""
    row.refresh_from_db()
    newest = row.history.latest()
    for field in row._meta.concrete_fields:
        assert getattr(newest, field.attname) == getattr(row, field.attname), field.name
    return newest


def test_new_item_is_open_and_gets_the_only_organization(cast, item):
    assert (item.status, item.owner_organization, item.created_by) == ("open", cast.organization, cast.chair)
    assert latest_history(item).history_user == cast.chair


def test_person_of_two_organizations_adds_none(cast):
    factories.RepresentationFactory(person=cast.seated, organization=cast.other_organization)
    assert add(cast).owner_organization is None
    assert add(cast, owner_organization=cast.other_organization).owner_organization == cast.other_organization


def test_owner_represents_the_organization_or_none(cast):
    with pytest.raises(OperationNotAllowedError):
        add(cast, owner_organization=cast.other_organization)
    assert add(cast, owner_person=cast.staff, owner_organization=cast.organization).owner_person == cast.staff
    assert add(cast, owner_person=None, owner_organization=cast.organization).owner_person is None
    with pytest.raises(OperationNotAllowedError):
        add(cast, owner_person=None)


def test_merged_organization_cannot_own_new_item(cast):
    merged = factories.OrganizationFactory(merged_into=cast.organization)
    with pytest.raises(OperationNotAllowedError):
        add(cast, owner_person=None, owner_organization=merged)


def test_due_date_in_the_past_is_refused(cast, item):
    with pytest.raises(OperationNotAllowedError):
        add(cast, due_on=TODAY - dt.timedelta(days=1))
    assert add(cast, due_on=TODAY).due_on == TODAY
    with pytest.raises(OperationNotAllowedError):
        operations.edit(actor=cast.chair, item=item, version=1, today=TODAY, due_on=TODAY - dt.timedelta(days=1))


def test_overdue_item_can_be_edited_without_new_date(cast):
    late = factories.ActionItemFactory(body=cast.body, owner_person=cast.seated, due_on=dt.date(2026, 10, 1))
    row = operations.edit(actor=cast.chair, item=late, version=1, today=TODAY, text="Other", due_on=late.due_on)
    assert row.text == "Other"


def test_origin_meeting_must_be_of_the_same_body(cast):
    meeting = factories.MeetingFactory(body=cast.full)
    with pytest.raises(OperationNotAllowedError):
        add(cast, origin_meeting=meeting)


def test_editing_adds_history_and_detects_stale_form(cast, item):
    operations.edit(actor=cast.chair, item=item, version=1, today=TODAY, text="Send both lists")
    assert latest_history(item).history_user == cast.chair
    with pytest.raises(EditConflictError) as stale:
        operations.edit(actor=cast.staff, item=item, version=1, today=TODAY, text="Send none")
    assert stale.value.current.text == "Send both lists"


def test_new_owner_adds_their_organization(cast, item):
    row = operations.edit(
        actor=cast.chair,
        item=item,
        version=1,
        today=TODAY,
        owner_person=cast.other_primary,
        owner_organization=None,
    )
    assert row.owner_organization == cast.other_organization


def test_completed_item_has_date_until_reopened(cast, item):
    row = operations.complete(actor=cast.seated, item=item, today=TODAY)
    assert (row.status, row.done_on) == ("done", TODAY)
    assert latest_history(row).history_user == cast.seated
    with pytest.raises(OperationNotAllowedError):
        operations.complete(actor=cast.seated, item=item, today=TODAY)
    row = operations.change_status(
        actor=cast.seated, item=item, status="open", today=TODAY, note="One county is missing."
    )
    assert (row.status, row.done_on, row.status_note) == ("open", None, "One county is missing.")


@pytest.mark.parametrize("status", ["blocked", "canceled"])
def test_blocked_and_canceled_need_a_note(cast, item, status):
    with pytest.raises(OperationNotAllowedError):
        operations.change_status(actor=cast.chair, item=item, status=status, today=TODAY, note="  ")
    row = operations.change_status(
        actor=cast.chair, item=item, status=status, today=TODAY, note="Counsel has not answered."
    )
    assert (row.status, latest_history(row).history_change_reason) == (status, "Counsel has not answered.")


def test_owner_cannot_cancel_item(cast, item):
    with pytest.raises(PermissionDenied):
        operations.change_status(actor=cast.seated, item=item, status="canceled", today=TODAY, note="No time")
    item.refresh_from_db()
    assert item.status == "open"


def test_stale_status_change_is_detected(cast, item):
    operations.change_status(actor=cast.seated, item=item, status="in_progress", today=TODAY, version=1)
    with pytest.raises(EditConflictError):
        operations.change_status(actor=cast.chair, item=item, status="open", today=TODAY, version=1)


@pytest.mark.parametrize(
    "change",
    [{"status": "done"}, {"done_on": TODAY}, {"status": "gone"}, {"owner_person": None, "owner_organization": None}],
)
def test_database_refuses_invalid_rows(cast, item, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActionItem.objects.filter(pk=item.pk).update(**change)
