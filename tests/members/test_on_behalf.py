"""What staff enter for someone who said it elsewhere: by whose right, in whose name, and what it leaves behind."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

import actionitems.operations as items
import meetings.operations as meetings
import objectives.operations.updates as objectives
from accounts.models import Person
from accounts.permissions import is_staff
from actionitems.permissions import can_change_status, status_editors_of
from core.operations import OperationNotAllowedError
from meetings.models import RSVP
from members.models import ActOnBehalf
from members.operations import OnBehalf
from members.permissions import with_account_rights
from objectives.permissions import authors_for, can_write_update
from tests import factories
from tests.conftest import NOW, TODAY


@pytest.fixture
def item(cast):
    return factories.ActionItemFactory(
        body=cast.body, owner_organization=cast.organization, owner_person=cast.representative, text="Send the list"
    )


@pytest.fixture
def meeting(cast):
    return factories.MeetingFactory(body=cast.body)


@pytest.fixture
def strategy(cast):
    return factories.StrategyFactory(
        body=cast.body, lead_organization=cast.organization, responsible_person=cast.representative
    )


def told(person, how="phone"):
    return OnBehalf(person, how, NOW)


def test_item_is_done_on_behalf_of_its_owner(cast, item):
    row = items.change_status(
        actor=cast.staff, item=item, status="done", today=TODAY, on_behalf=told(cast.representative)
    )
    act = ActOnBehalf.objects.get()
    assert (row.status, row.done_on) == ("done", TODAY)
    assert (act.actor, act.person, act.how, act.at) == (cast.staff, cast.representative, "phone", NOW)
    assert (act.model, act.row_id, act.version) == ("actionitems.ActionItem", item.pk, row.version)
    assert act.what == "“Send the list”: Done"
    newest = row.history.first()
    assert newest.history_user == cast.staff
    assert newest.history_change_reason == "For The representative, told by phone"


def test_blocked_item_needs_a_note(cast, item):
    on_behalf = told(cast.primary, "mail")
    with pytest.raises(OperationNotAllowedError):
        items.change_status(actor=cast.staff, item=item, status="blocked", today=TODAY, on_behalf=on_behalf)
    row = items.change_status(
        actor=cast.staff, item=item, status="blocked", note="Waits for data", today=TODAY, on_behalf=on_behalf
    )
    assert row.status_note == "Waits for data"
    assert ActOnBehalf.objects.get().channel_label == "by email"


def test_new_date_is_entered_once(cast, item):
    for _ in range(2):
        row = items.postpone(
            actor=cast.staff, item=item, due_on=dt.date(2026, 12, 20), today=TODAY, on_behalf=told(cast.representative)
        )
    assert row.due_on == dt.date(2026, 12, 20)
    assert ActOnBehalf.objects.get().what == "“Send the list”: due Sun, Dec 20"


def test_new_date_must_be_in_the_future(cast, item):
    with pytest.raises(OperationNotAllowedError):
        items.postpone(
            actor=cast.staff, item=item, due_on=dt.date(2026, 11, 1), today=TODAY, on_behalf=told(cast.representative)
        )
    items.complete(actor=cast.representative, item=item, today=TODAY)
    with pytest.raises(OperationNotAllowedError):
        items.postpone(
            actor=cast.staff, item=item, due_on=dt.date(2026, 12, 20), today=TODAY, on_behalf=told(cast.representative)
        )


@pytest.mark.parametrize("actor", ["representative", "primary", "secretary", "chair", "executive"])
def test_only_staff_enter_for_others(cast, item, meeting, strategy, actor):
    calls = [
        lambda word: items.change_status(
            actor=cast.people[actor], item=item, status="done", today=TODAY, on_behalf=word
        ),
        lambda word: items.postpone(
            actor=cast.people[actor], item=item, due_on=dt.date(2026, 12, 20), today=TODAY, on_behalf=word
        ),
        lambda word: meetings.record_rsvp(
            actor=cast.people[actor], meeting=meeting, answer="yes", now=NOW, on_behalf=word
        ),
    ]
    objective_calls = [
        lambda word: objectives.confirm_status(
            actor=cast.people[actor], strategy=strategy, today=TODAY, on_behalf=word
        ),
        lambda word: objectives.write_and_submit(
            actor=cast.people[actor],
            strategy=strategy,
            status="on_track",
            narrative="It moves.",
            now=NOW,
            today=TODAY,
            on_behalf=word,
        ),
    ]
    for call in calls + objective_calls:
        with pytest.raises(PermissionDenied):
            call(told(cast.seated))
    assert not ActOnBehalf.objects.exists() and not RSVP.objects.exists()


def test_staff_enter_nothing_for_themselves_or_closed_accounts(cast, item):
    for person in (cast.staff, cast.deactivated):
        with pytest.raises(PermissionDenied):
            items.change_status(actor=cast.staff, item=item, status="done", today=TODAY, on_behalf=told(person))


def test_person_without_the_right_is_rejected(cast, item, meeting, strategy):
    with pytest.raises(OperationNotAllowedError):
        items.change_status(actor=cast.staff, item=item, status="done", today=TODAY, on_behalf=told(cast.other_primary))
    with pytest.raises(OperationNotAllowedError):
        meetings.record_rsvp(
            actor=cast.staff, meeting=meeting, answer="yes", now=NOW, on_behalf=told(cast.other_primary)
        )
    with pytest.raises(OperationNotAllowedError):
        objectives.confirm_status(actor=cast.staff, strategy=strategy, today=TODAY, on_behalf=told(cast.other_primary))


def test_entry_for_a_person_without_an_account_is_stored(cast, item, meeting):
    Person.objects.filter(pk=cast.seated.pk).update(can_sign_in=False)
    seated = Person.objects.get(pk=cast.seated.pk)
    said = meetings.record_rsvp(
        actor=cast.staff, meeting=meeting, answer="alternate", now=NOW, on_behalf=told(seated, "in_person")
    )
    assert (said.person, said.answer) == (seated, "alternate")
    assert said.history.get().history_user == cast.staff
    seated.refresh_from_db()
    assert seated.can_sign_in is False


def test_account_rights_add_no_portal_role(cast):
    cast.representative.can_sign_in = False
    assert not is_staff(with_account_rights(cast.representative))
    assert cast.representative.can_sign_in is False


def test_answer_changed_by_the_person_is_their_own_again(cast, meeting):
    entered = meetings.record_rsvp(actor=cast.staff, meeting=meeting, answer="no", now=NOW, on_behalf=told(cast.seated))
    act = ActOnBehalf.objects.get()
    assert (act.row_id, act.version) == (entered.pk, entered.version)
    own = meetings.record_rsvp(actor=cast.seated, meeting=meeting, answer="yes", now=NOW)
    assert own.pk == entered.pk and own.version != act.version
    again = meetings.record_rsvp(actor=cast.staff, meeting=meeting, answer="yes", now=NOW, on_behalf=told(cast.seated))
    assert again.version == own.version and ActOnBehalf.objects.count() == 1


def test_status_and_update_are_entered_on_behalf(cast, strategy):
    published = factories.ProgressUpdateFactory(
        strategy=strategy, author=cast.representative, state="published", published_at=NOW
    )
    confirmed = objectives.confirm_status(
        actor=cast.staff, strategy=strategy, today=TODAY, update=published, on_behalf=told(cast.representative)
    )
    assert (confirmed.confirmed_by, confirmed.confirmed_on) == (cast.staff, TODAY)
    assert confirmed.history.first().history_change_reason == "For The representative, told by phone: No change"
    update = objectives.write_and_submit(
        actor=cast.staff,
        strategy=strategy,
        status="at_risk",
        narrative="Two counties wait.",
        now=NOW,
        today=TODAY,
        on_behalf=told(cast.representative, "meeting"),
    )
    assert (update.author, update.submitted_by, update.state) == (cast.staff, cast.staff, "submitted")
    twice = objectives.write_and_submit(
        actor=cast.staff,
        strategy=strategy,
        status="at_risk",
        narrative="Two counties wait.",
        now=NOW,
        today=TODAY,
        on_behalf=told(cast.representative, "meeting"),
    )
    assert twice.pk == update.pk
    assert list(ActOnBehalf.objects.order_by("pk").values_list("how", flat=True)) == ["phone", "meeting"]


def test_people_to_enter_for_are_those_with_the_right(cast, item, strategy):
    for person in Person.objects.exclude(portal_role__in=["staff", "administrator"]):
        assert status_editors_of(item).filter(pk=person.pk).exists() == can_change_status(person, item), person
        assert authors_for(strategy).filter(pk=person.pk).exists() == can_write_update(person, strategy), person


def test_database_rejects_an_unknown_channel(cast, item):
    with pytest.raises(IntegrityError), transaction.atomic():
        ActOnBehalf.objects.create(
            actor=cast.staff, person=cast.seated, how="by pigeon", at=NOW, what="x", model="x", row_id=1, version=1
        )
